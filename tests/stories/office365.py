"""Office 365 of today, for stories: the verbs of the product, its nights and workers, by the clock of the sandbox."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.models import Account
from billing.audit import audit
from billing.models import Charge, ChargeStatus
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_SECRET
from sandbox.wsgi import start
from subscriptions.catalogue.plans import Lasting
from subscriptions.catalogue.templates import Sold, change_template
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.nights import carry_out_night
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.workers.committing import refresh_after, refresh_commitments
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.vendors.consenting import consent
from tests.vendors.memory import stopped_soon
from tests.vendors.office365.bench import settings_of
from vendors.connections import add_connection
from vendors.models import UNFINISHED, VendorConnection, VendorOperation

E3 = "CFQ7TTC0LF8R:0001"
YEAR_BY_MONTH = {"billing_cycle": "monthly", "term_duration": "P1Y"}
A_DAY = timedelta(days=1)


@dataclass
class Story:
    """One customer of a partner of today. `moment` is now, for us and at Microsoft; it stands until it is moved."""

    microsoft: Microsoft
    connection: VendorConnection
    account: Account
    moment: datetime
    domain: str = "acme"

    # -- the clock ----------------------------------------------------------------------------------------------

    @property
    def today(self) -> date:
        """The operator's day."""
        return self.moment.date()

    def at(self, day: date, hour: int = 12, minute: int = 0) -> None:
        """Let it be an hour (UTC) of a day."""
        self.moment = datetime.combine(day, time(hour, minute), tzinfo=UTC)
        self.microsoft.set_clock(at=self.moment.isoformat(), stopped=True)

    def work(self, hours: float = 1) -> None:
        """Do what the workers do until nothing is due; what is put off is waited for, up to so many hours."""
        until = self.moment + timedelta(hours=hours)
        for _turn in range(200):
            for operation_id in unfinished_work(now=self.moment):
                operation = carry_out(operation_id=operation_id, now=self.moment, today=self.today)
                if operation.finished:
                    refresh_after(operation, now=self.moment)
            waits = VendorOperation.objects.filter(state__in=UNFINISHED, next_attempt_at__lte=until)
            first = waits.order_by("next_attempt_at").first()
            if first is None:
                return
            self.moment = max(first.next_attempt_at, self.moment)
            self.microsoft.set_clock(at=self.moment.isoformat(), stopped=True)
        raise AssertionError(f"the workers come to no end: {first.action}, {first.last_error}")

    def night(self, day: date) -> None:
        """Carry out the night of a day (and those before it that were not), and what the workers have to do then."""
        self.at(day, 0, 5)
        carry_out_night(today=day, now=self.moment)
        self.work()
        refresh_commitments(now=self.moment)

    # -- people -------------------------------------------------------------------------------------------------

    def plan(self, offer: str = E3, price: str = "10.00", *, periods: Sequence[Lasting] = (), **settings: str) -> Plan:
        """Return a plan, endless and by the month, of an offer that is bought for a year and paid by the month."""
        lasting = {"periods": list(periods)} if periods else {}
        plan = make.plan(connection=self.connection, offer=offer, prices={"seats": price}, **lasting)
        return self.with_settings(plan, **{**YEAR_BY_MONTH, **settings})

    def with_settings(self, plan: Plan, **settings: str) -> Plan:
        """Return the plan with settings of its template."""
        template = plan.template
        resources = [
            Sold(key=one.key, name=one.name, vendor_reference=one.vendor_reference) for one in template.resources.all()
        ]
        change_template(
            actor=SYSTEM, template=template, name=template.name, description="", settings=settings, resources=resources
        )
        return Plan.objects.get(pk=plan.pk)

    def order(self, plan: Plan, seats: int, *, accepts: bool = True) -> Subscription:
        """Order seats, pay, and have the workers do the rest; the customer accepts the agreement while it waits."""
        placed = place_order(
            actor=SYSTEM,
            account=self.account,
            plan=plan,
            period=plan.periods.get(),
            quantities={"seats": seats},
            parameters={"domain_prefix": self.domain},
            today=self.today,
            now=self.moment,
        )
        if placed.status == "waiting_for_payment":
            pay(order=placed, today=self.today)
        self.work(hours=0)
        if accepts:
            self.microsoft.accept_agreement(domain=f"{self.domain}.onmicrosoft.com")
            self.work()
        return Subscription.objects.get(pk=placed.subscription_id)

    def change(self, subscription: Subscription, seats: int) -> Order:
        """Change to so many seats, paid from the balance, and have the workers do the rest."""
        order = change_quantities(
            actor=SYSTEM,
            subscription=subscription,
            quantities={"seats": seats},
            today=self.today,
            now=self.moment,
            pay_from_balance=True,
        )
        self.work()
        order.refresh_from_db()
        return order

    # -- what became of it --------------------------------------------------------------------------------------

    def held(self) -> list[dict[str, Any]]:
        """Return the customer's subscriptions as Microsoft's own records have them, the oldest first."""
        store = self.microsoft.world.store
        rows = [
            row
            for customer in store.all("customer")
            if not customer["foreign"]
            for row in store.all(f"subscription:{customer['id']}")
        ]
        return sorted(rows, key=lambda row: float(row["created"]))

    def one_held(self) -> dict[str, Any]:
        """Return the only one."""
        (row,) = self.held()
        return row

    def books_agree(self) -> None:
        """Demand that the books agree with themselves."""
        assert audit(today=self.today) == []


def charges(subscription: Subscription) -> list[tuple[str, str, str, int, str]]:
    """Return status, days, units and amount of every charge of a subscription that is not replaced by others."""
    rows = Charge.objects.filter(subscription=subscription).exclude(status=ChargeStatus.DELETED)
    return [
        (one.status, f"{one.operate_from:%d.%m}", f"{one.operate_to:%d.%m}", int(one.quantity), f"{one.amount:.2f}")
        for one in rows.order_by("operate_from", "pk")
    ]


def written_off(subscription: Subscription) -> Decimal:
    """Return what a subscription has cost so far."""
    rows = Charge.objects.filter(subscription=subscription, status=ChargeStatus.CLOSED)
    return sum((one.amount for one in rows), Decimal(0))


@contextmanager
def a_story(day: date, *, balance: str = "5000", **settings: str) -> Iterator[Story]:
    """Yield a story that begins at noon of a day: a consented connection, a customer with money, Microsoft of today."""
    microsoft = Microsoft()
    microsoft.live_today()
    running = start(microsoft)
    moment = datetime.combine(day, time(12), tzinfo=UTC)
    microsoft.set_clock(at=moment.isoformat(), stopped=True)
    admin: Actor = actor_of(cast.manager())
    values: Mapping[str, str] = settings_of(
        running.base_url, client_secret=DEMO_SECRET, **{"agreement_road": "direct", **settings}
    )
    connection = add_connection(
        actor=admin, reseller=admin.reseller, plugin="office365", name="Office 365", values=values
    )
    consent(admin, connection, moment)
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="4255550100",
    )  # fmt: skip
    top_up(account=account, amount=balance, today=day)
    try:
        yield Story(microsoft, VendorConnection.objects.get(pk=connection.pk), account, moment)
    finally:
        stopped_soon(running)
