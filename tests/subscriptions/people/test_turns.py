"""Customers choose who goes first when the balance is short (billing.md 11.7): one verb, and the night follows it."""

from datetime import date

import pytest

from accounts.actors import SYSTEM
from accounts.models import AccessLevel, Account
from core.errors import Refused
from subscriptions.models import Plan, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.turns import NothingInTurn, PlaceNotAllowed, in_turn, set_turns
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
BILLING_DAY = date(2018, 9, 1)


@pytest.fixture
def four(acme: Account, plan: Plan) -> list[int]:
    """Four subscriptions of Acme that need 50.00 each, and money for one of them."""
    top_up(account=acme, amount="60", today=ORDERED_ON)
    return [make.subscription(account=acme, plan=plan, today=ORDERED_ON).pk for _number in range(4)]


def turns(account: Account) -> dict[int, int]:
    return dict(in_turn(account).values_list("pk", "billing_priority"))


def test_who_was_put_first_is_renewed_and_the_others_are_stopped(acme: Account, four: list[int]) -> None:
    owner = cast.customer_actor(account=acme)
    a, b, c, d = four
    assert turns(acme) == dict.fromkeys(four, 100)  # equal: the older first
    assert set_turns(actor=owner, account=acme, places={c: 1}, today=ORDERED_ON) == [c, a, b, d]
    assert list(turns(acme).items()) == [(c, 99), (a, 100), (b, 100), (d, 100)]
    run_billing_day(today=BILLING_DAY)
    running = Subscription.objects.filter(account=acme, status="active").values_list("pk", flat=True)
    assert list(running) == [c]


def test_places_are_taken_together_and_what_is_ordered_later_comes_last(
    acme: Account, four: list[int], plan: Plan
) -> None:
    a, b, c, d = four
    assert set_turns(actor=SYSTEM, account=acme, places={d: 1, a: 4}, today=ORDERED_ON) == [d, b, c, a]
    assert list(turns(acme).values()) == [98, 99, 99, 100]
    assert set_turns(actor=SYSTEM, account=acme, places={a: 2, b: 4}, today=ORDERED_ON) == [d, a, c, b]
    later = make.subscription(account=acme, plan=plan, today=ORDERED_ON).pk
    assert list(turns(acme)) == [d, a, c, b, later]
    assert set_turns(actor=SYSTEM, account=acme, places={d: 4, a: 1}, today=ORDERED_ON)[:2] == [a, c]
    order = {a: 1, b: 2, c: 3, d: 4}
    assert set_turns(actor=SYSTEM, account=acme, places=order, today=ORDERED_ON) == [a, b, c, d, later]
    assert set(turns(acme).values()) == {100}


def test_priorities_far_apart_keep_their_order_and_become_the_fewest(acme: Account, four: list[int]) -> None:
    Subscription.objects.filter(pk=four[0]).update(billing_priority=0)
    Subscription.objects.filter(pk=four[1]).update(billing_priority=30_000)  # of a simulation
    assert set_turns(actor=SYSTEM, account=acme, places={}, today=ORDERED_ON) == [four[0], four[2], four[3], four[1]]
    assert list(turns(acme).values()) == [99, 99, 99, 100]


def test_what_is_wrong_is_said_at_each_place_and_nothing_is_kept(acme: Account, four: list[int], plan: Plan) -> None:
    other = make.subscription(account=cast.account(), plan=plan, today=ORDERED_ON).pk
    a, b, c, d = four
    with pytest.raises(PlaceNotAllowed) as no:
        set_turns(actor=SYSTEM, account=acme, places={a: 2, b: 2, c: 0, d: 5, other: 1}, today=ORDERED_ON)
    assert [(one.field, one.sentence) for one in no.value.problems] == [
        (f"place.{b}", "Place 2 is given to two subscriptions: choose another for one of them."),
        (f"place.{c}", "Enter a place from 1 to 4."),
        (f"place.{d}", "Enter a place from 1 to 4."),
        (f"place.{other}", "The account has no such subscription (any more): open the page anew."),
    ]
    assert set(Subscription.objects.values_list("billing_priority", flat=True)) == {100}


def test_who_may_not_and_where_there_is_nothing_to_order(acme: Account, four: list[int]) -> None:
    elsewhere = cast.account()
    strangers = (
        cast.customer_actor(account=acme, access_level=AccessLevel.USER),
        cast.customer_actor(account=elsewhere),
        cast.manager_actor(reseller=cast.reseller()),
        cast.manager_actor(role="owner"),
    )
    for stranger in strangers:
        with pytest.raises(Refused) as no:
            set_turns(actor=stranger, account=acme, places={four[3]: 1}, today=ORDERED_ON)
        assert no.value.code == "forbidden"
    assert set(turns(acme).values()) == {100}
    with pytest.raises(NothingInTurn):
        set_turns(actor=SYSTEM, account=elsewhere, places={}, today=ORDERED_ON)
