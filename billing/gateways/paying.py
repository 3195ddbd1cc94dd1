"""A payment by card: the customer is sent to the gateway, whose word puts the money on the balance, once."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import get_language, gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from billing.books import day_of
from billing.charging import operators_language_in_use
from billing.funds import UNPAID, lock_accounts
from billing.gateways.base import Told, Wanted
from billing.gateways.registry import GATEWAYS
from billing.gateways.settings import values_of
from billing.models import (
    GatewayPayment,
    GatewayState,
    Payment,
    PaymentGateway,
    PaymentKind,
    PaymentMethod,
)
from billing.parking import park
from billing.payments import MONEY_MAY_COME, PaymentIsClosed, complete_payment
from billing.queries import require_sight
from core.errors import Refused

PAID_TWICE = gettext_lazy("The payment had been completed before the money came.")
ANOTHER_SUM = gettext_lazy("Another amount came than was asked for.")


class NoGateway(Refused):
    """The seller takes no cards, or not in this currency."""

    code = "no_gateway"


def gateway_of(account: Account) -> PaymentGateway | None:
    """Return the gateway by which the account can pay; None where its seller takes no cards in its currency."""
    rows = PaymentGateway.objects.filter(reseller=account.reseller_id, active=True, currency=account.currency)
    return rows.first()


@transaction.atomic
def begin_card_payment(*, actor: Actor, payment: Payment) -> GatewayPayment:
    """Note that the customer goes to pay at the gateway. Raises Forbidden, NoGateway, PaymentIsClosed."""
    actor.require("payments.create")
    require_sight(actor, payment.account_id)
    if payment.status not in UNPAID:
        raise PaymentIsClosed(
            _("Payment %(number)s is not waiting any more: it is “%(status)s”.")
            % {"number": payment.number, "status": payment.get_status_display()}
        )
    gateway = gateway_of(payment.account)
    if gateway is None:
        raise NoGateway(_("The seller takes no cards for this payment. Pay by bank transfer."))
    return GatewayPayment.objects.create(gateway=gateway, payment=payment, amount=payment.amount)


def page_of(begun: GatewayPayment) -> str:
    """Return the address of the gateway's page on which it is paid."""
    gateway = begun.gateway
    text = gettext("Payment %(number)s") % {"number": begun.payment.number}
    wanted = Wanted(begun.pk, begun.amount, text, get_language() or "en")
    return GATEWAYS[gateway.plugin].page(values_of(gateway), gateway.currency, wanted)


def take_word(*, gateway: PaymentGateway, fields: Mapping[str, str], today: date, now: datetime) -> str | None:
    """Take what a gateway says was paid, and return the text that answers it; None where it names nothing of ours.

    The money is on the balance once, however often it is told, also long after. What came for a payment that was
    completed otherwise, and any other amount than was asked for, is set aside and told (billing/parking.py). Raises
    Forged.
    """
    plugin = GATEWAYS[gateway.plugin]
    told = plugin.read(values_of(gateway), fields)
    with transaction.atomic():
        rows = GatewayPayment.objects.select_for_update(of=("self",)).select_related("payment__account")
        begun = rows.filter(gateway=gateway, pk=told.number).first()
        if begun is None:
            return None
        if begun.state == GatewayState.BEGUN:
            begun.state, begun.told_amount, begun.told_at = GatewayState.PAID, told.amount, now
            begun.save(update_fields=["state", "told_amount", "told_at"])
            _book(begun, told, today)
    return plugin.receipt(told)


def _book(begun: GatewayPayment, told: Told, today: date) -> None:
    lock_accounts([begun.payment.account_id])
    payment = Payment.objects.select_related("account").get(pk=begun.payment_id)
    if told.amount != begun.amount:
        _set_aside(payment, told.amount, ANOTHER_SUM, today)
    elif payment.status not in MONEY_MAY_COME:
        _set_aside(payment, told.amount, PAID_TWICE, today)
    else:
        complete_payment(actor=SYSTEM, payment=payment, today=today, method=PaymentMethod.CARD)


def _set_aside(payment: Payment, amount: Decimal, why: object, today: date) -> None:
    """Set money aside that belongs to no payment as it was asked for: in a payment of its own."""
    account: Account = payment.account
    day = day_of(account.pk, today)
    with operators_language_in_use():
        comment = gettext("From payment %(number)s") % {"number": payment.number}
    came = Payment.opened(PaymentKind.TOP_UP, account, amount, day, comment=comment, method=PaymentMethod.CARD)
    park(came, actor=SYSTEM, why=why, day=day, method=PaymentMethod.CARD)
