"""Credit notes and their lines: own and child, list and by id; read only."""

from api.serializers.credit_notes import CREDIT_NOTE, CREDIT_NOTE_LINE
from api.views.resources import ResourceViewSet
from billing.filters import CreditNoteFilter, CreditNoteLineFilter
from billing.queries import credit_note_lines_visible_to, credit_notes_visible_to


class CreditNoteViewSet(ResourceViewSet):
    """What an invoice has charged and was given back afterwards, with its taxes."""

    right = "invoices.view"
    rows_visible_to = staticmethod(credit_notes_visible_to)
    shape = CREDIT_NOTE
    filterset = CreditNoteFilter
    filters = ("id", "account_id", "invoice_id", "created_on__gt", "created_on__lt")
    natural = {"created_on": "created_on"}


class CreditNoteLineViewSet(ResourceViewSet):
    """The charges that were given back, whole or in part, each with its taxes on the credit note."""

    right = "invoices.view"
    rows_visible_to = staticmethod(credit_note_lines_visible_to)
    belongs_to = "credit_note__reseller"
    shape = CREDIT_NOTE_LINE
    filterset = CreditNoteLineFilter
    filters = ("id", "credit_note_id", "charge_id")
