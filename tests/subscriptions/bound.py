"""A service that is bought for a term, at the pretend Microsoft as it is today: for tests of commitments."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from sandbox.microsoft import Microsoft
from subscriptions.models import HeldCommitment, Subscription
from subscriptions.people.ordering import place_order
from subscriptions.workers.committing import refresh_commitments
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.vendors.consenting import consent
from vendors.models import VendorConnection

# Microsoft 365 Business Basic: a product and its SKU.
BASIC = "CFQ7TTC0LH18:0001"


@dataclass
class Bound:
    """Five seats of a new-commerce product for a year, paid by the month, and the clocks of both sides."""

    microsoft: Microsoft
    account: Account
    subscription: Subscription
    now: datetime

    @property
    def today(self) -> date:
        """The day, of both sides."""
        return self.now.date()

    @property
    def held(self) -> HeldCommitment:
        """What is kept of it."""
        return HeldCommitment.objects.get(subscription=self.subscription)

    def refresh(self) -> None:
        """Ask Microsoft as the night does."""
        assert refresh_commitments(now=self.now) is None
        self.subscription.refresh_from_db()

    def advance(self, *, days: float) -> None:
        """Let time pass on both sides, and the night ask."""
        self.microsoft.advance(days=days)
        self.now += timedelta(days=days)
        self.refresh()

    def work(self) -> None:
        """Do what the workers do until nothing is due."""
        for operation_id in unfinished_work(now=self.now):
            carry_out(operation_id=operation_id, now=self.now, today=self.today)
        self.subscription.refresh_from_db()


def bought(admin: Actor, connection: VendorConnection, microsoft: Microsoft, now: datetime, **options: str) -> Bound:
    """Order five seats of Basic, accept the agreement, and have them provided; `options` are the template's."""
    microsoft.live_today()
    connection.settings = {**connection.settings, "agreement_road": "direct"}
    connection.save(update_fields=["settings"])
    plan = make.plan(connection=consent(admin, connection, now), offer=BASIC)
    plan.template.settings = {"billing_cycle": "monthly", "term_duration": "P1Y", **options}
    plan.template.save(update_fields=["settings"])
    account = cast.account(
        name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="4255550100",
        contact_first_name="Tania", contact_last_name="Carr", contact_email="tania@acme.example",
    )  # fmt: skip
    top_up(account=account, amount="1000", today=now.date())
    order = place_order(
        actor=SYSTEM, account=account, plan=plan, period=plan.periods.get(), quantities={"seats": 5},
        parameters={"domain_prefix": "acme"}, today=now.date(), now=now,
    )  # fmt: skip
    pay(order=order, today=now.date())
    bound = Bound(microsoft, account, Subscription.objects.get(), now)
    bound.work()
    microsoft.accept_agreement(domain="acme.onmicrosoft.com")
    bound.now += timedelta(minutes=10)
    bound.work()
    assert bound.subscription.status == "active", bound.subscription.status
    return bound
