"""The filters of a list as a person sees them."""

from types import SimpleNamespace

import django_filters
import pytest
from django.http import QueryDict

from accounts.models import Reseller
from core.lists import chips
from core.lists.chips import Chip, chip_of, parameters_of, said_number, values_of
from core.lists.filters import Between, Days, Numbers, OneOf, Visible, YesNo
from core.lists.paging import Count, Sure
from tests.factories import accounts

STATUS = OneOf(field_name="status", label="Status", choices=[("a", "Active"), ("b", "Blocked"), ("c", "Closed")])
SIZE = Between(field_name="size", label="Size")
DAY = Days(field_name="day", label="Day")
NAME = django_filters.CharFilter(field_name="name", label="Name")
TRIAL = YesNo(field_name="trial", label="Trial")
IDS = Numbers(field_name="id", lookup_expr="in", label="ID")
TAGS = django_filters.MultipleChoiceFilter(label="Tags", choices=[("x", "X"), ("y", "Y")])
ALL = {"status": STATUS, "size": SIZE, "day": DAY, "name": NAME, "trial": TRIAL, "id": IDS, "tags": TAGS}


def chip(name: str, query: str = "", errors: tuple[str, ...] = ()) -> Chip:
    return chip_of(name, ALL[name], values_of(ALL.items(), QueryDict(query)), errors, asker=None)


def test_ranges_have_two_names_in_the_address() -> None:
    assert {name: parameters_of(name, chosen) for name, chosen in ALL.items() if name in ("size", "day", "name")} == {
        "size": ("size_min", "size_max"),
        "day": ("day_after", "day_before"),
        "name": ("name",),
    }
    assert parameters_of("n", django_filters.RangeFilter()) == ("n_min", "n_max")
    assert parameters_of("d", django_filters.DateFromToRangeFilter()) == ("d_after", "d_before")


def test_a_parameter_given_twice_means_both_where_several_may_be_chosen() -> None:
    query = QueryDict("status=a&status=b&name=one&name=two&tags=x&tags=y,z&size_min=&foreign=1")
    assert values_of(ALL.items(), query) == {"status": "a,b", "name": "two", "tags": ["x", "y", "z"]}


@pytest.mark.parametrize(
    ("name", "query", "summary"),
    [
        ("status", "", ""),
        ("status", "status=b", "Blocked"),
        ("status", "status=c,a", "Active, Closed"),
        ("status", "status=a,b,c", "Active, Blocked and 1 more"),
        ("status", "status=asleep", "asleep"),
        ("size", "size_min=3&size_max=5", "3 – 5"),
        ("size", "size_min=3", "from 3"),
        ("day", "day_before=2026-01-31", "to 2026-01-31"),
        ("day", "", ""),
        ("name", "name=vega", "vega"),
        ("trial", "trial=false", "no"),
        ("id", "id=3&id=4", "3,4"),
    ],
)
def test_a_chip_says_what_it_is_set_to(name: str, query: str, summary: str) -> None:
    made = chip(name, query)
    assert (made.summary, made.active, made.label) == (summary, bool(summary), ALL[name].label)


def test_choices_are_ticked() -> None:
    made = chip("status", "status=b")
    assert [(one.value, one.label, one.chosen) for one in made.choices] == [
        ("a", "Active", False), ("b", "Blocked", True), ("c", "Closed", False),
    ]  # fmt: skip
    assert (made.several, made.inputs, chip("trial").several) == (True, (), False)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("size", [("size_min", "From", "number", "3"), ("size_max", "To", "number", "")]),
        ("day", [("day_after", "From", "date", ""), ("day_before", "To", "date", "")]),
        ("name", [("name", "Name", "text", "")]),
        ("id", [("id", "ID", "text", "")]),
    ],
)
def test_what_is_typed_has_its_kind_of_box(name: str, inputs: list[tuple]) -> None:
    made = chip(name, "size_min=3")
    assert [(one.name, str(one.label), one.type, one.value) for one in made.inputs] == inputs


def test_errors_stay_with_their_chip() -> None:
    assert chip("size", "size_min=x", errors=("Enter a number.",)).errors == ("Enter a number.",)


@pytest.mark.django_db
def test_objects_are_offered_by_name_to_who_sees_them_and_not_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    root = accounts.operator()
    made = {name: accounts.reseller(name=name) for name in ("beta", "Alpha", "gamma", "hidden")}
    filters = Visible(
        queryset=lambda actor: Reseller.objects.exclude(pk=root.pk).exclude(name=actor), field_name="r", label="Seller"
    )

    def seen() -> Chip:
        return chip_of("r", filters, {"r": [str(made["beta"].pk)]}, (), SimpleNamespace(actor="hidden"))

    assert [(one.label, one.chosen) for one in seen().choices] == [("Alpha", False), ("beta", True), ("gamma", False)]
    assert (seen().summary, seen().more_choices) == ("beta", False)
    monkeypatch.setattr(chips, "MOST_CHOICES", 2)
    assert ([one.label for one in seen().choices], seen().more_choices) == (["Alpha", "beta"], True)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (Count(1234), "1,234"),
        (Count(10_000, Sure.AT_LEAST), "10,000+"),
        (Count(987, Sure.ABOUT), "≈ 987"),
        (Count(1_234_567, Sure.ABOUT), "≈ 1,230,000"),
    ],
)
def test_a_number_says_how_sure_it_is(count: Count, said: str) -> None:
    assert said_number(count) == said
