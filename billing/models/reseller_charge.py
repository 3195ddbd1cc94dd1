"""A reseller charge: what a reseller owes the one above it for a charge of an account that was closed."""

from decimal import Decimal

import pgtrigger
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from billing.models.charge import ChargeType, QuantityField
from core.fitting import MONEY, Fitting


class ResellerCharge(Fitting):
    """What `debtor` owes `creditor`, the level above, for an account's charge of a delegated plan; append-only.

    One a level and charge; `level` 1 is the seller's upstream. `amount` is `quantity` x `unit_price` (the creditor's
    retail price) for the months of the charge, less `granted` percent. `net_cost` is what the creditor owes for it,
    upstream or to the vendor, and is for the creditor's eyes only. A charge that is taken back gets rows of the
    opposite sign, which name those that they take back (spec/billing-types.md section 8).
    """

    creditor = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="+", db_index=False)
    debtor = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField()
    charge = models.ForeignKey("billing.Charge", models.PROTECT, related_name="reseller_charges", db_index=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+", db_index=False)
    subscription = models.ForeignKey("subscriptions.Subscription", models.PROTECT, related_name="+", db_index=False)
    # What it takes back, of a charge that was reversed.
    reverses = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="reversed_by")
    type = models.CharField(_("type"), max_length=20, choices=ChargeType.choices)
    description = models.CharField(_("description"), max_length=300)
    quantity = QuantityField(_("quantity"))
    unit_price = models.DecimalField(_("unit price"), max_digits=27, decimal_places=6)
    # The row of the creditor's price list that the unit price stands in: of its resource, or of its plan itself.
    price_row = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    granted = models.DecimalField(_("discount, percent"), max_digits=9, decimal_places=6, default=Decimal(0))
    discount = models.DecimalField(_("discount"), **MONEY, default=Decimal(0))
    amount = models.DecimalField(_("amount"), **MONEY)
    net_cost = models.DecimalField(_("net cost"), **MONEY, null=True, blank=True)
    operate_from = models.DateField(_("from"))
    operate_to = models.DateField(_("to"))
    period_from = models.DateField()
    period_to = models.DateField()
    # The day on which the account's charge closed.
    created_on = models.DateField(_("charged on"))
    created_at = models.DateTimeField(_("created at"), db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "level"], condition=models.Q(reverses=None), name="reseller_charge_once_a_level"
            ),
            models.CheckConstraint(condition=~models.Q(creditor=models.F("debtor")), name="reseller_charge_of_two"),
        ]
        indexes = [
            models.Index(fields=["creditor", "id"], name="reseller_charge_creditor"),
            models.Index(fields=["debtor", "id"], name="reseller_charge_debtor"),
            models.Index(fields=["creditor", "created_on"], name="reseller_charge_earned"),
            models.Index(fields=["debtor", "created_on"], name="reseller_charge_owed"),
            models.Index(fields=["subscription", "id"], name="reseller_charge_subscription"),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.pk}: {self.description}"
