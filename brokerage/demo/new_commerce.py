"""The new commerce in the demo: a product of Microsoft's, from the catalogue to a customer who has it for a year.

Its windows at Microsoft are open, and somebody has raised it in Partner Center by hand: calendar, commitment and
differences have something to show.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import requests
from django.utils import timezone

from accounts.models import Account, Reseller, Role
from billing.models import Payment, PaymentStatus
from billing.payments import complete_payment
from brokerage.demo.cast import NORTH_ADMIN, OPERATOR_STAFF, actor
from brokerage.demo.catalogue import OFFICE, delegate
from brokerage.demo.programs import Addresses
from brokerage.demo.selling import plan_of
from brokerage.demo.telling import Teller
from brokerage.demo.waiting import until_status
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.templates import Sold, ask_vendor_of_template, create_template
from subscriptions.models import (
    CommitmentDate,
    DateKind,
    Difference,
    DifferenceKind,
    Plan,
    PlanCategory,
    Product,
    Subscription,
    SubscriptionStatus,
)
from subscriptions.people.ordering import place_order
from subscriptions.workers.committing import refresh_one
from subscriptions.workers.comparing import compare_with_vendors
from vendors.models import VendorConnection
from vendors.questions import catalogue

BUSINESS_PREMIUM = "Microsoft 365 Business Premium"
NAME = f"{BUSINESS_PREMIUM}, a year"
# A year that is billed by the month and renews.
SETTINGS = {"term_duration": "P1Y", "billing_cycle": "monthly", "segment": "Commercial", "end_of_term": "renews"}
# The customer who buys it, and how many seats: in our books, and once somebody has raised them at Microsoft.
BOUND, SEATS, RAISED = "Harbor Lights Hotel", 5, 6
NET_COST, RETAIL = Decimal("20.00"), Decimal("24.00")


def sell(*, day: date, now: datetime) -> Plan:
    """Make template and plan of Business Premium for a year, and hand the plan down to North; return the plan."""
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    connection = VendorConnection.objects.get(name=OFFICE)
    (offer,) = [one for one in catalogue(connection, now=now) if one.name == BUSINESS_PREMIUM and one.terms]
    seats = Sold(
        key="seats", name="Seats", unit="seat", vendor_reference=offer.id,
        vendor_minimum=offer.minimum, vendor_maximum=offer.maximum,
    )  # fmt: skip
    ask_vendor_of_template(actor=owner, connection=connection, resources=[seats], settings=SETTINGS, now=now)
    template = create_template(
        actor=owner, reseller=owner.reseller, name=NAME, connection=connection, resources=[seats], settings=SETTINGS
    )
    plan = plan_of(
        template,
        NET_COST,
        day=day,
        periods=[Lasting(duration=12, unit="month")],
        limit=offer.maximum,
        sku="M365-BP-1Y",
        product=Product.objects.get(reseller=owner.reseller, name="Microsoft 365"),
        category=PlanCategory.objects.get(reseller=owner.reseller, name="Productivity"),
    )
    delegate(plan, Reseller.objects.get(name="North"), RETAIL, day)
    return plan


def show(addresses: Addresses, check: Callable[[], None], teller: Teller, *, sold_on: date, now: datetime) -> None:
    """Put the product on sale on a day, sell it today, let somebody raise it by hand, and tell and check all of it."""
    today = timezone.localdate(now)
    bound = bind_one(sell(day=sold_on, now=now), check, day=today, now=now)
    dates = CommitmentDate.objects.filter(subscription=bound).order_by("kind")
    kinds = [DateKind.CANCEL, DateKind.RENEWS, DateKind.UNITS]
    teller.check("the calendar of the new commerce", [one.kind for one in dates], kinds)
    teller.step(f"“{bound}” of the new commerce is bought for a year: its windows are open", day=today)
    raise_by_hand(bound, addresses)
    found = list(Difference.objects.filter(subscription=bound, settled="").values_list("kind", "ours", "theirs"))
    teller.check("its difference with the vendor", found, [(DifferenceKind.QUANTITY, str(SEATS), str(RAISED))])
    teller.step(f"Somebody raises it to {RAISED} seats in Partner Center by hand: the difference is found", day=today)


def bind_one(plan: Plan, check: Callable[[], None], *, day: date, now: datetime) -> Subscription:
    """Sell seats for a year to a customer of North: its windows at Microsoft are open, and in the calendar."""
    north = actor(NORTH_ADMIN)
    sold = Plan.objects.get(parent=plan, reseller__name="North")
    account = Account.objects.get(primary_name=BOUND)
    order = place_order(
        actor=north,
        account=account,
        plan=sold,
        period=sold.periods.get(),
        quantities={"seats": SEATS},
        parameters={"domain_prefix": f"customer-{account.pk}"},
        today=day,
        now=now,
    )
    payment = Payment.objects.get(order=order, status=PaymentStatus.WAITING_FOR_PAYMENT)
    complete_payment(actor=north, payment=payment, today=day, method="card")
    subscription = until_status(order.subscription_id, SubscriptionStatus.ACTIVE, check, day=day)
    refresh_one(subscription.pk, now=timezone.now())  # the worker, who asks after each operation, is not there yet
    return subscription


def raise_by_hand(subscription: Subscription, addresses: Addresses) -> None:
    """Raise the seats at Microsoft behind our back, and look at the vendors' side as the night does."""
    raised = {"subscription_id": subscription.vendor_ids["subscription_id.seats"], "quantity": RAISED}
    requests.post(addresses.control, json={"do": "alter_subscription", **raised}, timeout=30).raise_for_status()
    refresh_one(subscription.pk, now=timezone.now())
    compare_with_vendors(now=timezone.now())
