"""What a page may offer is said by the verbs' own checks, and a refusal says where it is put right."""

from datetime import date

import pytest

from accounts.models import Account, AccountStatus
from core.errors import Refused, Remedy
from subscriptions.models import Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.stopping import activate, stop
from subscriptions.told.offered import looked_for_in_vain, not_asked_for, steps_of_order, steps_of_subscription
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import owe
from tests.subscriptions.conftest import ORDERED_ON
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


def offered(subscription: Subscription, actor: object, day: date = ORDERED_ON) -> set[str]:
    subscription.refresh_from_db()
    steps = steps_of_subscription(actor, subscription, day, make.noon(day))
    return {name for name, refusal in steps.items() if refusal is None}


def test_a_running_one_is_changed_stopped_and_deleted(acme: Account, plan: Plan) -> None:
    manager = cast.manager_actor()
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    assert offered(subscription, manager) == {"change", "stop", "delete"}
    stop(actor=manager, subscription=subscription, today=ORDERED_ON)
    assert offered(subscription, manager) == {"activate", "delete"}


def test_what_the_money_does_not_suffice_for_is_not_offered_and_leads_to_the_top_up(acme: Account, plan: Plan) -> None:
    manager = cast.manager_actor()
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    stop(actor=manager, subscription=subscription, today=ORDERED_ON)
    owe(account=acme, amount="19.35", today=ORDERED_ON)
    subscription.refresh_from_db()
    refusal = steps_of_subscription(manager, subscription, ORDERED_ON, make.noon(ORDERED_ON))["activate"]
    assert refusal is not None
    assert (refusal.code, refusal.remedy) == ("funds_short", Remedy("top_up", acme.pk, "19.35"))
    with pytest.raises(Refused) as raised:
        activate(actor=manager, subscription=subscription, today=ORDERED_ON)
    assert str(raised.value) == str(refusal)


def test_on_administrative_hold_a_customer_may_nothing_and_a_manager_stops_and_deletes(
    acme: Account, plan: Plan
) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    Account.objects.filter(pk=acme.pk).update(status=AccountStatus.ADMINISTRATIVE_HOLD)
    assert offered(subscription, cast.manager_actor()) == {"stop", "delete"}
    assert offered(subscription, cast.customer_actor(account=acme)) == set()
    refusal = steps_of_subscription(cast.manager_actor(), subscription, ORDERED_ON, make.noon(ORDERED_ON))["change"]
    assert refusal is not None
    assert refusal.remedy == Remedy("release", acme.pk)


def test_an_order_is_paid_where_the_money_suffices_and_cancelled_while_it_waits(acme: Account, plan: Plan) -> None:
    order = make.order(account=acme, plan=plan, today=ORDERED_ON)
    assert {name for name, no in steps_of_order(order, ORDERED_ON).items() if no is None} == {"cancel"}


@pytest.mark.parametrize(
    "state", [ConnectionState.WAITING_FOR_CONSENT, ConnectionState.REGRANT_NEEDED, ConnectionState.MISCONFIGURED]
)
def test_quantities_are_not_offered_while_the_connection_lets_nothing_be_asked(
    running: Subscription, example: VendorConnection, state: str
) -> None:
    """Seen before: offered as the primary button, and refused by the vendor; the others wait for the grant."""
    manager = cast.manager_actor()
    assert offered(running, manager) == {"change", "stop", "delete"}
    VendorConnection.objects.filter(pk=example.pk).update(state=state)
    subscription = Subscription.objects.get(pk=running.pk)
    assert offered(subscription, manager) == {"stop", "delete"}
    refusal = steps_of_subscription(manager, subscription, ORDERED_ON, make.noon(ORDERED_ON))["change"]
    assert refusal is not None
    assert (refusal.code, refusal.remedy) == ("vendor_unavailable", Remedy("vendor_connection", example.pk))
    with pytest.raises(Refused) as raised:
        change_quantities(
            actor=manager,
            subscription=subscription,
            quantities={"seats": 9},
            today=ORDERED_ON,
            now=make.noon(ORDERED_ON),
            pay_from_balance=True,
        )
    assert str(raised.value) == str(refusal)
    for reader in (manager, cast.customer_actor(account=subscription.account)):
        assert looked_for_in_vain(
            reader, subscription, steps_of_subscription(reader, subscription, ORDERED_ON, make.noon(ORDERED_ON))
        )
    assert looked_for_in_vain(cast.manager_actor(role="marketing"), subscription, {"change": refusal}) is None


def test_an_order_is_not_corrected_while_the_connection_lets_nothing_be_asked(
    failed: Subscription, example: VendorConnection
) -> None:
    """Seen before: "Correct and try again" was offered, and what was typed was refused for the connection's sake."""
    order = failed.orders.get()
    assert steps_of_order(order, ORDERED_ON)["correct"] is None
    VendorConnection.objects.filter(pk=example.pk).update(state=ConnectionState.REGRANT_NEEDED)
    refusal = steps_of_order(type(order).objects.get(pk=order.pk), ORDERED_ON)["correct"]
    assert refusal is not None
    assert refusal.code == "vendor_unavailable"


def test_what_its_vendor_lets_nobody_ask_for_is_not_offered_for_ordering(
    running: Subscription, example: VendorConnection
) -> None:
    """Seen before: offered in both panels, filled in, and refused."""
    plans = Plan.objects.select_related("template__connection").order_by("pk")
    assert not_asked_for(plans) == {}
    VendorConnection.objects.filter(pk=example.pk).update(state=ConnectionState.REGRANT_NEEDED)
    refusals = not_asked_for(plans.all())
    assert {(pk, refusal.code) for pk, refusal in refusals.items()} == {(running.plan_id, "vendor_unavailable")}
