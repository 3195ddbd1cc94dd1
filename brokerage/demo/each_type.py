"""A plan of every billing type, and a customer who has a subscription of each."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Account
from brokerage.demo import cast, catalogue
from subscriptions.catalogue.plans import NO_FEES, Lasting
from subscriptions.catalogue.prices import PlanFees
from subscriptions.catalogue.products import Timers, create_service_term
from subscriptions.models import BillingType, Order, ServiceTerm
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance


@dataclass(frozen=True)
class Sold:
    """What is sold with a billing type: its units and their price, for so many months (None: without an end)."""

    name: str
    billing_type: BillingType
    unit: str
    price: str
    months: int | None
    units: int
    fees: PlanFees = NO_FEES


EACH = (
    Sold("Rack space", BillingType.RESERVATION, "unit", "18.00", 12, 2,
         PlanFees(setup_fee=Decimal("25.00"), recurring_fee=Decimal("4.00"), renewal_fee=Decimal("10.00"))),
    Sold("Mail security, a year", BillingType.CSP_ANNUAL, "mailbox", "2.40", 12, 20),
    Sold("Virtual desktop", BillingType.PAY_IN_FULL, "desktop", "21.00", 6, 3),
    Sold("Design suite, committed", BillingType.NON_REFUND, "seat", "9.50", 12, 4),
    Sold("Mail and documents", BillingType.GSUITE, "mailbox", "6.00", 1, 5),
    Sold("Virtual machines", BillingType.PAYG_INTERNAL, "machine", "0.012", None, 4),
)  # fmt: skip


def show(account: Account, owner: Actor, day: date) -> list[Order]:
    """Make the plans as the seller's owner, and let the account, which has the money for it, order each on that day."""
    term = create_service_term(
        actor=owner,
        reseller=owner.reseller,
        name="By the term, billing day 1",
        key="by-the-term-1",
        timers=Timers(billing_day=1, grace_period=7, stop_period=30),
    )
    return [_ordered(sold, account, owner, term, day) for sold in EACH]


def _ordered(sold: Sold, account: Account, owner: Actor, term: ServiceTerm, day: date) -> Order:
    plan = catalogue.make_plain_plan(
        owner=owner,
        name=sold.name,
        unit=sold.unit,
        price=Decimal(sold.price),
        term=term,
        periods=[Lasting(endless=True) if sold.months is None else Lasting(duration=sold.months, unit="month")],
        day=day,
        billing_type=sold.billing_type,
        plan_fees=sold.fees,
    )
    order = place_order(
        actor=owner,
        account=account,
        plan=plan,
        period=plan.periods.get(),
        quantities={"units": sold.units},
        today=day,
        now=cast.moment(day),
    )
    return pay_order_from_balance(actor=owner, order=order, today=day) if order.total else order
