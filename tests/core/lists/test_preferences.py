"""A person's own columns, filters, page size and views."""

from types import SimpleNamespace

import pytest

from accounts.models import User
from core.lists import preferences
from core.lists.models import ListPreference, SavedView
from core.lists.preferences import (
    NamelessView,
    NothingChosen,
    TooManyViews,
    choose_columns,
    choose_filters,
    choose_page_size,
    delete_view,
    preference_of,
    restore_defaults,
    save_view,
    views_of,
)
from operator_panel.lists.charges import CHARGES
from operator_panel.lists.subscriptions import SUBSCRIPTIONS
from tests.factories import accounts

pytestmark = pytest.mark.django_db


@pytest.fixture
def me() -> User:
    return accounts.manager()


@pytest.fixture
def asked(me: User) -> dict[str, object]:
    """Who asks, and about which list."""
    return {"actor": SimpleNamespace(user=me), "listing": SUBSCRIPTIONS}


def kept(user: User, listing: object = SUBSCRIPTIONS) -> tuple[list[str], list[str], int]:
    row = preference_of(user, listing)
    return row.columns, row.filters, row.page_size


def test_who_chose_nothing_has_the_defaults_and_no_row(me: User) -> None:
    assert (kept(me), ListPreference.objects.count()) == (([], [], 50), 0)


def test_choices_are_kept_in_their_order_once_and_only_what_there_is(me: User, asked: dict) -> None:
    choose_columns(**asked, columns=["name", "id", "name", "password"])
    choose_filters(**asked, filters=["trial", "status", "trial", "password"])
    choose_page_size(**asked, page_size=100)
    assert (kept(me), ListPreference.objects.count()) == ((["name", "id"], ["trial", "status"], 100), 1)


def test_choices_are_of_one_person_and_one_list(me: User, asked: dict) -> None:
    choose_columns(**asked, columns=["id"])
    assert (kept(me, CHARGES)[0], kept(accounts.manager())[0]) == ([], [])


@pytest.mark.parametrize("columns", [[], ["password"]])
def test_a_list_without_columns_is_refused_and_the_choice_stays(me: User, asked: dict, columns: list[str]) -> None:
    choose_columns(**asked, columns=["id"])
    with pytest.raises(NothingChosen) as refusal:
        choose_columns(**asked, columns=columns)
    assert (refusal.value.code, refusal.value.field, kept(me)[0]) == ("no_columns", "columns", ["id"])


def test_no_filters_means_the_default_ones(me: User, asked: dict) -> None:
    choose_filters(**asked, filters=["trial"])
    assert choose_filters(**asked, filters=[]).filters == []


def test_a_page_size_that_is_not_offered_leaves_it(me: User, asked: dict) -> None:
    choose_page_size(**asked, page_size=25)
    assert choose_page_size(**asked, page_size=1_000_000).page_size == 25
    assert kept(me)[2] == 25


def test_defaults_come_back_and_views_stay(me: User, asked: dict) -> None:
    choose_columns(**asked, columns=["id"])
    choose_page_size(**asked, page_size=100)
    view = save_view(**asked, name="Mine", query="?q=x")
    restore_defaults(**asked)
    assert (kept(me), list(views_of(me, SUBSCRIPTIONS))) == (([], [], 50), [view])


def test_views_are_called_by_trimmed_names_and_replaced_by_the_same(me: User, asked: dict) -> None:
    for name, query in ((" Old debts ", "?q=1"), ("All", "?q=2"), ("Old debts", "?q=3")):
        save_view(**asked, name=name, query=query)
    assert list(views_of(me, SUBSCRIPTIONS).values_list("name", "query")) == [("All", "?q=2"), ("Old debts", "?q=3")]
    assert views_of(me, CHARGES).count() == views_of(accounts.manager(), SUBSCRIPTIONS).count() == 0


def test_a_nameless_view_is_refused(asked: dict) -> None:
    with pytest.raises(NamelessView) as refusal:
        save_view(**asked, name="  ", query="?q=x")
    assert (refusal.value.field, SavedView.objects.count()) == ("name", 0)


def test_too_many_views_are_refused_but_the_last_may_be_replaced(
    me: User, asked: dict, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(preferences, "MOST_VIEWS", 2)
    for name in ("a", "b"):
        save_view(**asked, name=name, query="?q=x")
    with pytest.raises(TooManyViews, match="There are 2 views already: delete one first"):
        save_view(**asked, name="c", query="?q=x")
    assert save_view(**asked, name="b", query="?q=y").query == "?q=y"


def test_a_view_is_deleted_by_its_person_only(me: User, asked: dict) -> None:
    save_view(**asked, name="Mine", query="?q=x")
    foreign = {**asked, "actor": SimpleNamespace(user=accounts.manager())}
    assert [delete_view(**one, name="Mine") for one in (foreign, asked, asked)] == [0, 1, 0]
