"""Plans and subscriptions for tests, made by the real verbs as the platform itself."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from itertools import count

from accounts.actors import SYSTEM
from accounts.models import Account, Reseller
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.catalogue.products import Timers, create_service_term
from subscriptions.catalogue.templates import Sold, create_template
from subscriptions.models import ApplicationTemplate, Order, OrderStatus, Plan, Subscription
from subscriptions.people.ordering import place_order
from tests.factories import accounts as cast
from tests.factories.billing import pay
from tests.remembering import remembered
from vendors.models import ConnectionState, VendorConnection

# Long before the days of the stories, so that every plan has its price.
EARLY = date(2010, 1, 1)

_numbers = count(1)


def noon(day: date) -> datetime:
    """Return the moment at which people act on a day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


@remembered
def plan(
    *,
    reseller: Reseller | None = None,
    prices: Mapping[str, str] | None = None,
    bounds: Mapping[str, Mapping[str, int]] | None = None,
    timers: Timers | None = None,
    months: int | None = None,
    connection: VendorConnection | None = None,
    offer: str = "backup",
    periods: list[Lasting] | None = None,
    settings: Mapping[str, str] | None = None,
    **information: object,
) -> Plan:
    """Return a plan of the reseller, by default of the operator: endless, seats at 10.00, billing day 1, no vendor.

    `bounds` gives included, minimum and limit by resource key; `offer` is the vendor's id of every resource, `settings`
    are the template's.
    """
    number = next(_numbers)
    seller = reseller or cast.operator()
    prices = prices or {"seats": "10.00"}
    template = create_template(
        actor=SYSTEM,
        reseller=seller,
        name=f"Template {number}",
        connection=connection,
        resources=[Sold(key=key, name=key.title(), vendor_reference=offer) for key in prices],
        settings=settings,
    )
    term = create_service_term(
        actor=SYSTEM,
        reseller=seller,
        name=f"Terms {number}",
        key=f"terms-{number}",
        timers=timers or Timers(billing_day=1),
    )
    return create_plan(
        actor=SYSTEM,
        reseller=seller,
        information=Information(
            **{"name": f"Plan {number}", "template": template, "service_term": term, **information}
        ),
        resources=[
            Offered(
                resource=resource,
                fees=Fees(recurring_fee=Decimal(prices[resource.key])),
                **(bounds or {}).get(resource.key, {}),
            )
            for resource in template.resources.order_by("pk")
        ],
        periods=periods or [Lasting(endless=True) if months is None else Lasting(duration=months, unit="month")],
        today=EARLY,
    )


@remembered
def reprice(*, plan: Plan, fee: str, today: date) -> None:
    """Ask the monthly fee for each of the plan's resources from that day on."""
    for resource in plan.resources.all():
        set_price(
            actor=SYSTEM, plan_resource=resource, fees=Fees(recurring_fee=Decimal(fee)), valid_from=today, today=today
        )  # fmt: skip


@remembered
def order(*, account: Account, plan: Plan, today: date, **fields: object) -> Order:
    """Return an order placed for the account: five seats where no quantities are given."""
    return place_order(
        actor=SYSTEM,
        account=account,
        plan=plan,
        period=plan.periods.get(),
        today=today,
        now=noon(today),
        **{"quantities": {"seats": 5}, **fields},
    )


@remembered
def subscription(*, account: Account, plan: Plan, today: date, **fields: object) -> Subscription:
    """Return a subscription ordered and paid from outside on that day."""
    placed = order(account=account, plan=plan, today=today, **fields)
    if placed.status == OrderStatus.WAITING_FOR_PAYMENT:
        pay(order=placed, today=today)
    return Subscription.objects.get(pk=placed.subscription_id)


@remembered
def bind_to_removed_plugin(connection: VendorConnection) -> None:
    """Have every template served over a connection of a plugin whose package is no longer installed."""
    VendorConnection.objects.filter(pk=connection.pk).update(plugin="removed", state=ConnectionState.GRANTED)
    ApplicationTemplate.objects.update(connection=connection, plugin="removed")
