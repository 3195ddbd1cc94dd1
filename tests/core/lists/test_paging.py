"""Pages by position: the window and the whole give the same rows, and numbers are counted or estimated."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.db.models import F
from pytest_django.plugin import DjangoDbBlocker

from core.lists import paging
from core.lists.paging import Count, Order, Sure, Wanted, cursor_of, estimates, keys_of_page, position_of
from subscriptions.models import Subscription
from tests.factories import accounts
from tests.operator_panel.lists import rows
from tests.worlds import kept

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def thirty(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[int]]:
    """Thirty subscriptions, of which the oldest ten are stopped."""
    with kept(django_db_blocker):
        yield [rows.subscription(quantity=n % 4, status="stopped" if n < 10 else "active").pk for n in range(30)]


@pytest.mark.parametrize(("window", "many"), [(1, 100), (5, 100), (100, 100), (1, 5)])
@pytest.mark.parametrize("downwards", [True, False])
@pytest.mark.parametrize("field", ["id", "quantity"])
def test_keys_do_not_depend_on_the_window(
    thirty: list[int], window: int, many: int, downwards: bool, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "WINDOW", window)
    monkeypatch.setattr(paging, "MANY", many)
    stopped = Subscription.objects.filter(status="stopped")
    order = Order(F(field), downwards)
    expected = list(order.of(stopped).values_list("list_key", "pk"))
    keys = keys_of_page(stopped, order, Wanted(4), easy=False)
    assert (keys.pairs, keys.more) == (expected[:4], True)
    position = position_of(cursor_of(expected[3]), stopped, order, backwards=False)
    keys = keys_of_page(stopped, order, Wanted(4, 0, position), easy=False)
    assert keys.pairs == expected[4:8]
    position = position_of(cursor_of(expected[8]), stopped, order, backwards=True)
    keys = keys_of_page(stopped, order, Wanted(4, 0, position), easy=False)
    assert keys.pairs == expected[4:8]


def test_keys_of_few_rows_bring_their_number(thirty: list[int]) -> None:
    stopped = Subscription.objects.filter(status="stopped")
    assert keys_of_page(stopped, Order(F("id"), True), Wanted(25), easy=False).total == Count(10)


def test_offset_far_away_is_left_to_the_database(thirty: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "NEAR_ROWS", 3)
    found = keys_of_page(Subscription.objects.all(), Order(F("id"), False), Wanted(5, 20), easy=False)
    assert [pk for _key, pk in found.pairs] == sorted(thirty)[20:25]


def test_estimates_of_small_numbers_are_counts(thirty: list[int]) -> None:
    some = Subscription.objects.filter(status="stopped")
    assert estimates([some, Subscription.objects.none(), Subscription.objects.all()]) == [
        Count(10),
        Count(0),
        Count(30),
    ]


def test_estimates_of_large_numbers_come_from_the_planner(thirty: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 5)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE subscriptions_subscription")
    assert estimates([Subscription.objects.all()]) == [Count(30, Sure.ABOUT)]


def test_count_of_what_the_planner_took_for_few_stops(thirty: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paging, "COUNTED", 20)
    monkeypatch.setattr(paging, "_planned_rows", lambda queries: [1 for _query in queries])
    assert estimates([Subscription.objects.all()]) == [Count(20, Sure.AT_LEAST)]


@pytest.mark.parametrize("text", ["", "x", "[]", "[1]", '["a", "b"]', "{}", '["x", 1]', "null"])
def test_position_that_nobody_made_is_none(text: str) -> None:
    assert position_of(text, Subscription.objects.all(), Order(F("id"), True), backwards=False) is None


def test_rows_that_cannot_match_have_no_keys() -> None:
    accounts.operator()
    nothing = Subscription.objects.filter(pk__in=[])
    assert keys_of_page(nothing, Order(F("id"), True), Wanted(5), easy=False).pairs == []
