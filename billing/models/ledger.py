"""The append-only ledger. What a customer sees as a transaction is the entry in the book "account"."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from core.fitting import MONEY, Fitting


class Book(models.TextChoices):
    """The two sides of every posting: the customer's account, and where the money comes from or goes to."""

    ACCOUNT = "account", _("Account")
    CASH = "cash", _("Money received")
    REVENUE = "revenue", _("Revenue")
    # Money that came for a closed order or a deleted account, until a manager says whose it is.
    UNALLOCATED = "unallocated", _("Money set aside")
    CORRECTIONS = "corrections", _("Corrections")
    # Money that stands on balances although it has not come yet.
    GUARANTEED = "guaranteed", _("Guaranteed payments")
    # Exclusive taxes of paid documents: on nobody's balance, owed to the state.
    TAX = "tax", _("Taxes")


class PostingKind(models.TextChoices):
    PAYMENT = "payment", _("Payment")
    CHARGE = "charge", _("Charge closed")
    REVERSAL = "reversal", _("Charge taken back")
    PARKED = "parked", _("Money set aside")
    RETURNED = "returned", _("Money paid back")
    REASSIGNED = "reassigned", _("Money put on another balance")
    CORRECTION = "correction", _("Correction")
    GUARANTEED = "guaranteed", _("Guaranteed payment")
    GUARANTEE_REVOKED = "guarantee_revoked", _("Guaranteed payment revoked")
    TAX = "tax", _("Tax received")
    TAX_TAKEN = "tax_taken", _("Tax taken from the balance")
    TAX_RETURNED = "tax_returned", _("Tax given back")


# A posting whose entries do not add up to zero is refused when the transaction commits.
BALANCED = """
    IF (SELECT SUM(amount) FROM billing_ledgerentry WHERE posting = NEW.posting) <> 0 THEN
        RAISE EXCEPTION 'posting % is not balanced', NEW.posting USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
"""


class LedgerEntry(Fitting):
    """One side of a posting; amounts are signed, in `currency`, and add up to zero over a posting."""

    posting = models.UUIDField()
    # Says what the posting is for, so that nothing is posted twice: "payment:17", "charge:42".
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=PostingKind.choices)
    book = models.CharField(max_length=20, choices=Book.choices)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="ledger_entries")
    # The running number and balance exist in the account's own book only.
    number = models.PositiveIntegerField(null=True)
    amount = models.DecimalField(_("amount"), **MONEY)
    balance = models.DecimalField(_("balance"), **MONEY, null=True)
    currency = models.CharField(_("currency"), max_length=3)
    day = models.DateField(_("day"))
    description = models.CharField(_("description"), max_length=300)
    payment = models.ForeignKey("billing.Payment", models.PROTECT, null=True, related_name="entries")
    charge = models.ForeignKey("billing.Charge", models.PROTECT, null=True, related_name="entries")
    created_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "book"], name="ledger_posted_once"),
            # Two writers that both believed in the same balance cannot both get their number.
            models.UniqueConstraint(
                fields=["account", "number"], condition=models.Q(book="account"), name="ledger_numbers_follow"
            ),
            models.CheckConstraint(
                condition=models.Q(book="account", number__isnull=False, balance__isnull=False)
                | (~models.Q(book="account") & models.Q(number__isnull=True, balance__isnull=True)),
                name="ledger_balance_in_the_account_book",
            ),
        ]
        indexes = [models.Index(fields=["posting"], name="ledger_posting")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="balanced",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                timing=pgtrigger.Deferred,
                func=BALANCED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.amount} {self.currency}"
