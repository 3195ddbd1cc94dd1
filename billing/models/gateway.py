"""Card gateways of resellers, and what their customers have begun to pay there."""

import pghistory
import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fitting import MONEY
from core.timestamps import Timestamped


class GatewayPlugin(models.TextChoices):
    """The gateways that there are: `billing.gateways.registry` has what each can say, and no other."""

    ROBOKASSA = "robokassa", "Robokassa"


@pghistory.track(exclude=["secrets"])
class PaymentGateway(Timestamped):
    """A gateway by which a reseller's customers pay by card; at most one of a reseller is in use."""

    reseller = models.ForeignKey("accounts.Reseller", models.PROTECT, related_name="payment_gateways")
    plugin = models.CharField(_("gateway"), max_length=40, choices=GatewayPlugin.choices)
    name = models.CharField(_("name"), max_length=100)
    # What the plugin asks for, without its secrets.
    settings = models.JSONField(default=dict)
    secrets = models.TextField(blank=True)
    currency = models.CharField(_("currency"), max_length=3)
    active = models.BooleanField(_("in use"), default=True)

    # Encrypted columns, which the command rotate_secrets moves to the newest key.
    sealed_columns = ("secrets",)

    class Meta(Timestamped.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["reseller"], condition=models.Q(active=True), name="payment_gateway_one_in_use"
            )
        ]

    def __str__(self) -> str:
        return self.name


class GatewayState(models.TextChoices):
    BEGUN = "begun", _("Begun")
    PAID = "paid", _("Paid")


class GatewayPayment(Timestamped):
    """A customer was sent to the gateway to pay; its id is the number that the gateway knows.

    `told_amount` is what the gateway says has come.
    """

    gateway = models.ForeignKey(PaymentGateway, models.PROTECT, related_name="payments")
    payment = models.ForeignKey("billing.Payment", models.PROTECT, related_name="gateway_payments")
    amount = models.DecimalField(_("total"), **MONEY)
    state = models.CharField(_("status"), max_length=20, choices=GatewayState.choices, default=GatewayState.BEGUN)
    told_amount = models.DecimalField(**MONEY, null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta(Timestamped.Meta):
        abstract = False
        triggers = [
            *Timestamped.Meta.triggers,
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="what_was_sent_stays", fields=["gateway", "payment", "amount"]),
            pgtrigger.FSM(name="state_moves_forward", field="state", transitions=[("begun", "paid")]),
        ]

    def __str__(self) -> str:
        return f"{self.gateway}: {self.pk}"
