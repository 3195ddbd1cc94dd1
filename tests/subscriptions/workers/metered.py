"""Services of Example Cloud that are paid by what is used, for tests of the two roads on which a vendor tells it."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import Sum

from billing.models import Charge, Usage
from subscriptions.models import Plan, Subscription
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from vendors.models import VendorConnection

ORDERED_ON = date(2018, 8, 20)
ONE_DAY = timedelta(days=1)


def moment(day: date, hour: int = 9, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def day(number: int, month: int = 8) -> date:
    return date(2018, month, number)


def metered_plan(cloud: VendorConnection, offer: str) -> Plan:
    """Return a plan of one resource, at 0.50 a unit and hour (of traffic: a gigabyte)."""
    return make.plan(connection=cloud, offer=offer, prices={"units": "0.50"}, billing_type="payg_internal")


def running(plan: Plan, name: str) -> Subscription:
    """Return a service of a customer of its own, which the vendor has provided on ORDERED_ON."""
    account = cast.account(name=name)
    top_up(account=account, amount="100", today=ORDERED_ON)
    subscription = make.subscription(account=account, plan=plan, quantities={"units": 1}, today=ORDERED_ON)
    for operation_id in unfinished_work(now=moment(ORDERED_ON)):
        carry_out(operation_id=operation_id, now=moment(ORDERED_ON), today=ORDERED_ON)
    subscription.refresh_from_db()
    assert subscription.status == "active"
    return subscription


def line(service: Subscription, day: date, quantity: str, *, meter: str = "traffic", number: int = 1) -> dict[str, str]:
    """Return a line of Example Cloud's report."""
    service_id = service.vendor_ids["service_id"]
    return {
        "service": service_id,
        "meter": meter,
        "key": f"{service_id}-{number}",
        "quantity": quantity,
        "day": day.isoformat(),
        "cost": "0.01",
    }


def told(subscription: Subscription) -> Decimal:
    sum_ = Usage.objects.filter(subscription=subscription).aggregate(sum=Sum("quantity"))["sum"]
    return sum_ or Decimal(0)


def charges(subscription: Subscription) -> list[tuple[str, Decimal, str]]:
    rows = Charge.objects.filter(subscription=subscription).exclude(status="deleted").order_by("pk")
    return [(row.status, row.quantity, f"{row.amount:.2f}") for row in rows]
