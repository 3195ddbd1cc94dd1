"""One idempotency key, one order: the same content is the same order, another content is refused."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.actors import SYSTEM, Forbidden, actor_of
from accounts.models import Account
from subscriptions.models import Order, Plan
from subscriptions.people.changes import ask_vendor_of_change, change_quantities
from subscriptions.people.keys import KeyTaken
from subscriptions.people.ordering import ask_vendor_of_order, place_order
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db
TODAY, NOW = date(2018, 8, 20), datetime(2018, 8, 20, 12, tzinfo=UTC)


@pytest.fixture
def acme() -> Account:
    acme = cast.account()
    money.top_up(account=acme, amount="1000.00", today=TODAY)
    return acme


def ordered(account: Account, plan: Plan, **other: Any) -> Order:
    wish = {"period": plan.periods.first(), "quantities": {"seats": 3}, "name": "Ours", "idempotency_key": "k"}
    return place_order(actor=SYSTEM, account=account, plan=plan, today=TODAY, now=NOW, **{**wish, **other})


def test_the_same_order_is_one_and_any_other_content_is_refused(acme: Account) -> None:
    plan, other = make.plan(), make.plan()
    first = ordered(acme, plan)
    assert ordered(acme, plan) == first
    for differs in (
        {"quantities": {"seats": 30}},
        {"quantities": {}},
        {"name": "Theirs"},
        {"parameters": {"domain": "a"}},
        {"plan": other, "period": other.periods.first()},
    ):
        with pytest.raises(KeyTaken) as refusal:
            ordered(acme, **{"plan": plan, **differs})
        assert (refusal.value.code, first.number in str(refusal.value)) == ("idempotency_conflict", True)
    assert Order.objects.count() == 1


def test_another_account_has_keys_of_its_own(acme: Account) -> None:
    plan = make.plan()
    assert ordered(acme, plan) != ordered(cast.account(), plan)


def test_a_change_under_the_key_of_another_is_refused(acme: Account) -> None:
    one, two = (make.subscription(account=acme, plan=make.plan(), today=TODAY) for _one in range(2))

    def changed(subscription: Any = one, seats: int = 7, **how: Any) -> Order:
        return change_quantities(
            actor=SYSTEM, subscription=subscription, quantities={"seats": seats}, today=TODAY, now=NOW,
            idempotency_key="k", **{"pay_from_balance": True, **how},
        )  # fmt: skip

    first = changed()
    assert changed() == first
    for differs in ({"seats": 8}, {"subscription": two}, {"pay_from_balance": False}):
        with pytest.raises(KeyTaken):
            changed(**differs)
    with pytest.raises(KeyTaken):
        ordered(acme, one.plan)
    assert Order.objects.filter(type="change").count() == 1


def test_who_does_not_see_the_account_gets_nothing_by_its_key(acme: Account) -> None:
    """The order that stood under the key was returned, and the vendor asked, before anybody asked whose it is."""
    plan = make.plan()
    first = ordered(acme, plan)
    changed = make.subscription(account=acme, plan=make.plan(), today=TODAY)
    wish = {"plan": plan, "period": plan.periods.first(), "quantities": {"seats": 3}, "name": "Ours", "now": NOW}
    change = {"subscription": changed, "quantities": {"seats": 9}, "now": NOW}
    stranger = actor_of(cast.manager(reseller=cast.reseller()))
    for verb, asked in (
        (place_order, {"account": acme, "today": TODAY, **wish}),
        (ask_vendor_of_order, {"account": acme, **wish}),
        (change_quantities, {"today": TODAY, **change}),
        (ask_vendor_of_change, change),
    ):
        with pytest.raises(Forbidden):
            verb(actor=stranger, idempotency_key="k", **asked)
    assert ordered(acme, plan) == first
