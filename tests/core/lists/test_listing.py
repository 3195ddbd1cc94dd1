"""A list as it is declared."""

from collections.abc import Iterator
from datetime import date
from types import SimpleNamespace

import pytest
from django.db.models import Q
from django.db.models.functions import Lower

from core.lists.columns import Column, to
from core.lists.listing import LISTINGS, Asker, Listing, Quick, UnknownListing, listing_named
from subscriptions.models import Subscription

COLUMNS = (
    Column("id", "ID", sort="id"),
    Column("name", "Name", sort="name", link=to("operator:subscription")),
    Column("currency", "Currency", shown=False),
)


def declared(**fields: object) -> Listing:
    defaults = {
        "name": "tests.declared", "title": "Declared", "right": "subscriptions.view", "columns": COLUMNS,
        "rows": lambda actor: Subscription.objects.all(), "actor_of": lambda user: user,
    }  # fmt: skip
    return Listing(**{**defaults, **fields})


@pytest.fixture(autouse=True)
def _only_the_program_s() -> Iterator[None]:
    before = dict(LISTINGS)
    yield
    LISTINGS.clear()
    LISTINGS.update(before)


def test_a_list_is_known_by_its_name() -> None:
    listing = declared()
    assert listing_named("tests.declared") is listing


def test_an_unknown_list_is_named() -> None:
    with pytest.raises(UnknownListing, match=r"tests\.gone"):
        listing_named("tests.gone")


@pytest.mark.parametrize("sort", ["currency", "-currency", "password", ""])
def test_a_list_sorted_by_what_does_not_sort_is_refused_and_not_known(sort: str) -> None:
    with pytest.raises(ValueError, match="which is no column to sort by"):
        declared(sort=sort)
    assert "tests.declared" not in LISTINGS


def test_columns_are_those_of_a_choice_in_its_order_and_of_the_declaration_without_one() -> None:
    listing = declared()
    for names, shown in (
        (["currency", "id"], ["currency", "id"]),
        (["currency", "password"], ["currency"]),
        (["password"], ["id", "name"]),
        ([], ["id", "name"]),
    ):
        assert [column.name for column in listing.columns_for(names)] == shown


def test_columns_sort_both_ways_where_they_sort() -> None:
    listing = declared()
    assert [listing.column_of_sort(sort) for sort in ("name", "-name")] == [COLUMNS[1], COLUMNS[1]]
    assert [listing.column_of_sort(sort) for sort in ("currency", "password", "--name")] == [None, None, None]
    assert listing.sort_expression("-name", Subscription.objects.all()) == Lower("name")
    with pytest.raises(ValueError, match=r"tests\.declared is not sorted by currency"):
        listing.sort_expression("currency", Subscription.objects.all())


def test_a_row_leads_where_its_first_linked_column_does() -> None:
    assert declared().link_of_row(SimpleNamespace(pk=7)) == "/operator/subscriptions/7/"
    assert declared(row_link=lambda row: "/there/").link_of_row(SimpleNamespace(pk=7)) == "/there/"
    assert declared(columns=COLUMNS[:1]).link_of_row is None


def test_a_quick_filter_may_depend_on_who_asks_and_when() -> None:
    asker = Asker(actor="Ann", today=date(2026, 3, 1))
    assert Quick("all", "All", Q(pk__gt=0)).q(asker) == Q(pk__gt=0)
    due = Quick("due", "Due", lambda one: Q(due_on=one.today, manager=one.actor))
    assert due.q(asker) == Q(due_on=date(2026, 3, 1), manager="Ann")
