"""The shapes of a credit note and of its lines (billing-types.md 9): all sums are less than nothing."""

from api.serializers.related import ACCOUNT, RESELLER
from api.serializers.shape import Shape, computed, day, integer, moment, money, one, text

CREDIT_NOTE = Shape(
    "credit_notes",
    {
        "created_at": moment("created_at"),
        "updated_at": moment("updated_at"),
        "number": computed(lambda note: note.number, {"type": "string"}),
        "invoice_id": integer("invoice_id"),
        "correction_id": integer("correction_id", nullable=True),
        "created_on": day("created_on"),
        "total": money("total"),
        "tax": money("tax"),
        "added_tax": money("added_tax"),
        "currency": text("currency"),
        "account_id": integer("account_id"),
        "reseller_id": integer("reseller_id"),
    },
    relations={"reseller": one(RESELLER, "reseller"), "account": one(ACCOUNT, "account")},
)
CREDIT_NOTE_LINE = Shape(
    "credit_note_lines",
    {
        "credit_note_id": integer("credit_note_id"),
        "invoice_line_id": integer("line_id"),
        "charge_id": integer("line__charge_id"),
        "subscription_id": integer("line__charge__subscription_id"),
        "description": text("line__charge__description"),
        "amount": money("amount", "credit_note__currency"),
        "tax": money("tax", "credit_note__currency"),
        "added_tax": money("added_tax", "credit_note__currency"),
        "currency": text("credit_note__currency"),
    },
    relations={"reseller": one(RESELLER, "credit_note.reseller"), "account": one(ACCOUNT, "credit_note.account")},
)
