"""Money for tests, put in by the real verbs."""

from datetime import date
from decimal import Decimal

from django.db import transaction

from accounts.actors import SYSTEM
from accounts.models import Account, Reseller
from billing.funds import Posting, lock_accounts, post
from billing.gateways.settings import add_gateway
from billing.models import Charge, Invoice, InvoiceLine, Payment, PaymentGateway, PostingKind, ResellerCharge
from billing.payments import complete_payment, open_top_up
from tests.remembering import remembered


@remembered
def top_up(*, account: Account, amount: str, today: date) -> Payment:
    """Return a completed payment of that amount."""
    payment = open_top_up(actor=SYSTEM, account=account, amount=Decimal(amount), today=today)
    return complete_payment(actor=SYSTEM, payment=payment, today=today)


@remembered
def invoice(
    account: Account, *, total: str = "1.00", day: date = date(2026, 11, 1), charge: Charge | None = None
) -> Invoice:
    """Return an invoice of the account for a billing day; with the charge on it where one is given, else nothing."""
    made = Invoice.objects.create(
        account=account,
        reseller_id=account.reseller_id,
        period_from=date(day.year - 1, 1, 1),
        period_to=day,
        created_on=day,
        total=Decimal(total),
        currency=account.currency,
    )
    if charge is not None:
        InvoiceLine.objects.create(invoice=made, charge=charge, amount=Decimal(total))
    return made


@remembered
def pay(*, order: object, today: date) -> Payment:
    """Return the order's waiting payment, completed."""
    payment = Payment.objects.get(order=order, status="waiting_for_payment")
    return complete_payment(actor=SYSTEM, payment=payment, today=today)


@remembered
@transaction.atomic
def owe(*, account: Account, amount: str, today: date) -> None:
    """Take the amount off the balance, as nothing does that a limit keeps in check; the next night sees it."""
    lock_accounts([account.pk])
    post(
        [
            Posting(
                key=f"owed:{account.pk}:{today}",
                kind=PostingKind.CHARGE,
                account_id=account.pk,
                amount=-Decimal(amount),
                currency=account.currency,
                day=today,
                description="Owed",
            )
        ]
    )


SHOP = {
    "merchant_login": "shop", "algorithm": "sha256", "password_1": "first", "password_2": "second", "test": "1",
    "address": "",
}  # fmt: skip


@remembered
def card_gateway(
    *, reseller: Reseller, name: str = "Cards", currency: str = "RUB", in_use: bool = True
) -> PaymentGateway:
    """Return a card gateway of a reseller, which has one in use at most."""
    made = add_gateway(actor=SYSTEM, reseller=reseller, plugin="robokassa", name=name, currency=currency, values=SHOP)
    made.active = in_use
    made.save(update_fields=["active"])
    return made


@remembered
def owed(*, charge: Charge, creditor: Reseller, debtor: Reseller, amount: str = "7.74") -> ResellerCharge:
    """Return a row of what one reseller owes another for a charge, as the night would write it."""
    return ResellerCharge.objects.create(
        creditor=creditor,
        debtor=debtor,
        level=ResellerCharge.objects.filter(charge=charge).count() + 1,
        charge=charge,
        account_id=charge.account_id,
        subscription_id=charge.subscription_id,
        type=charge.type,
        description=charge.description,
        quantity=charge.quantity,
        unit_price=charge.unit_price,
        currency=charge.currency,
        amount=Decimal(amount),
        net_cost=Decimal("1.23"),
        operate_from=charge.operate_from,
        operate_to=charge.operate_to,
        period_from=charge.period_from,
        period_to=charge.period_to,
        created_on=charge.operate_to,
    )
