"""What the address of a list says; whatever it does not know, it leaves out."""

import pytest
from django.http import QueryDict

from core.lists.state import LAST_PAGE, LONGEST_SEARCH, ListState, filters_of, state_of
from operator_panel.lists.charges import CHARGES
from operator_panel.lists.subscriptions import SUBSCRIPTIONS


def read(query: str) -> ListState:
    return state_of(SUBSCRIPTIONS, QueryDict(query), page_size=50)


def test_a_bare_address_is_the_list_as_declared() -> None:
    assert read("") == ListState(
        search="", sort="-id", quick="", page=1, size=50, after="", before="", extra=(), everything=False, values={}
    )


def test_an_address_is_read_in_full() -> None:
    query = "q=+vega+&sort=name&quick=mine&page=3&size=100&after=x&before=y&show=trial&all=1&status=active"
    assert read(query) == ListState(
        search="vega", sort="name", quick="mine", page=3, size=100, after="x", before="y", extra=("trial",),
        everything=True, values={"status": "active"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("sort=password", "sort", "-id"),
        ("sort=manager", "sort", "-id"),
        ("sort=-name", "sort", "-name"),
        ("quick=everything", "quick", ""),
        ("page=0", "page", 1),
        ("page=-3", "page", 1),
        ("page=x", "page", 1),
        ("page=²", "page", 1),
        ("page=99999999999999", "page", 1),
        ("page=999999999", "page", LAST_PAGE),
        ("size=7", "size", 50),
        ("size=25", "size", 25),
        ("q=a%00b", "search", "ab"),
        (f"q={'x' * 300}", "search", "x" * LONGEST_SEARCH),
        ("show=password&show=trial", "extra", ("trial",)),
        ("show=status&status=active", "extra", ()),
        ("show=quantity&quantity_min=3", "extra", ()),
        ("all=yes", "everything", False),
        ("password=x", "values", {}),
        ("status=", "values", {}),
        ("status=active&status=stopped", "values", {"status": "active,stopped"}),
    ],
)
def test_what_is_not_known_is_left_out(query: str, field: str, value: object) -> None:
    assert getattr(read(query), field) == value


def test_the_address_comes_back_without_its_place() -> None:
    query = "q=vega&page=3&after=x&status=active&show=trial&quantity_min=2"
    assert read(query).parameters() == "?q=vega&sort=-id&size=50&show=trial&quantity_min=2&status=active"


def test_changes_replace_and_empty_ones_remove() -> None:
    state = read("q=vega&status=active&all=1")
    assert state.parameters(status="", page=2, q=None) == "?sort=-id&size=50&all=1&page=2"


@pytest.mark.parametrize("query", ["q=%26+%3D&sort=name&status=active&quick=mine", "show=trial&all=1&quantity_min=2"])
def test_an_address_reads_back_as_itself(query: str) -> None:
    assert read(read(query).parameters()[1:]) == read(query)


def test_filters_of_two_lists_are_not_shared() -> None:
    filters = filters_of(SUBSCRIPTIONS)
    filters.pop("status")
    assert ("status" in filters_of(SUBSCRIPTIONS), "trial" in filters_of(CHARGES)) == (True, False)
