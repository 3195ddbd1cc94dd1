"""Office 365 by the verbs, on the pretend Microsoft over HTTP: the plans' words and the plugin's fit together."""

from collections.abc import Callable
from datetime import date, datetime

import pytest

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from billing.audit import audit
from sandbox.microsoft import Microsoft
from subscriptions.models import Plan, Subscription, SubscriptionSecret
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.vendors.consenting import consent
from tests.vendors.office365.bench import E3
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
TODAY = date(2018, 8, 20)


@pytest.fixture
def acme(db: None) -> Account:
    """A customer at an address that Microsoft accepts, with money for a while."""
    account = cast.account(name="Acme", country="US", region="WA", city="Redmond", zip="98052", phone="4255550100")
    top_up(account=account, amount="1000", today=TODAY)
    return account


@pytest.fixture
def plan(admin: Actor, office365: VendorConnection, now: datetime) -> Plan:
    """Office 365 E3 over a connection that was granted."""
    return make.plan(connection=consent(admin, office365, now), offer=E3)


@pytest.fixture
def work(now: datetime) -> Callable[[Subscription], str]:
    """Do what the workers do, and return the subscription's status then."""

    def worked(subscription: Subscription) -> str:
        for operation_id in unfinished_work(now=now):
            carry_out(operation_id=operation_id, now=now, today=TODAY)
        subscription.refresh_from_db()
        return subscription.status

    return worked


def test_it_is_ordered_changed_stopped_activated_and_deleted(
    acme: Account,
    plan: Plan,
    microsoft: Microsoft,
    now: datetime,
    work: Callable[[Subscription], str],
) -> None:
    order = place_order(
        actor=SYSTEM,
        account=acme,
        plan=plan,
        period=plan.periods.get(),
        quantities={"seats": 5},
        parameters={"domain_prefix": "acme"},
        today=TODAY,
        now=now,
    )
    pay(order=order, today=TODAY)
    subscription = Subscription.objects.get()
    assert work(subscription) == "active"
    assert subscription.vendor_ids["domain"] == "acme.onmicrosoft.com"
    assert subscription.attributes["domain"]["value"] == "acme.onmicrosoft.com"
    assert SubscriptionSecret.objects.filter(subscription=subscription).exists()

    for seats in (8, 2):
        change_quantities(
            actor=SYSTEM,
            subscription=subscription,
            quantities={"seats": seats},
            today=TODAY,
            now=now,
            pay_from_balance=True,
        )
        assert work(subscription) == "active"
        assert subscription.quantity == seats

    for verb, status in ((stop, "stopped"), (activate, "active"), (delete, "deleted")):
        verb(actor=SYSTEM, subscription=subscription, today=TODAY)
        assert work(subscription) == status
    assert audit(today=TODAY) == []
