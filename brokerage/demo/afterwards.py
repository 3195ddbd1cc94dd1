"""What is paid for afterwards in the demo: a postpay customer's invoices, and a cloud whose vendor says what it takes.

Both are checked to the cent, by formulas that know nothing of the engine.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction

from accounts.account_terms import create_account_class
from accounts.actors import Actor
from accounts.models import Account
from accounts.registration import change_account
from billing.models import Charge, Invoice, Payment, PaymentKind, PaymentStatus
from billing.payments import complete_payment
from brokerage.demo import cast, catalogue
from brokerage.demo.amounts import Days, cents
from brokerage.demo.telling import Teller
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.prices import PlanFees
from subscriptions.catalogue.products import Timers, create_service_term
from subscriptions.models import BillingType, Subscription
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.ordering import place_order
from subscriptions.workers.usage import Measured, record_usage

SEATS, PRICE, LIMIT = 3, Decimal("20.00"), Decimal("500.00")
DAYS_TO_PAY = 30
MARKUP = Decimal(15)
# What the vendor takes: in the month that is over, and in the present one.
TAKEN, TAKEN_SINCE = Decimal("40.00"), Decimal("12.50")


@dataclass(frozen=True)
class Afterwards:
    """The two subscriptions of the demo that are paid for afterwards, on the days of its story."""

    days: Days
    seats: Subscription
    cloud: Subscription

    def tell(self, teller: Teller) -> None:
        """Let the vendor ask for the present month too, once the nights have passed, and check what became of both."""
        _use(self.cloud, TAKEN_SINCE, self.days.today)
        _bring_up_to(self.cloud.account_id, self.days.today)  # the night would charge it
        teller.heading("What is paid for afterwards")
        invoices = Invoice.objects.filter(account=self.seats.account_id).order_by("pk")
        payments = Payment.objects.filter(account=self.seats.account_id, kind=PaymentKind.RENDERED_SERVICES)
        asked = [(payment.amount, payment.status) for payment in payments.order_by("pk")]
        first, month = self._first_invoice, SEATS * PRICE
        later = self.days.today > self.days.billed_again  # the invoice comes on the day after
        amounts = [first, month] if later else [first]
        teller.check("invoices of the postpay customer", [invoice.total for invoice in invoices], amounts)
        waiting = [(month, PaymentStatus.WAITING_FOR_PAYMENT)] if later else []
        teller.check("payments for rendered services", asked, [(first, PaymentStatus.COMPLETED), *waiting])
        teller.amount(f"“{self.seats}”: the first invoice, paid", asked[0][0], expected=first)
        consumed = Charge.objects.filter(subscription=self.cloud, type="consumption").exclude(status="deleted")
        charged = {charge.status: charge.amount for charge in consumed}
        over, present = (cents(taken * (100 + MARKUP), 1, 100) for taken in (TAKEN, TAKEN_SINCE))
        teller.check("what the cloud's vendor took", charged, {"closed": over, "blocked": present})
        teller.amount(f"“{self.cloud}”: {TAKEN} of the vendor and {MARKUP} %", charged["closed"], expected=over)

    @property
    def _first_invoice(self) -> Decimal:
        """What three seats cost from the day of the order to the first billing day."""
        ordered, billed = self.days.ordered, self.days.billed
        return cents(SEATS * PRICE, (billed - ordered).days, (billed - ordered.replace(day=1)).days)


def order(account: Account, cloud_of: Account, seller: Actor, days: Days) -> Afterwards:
    """Let `account` pay afterwards for seats, and be paid up to its first invoice; let `cloud_of` use a cloud."""
    terms = create_account_class(
        actor=seller,
        reseller=seller.reseller,
        values={
            "name": "Postpay", "key": "postpay", "payment_model": "postpay", "credit_limit": LIMIT,
            "payment_expiration_days": DAYS_TO_PAY,
        },
    )  # fmt: skip
    change_account(actor=seller, account=account, values={"account_class": terms}, today=days.ordered)
    account.refresh_from_db()
    seats = _sold("Help desk", "20.00", BillingType.CSP_MONTHLY, SEATS, account, seller, days.ordered)
    _pay_first_invoice(account, seller, days.billed + timedelta(days=9))
    used_on = days.ordered + timedelta(days=12)
    cloud = _sold("Public cloud", "0", BillingType.PAYG_EXTERNAL, 1, cloud_of, seller, used_on)
    _use(cloud, TAKEN, used_on)
    return Afterwards(days, seats, cloud)


def _sold(
    name: str, price: str, billing_type: BillingType, units: int, account: Account, seller: Actor, day: date
) -> Subscription:
    key = name.lower().replace(" ", "-")
    term = create_service_term(
        actor=seller, reseller=seller.reseller, name=f"{name}, billing day 1", key=key, timers=Timers(billing_day=1)
    )
    plan = catalogue.make_plain_plan(
        owner=seller,
        name=name,
        unit="seat" if billing_type == BillingType.CSP_MONTHLY else "meter",
        price=Decimal(price),
        term=term,
        periods=[Lasting(endless=True)],
        day=day,
        billing_type=billing_type,
        plan_fees=PlanFees(markup=MARKUP if billing_type == BillingType.PAYG_EXTERNAL else Decimal(0)),
    )
    placed = place_order(
        actor=seller,
        account=account,
        plan=plan,
        period=plan.periods.get(),
        quantities={"units": units},
        today=day,
        now=cast.moment(day),
    )
    return Subscription.objects.get(pk=placed.subscription_id)


def _pay_first_invoice(account: Account, seller: Actor, day: date) -> None:
    _bring_up_to(account.pk, day)
    payment = Payment.objects.get(account=account, kind=PaymentKind.RENDERED_SERVICES)
    complete_payment(actor=seller, payment=payment, today=day, method="bank_transfer")


@transaction.atomic
def _bring_up_to(account_id: int, day: date) -> None:
    renew_accounts(account_ids=[account_id], today=day)


def _use(cloud: Subscription, cost: Decimal, day: date) -> None:
    """Tell, as a worker does who has read a vendor's report, what the vendor takes for what was used on a day."""
    used = Measured("units", Decimal(0), day, f"report:{day.isoformat()}", cost=cost)
    record_usage(subscription=cloud, measured=[used], today=day)
