"""The filters that lists and the API share."""

from datetime import UTC, datetime
from types import SimpleNamespace

import django_filters
import pytest
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from accounts.models import Account, Reseller
from core.lists import filters
from core.lists.filters import LARGEST_ID, Between, Days, Moment, MomentField, Named, Numbers, OneOf, Visible, YesNo
from tests.factories import accounts


def sellers_below(actor: Reseller) -> object:
    """Return what the tests' actor, a reseller, may choose from."""
    return Reseller.objects.filter(parent=actor)


class Filters(django_filters.FilterSet):
    id = Numbers(field_name="id", lookup_expr="in")
    status = OneOf(field_name="status", choices=[("active", "Active"), ("deleted", "Deleted")])
    credit = Between(field_name="credit_limit_override")
    created = Days(field_name="created_at")
    changed = Moment(field_name="updated_at", lookup_expr="gt")
    trial = YesNo(field_name="trial")
    seller = Visible(queryset=sellers_below, field_name="reseller")
    called = Named(queryset=sellers_below, names=("name", "email"), field_name="reseller")

    class Meta:
        model = Account
        fields: list[str] = []


def filtered(actor: Reseller | None = None, **data: object) -> Filters:
    query = QueryDict(urlencode(data, doseq=True))
    return Filters(query, queryset=Account.objects.order_by("pk"), request=SimpleNamespace(actor=actor))


def found(actor: Reseller | None = None, **data: object) -> list[str]:
    chosen = filtered(actor, **data)
    assert chosen.is_valid(), chosen.errors
    return [account.name for account in chosen.qs]


@pytest.fixture
def acme(db: None) -> Account:
    return accounts.account(name="Acme", credit_limit_override=100)


@pytest.fixture
def bolt(acme: Account) -> Account:
    north = accounts.reseller(name="North Star", email="polar@example.com")
    return accounts.account(name="Bolt", reseller=north, trial=True, credit_limit_override=500, status="deleted")


def test_values_are_chosen_by_commas_and_bounds(acme: Account, bolt: Account) -> None:
    operator = acme.reseller
    for data, names in (
        ({"id": f"{acme.pk},{bolt.pk}"}, ["Acme", "Bolt"]),
        ({"id": LARGEST_ID}, []),
        ({"status": "deleted"}, ["Bolt"]),
        ({"status": "deleted,active"}, ["Acme", "Bolt"]),
        ({"credit_min": 100, "credit_max": 100}, ["Acme"]),
        ({"credit_min": 101}, ["Bolt"]),
        ({"trial": "true"}, ["Bolt"]),
        ({"trial": "false"}, ["Acme"]),
        ({"trial": ""}, ["Acme", "Bolt"]),
        ({"seller": bolt.reseller_id}, ["Bolt"]),
        ({"created_after": "2100-01-01"}, []),
        ({"created_before": "2000-01-01"}, []),
    ):
        assert found(operator, **data) == names, data


def test_days_include_the_last_one_to_its_end(acme: Account) -> None:
    Account.objects.update(created_at=datetime(2026, 3, 1, 23, 59, 59, tzinfo=UTC))
    for data, names in (
        ({"created_after": "2026-03-01", "created_before": "2026-03-01"}, ["Acme"]),
        ({"created_before": "2026-02-28"}, []),
        ({"created_after": "2026-03-02"}, []),
    ):
        assert found(**data) == names, data


@pytest.mark.parametrize(
    ("value", "names"),
    [("star", ["Bolt"]), ("POLAR@", ["Bolt"]), ("xyz", []), (" ", ["Acme", "Bolt"])],
)
def test_related_objects_are_found_by_any_of_their_names(acme: Account, bolt: Account, value: str, names: list) -> None:
    assert found(acme.reseller, called=value) == names


def test_related_objects_are_found_by_their_id_and_only_where_they_are_seen(acme: Account, bolt: Account) -> None:
    assert found(acme.reseller, called=bolt.reseller_id) == ["Bolt"]
    assert found(acme.reseller, called="9" * 30) == []
    for value in ("star", bolt.reseller_id):
        assert found(bolt.reseller, called=value) == []


def test_what_is_not_seen_is_no_choice(acme: Account, bolt: Account) -> None:
    assert list(filtered(bolt.reseller, seller=bolt.reseller_id).errors) == ["seller"]


def test_so_many_namesakes_narrow_to_the_first(acme: Account, bolt: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "MOST_NAMESAKES", 0)
    assert found(acme.reseller, called="star") == []


@pytest.mark.parametrize(
    "data",
    [
        {"id": "x"}, {"id": "-1"}, {"id": LARGEST_ID + 1}, {"id": "1.5"}, {"status": "asleep"}, {"status": "active,x"},
        {"credit_min": "much"}, {"created_after": "yesterday"}, {"changed": "noon"},
        {"called": "a\0r"}, {"changed": "0001-01-01T00:00:00+10:00"},
    ],
)  # fmt: skip
@pytest.mark.django_db
def test_what_is_no_value_is_refused_at_its_field(data: dict[str, object]) -> None:
    chosen = filtered(accounts.operator(), **data)
    assert (chosen.is_valid(), len(chosen.errors)) == (False, 1)


def test_moments_are_utc_whatever_their_offset() -> None:
    field = MomentField()
    noon = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert field.clean("2026-03-01T15:00:00+03:00") == noon
    assert field.clean("2026-03-01T15:00:00+03:00").tzinfo is UTC
    with timezone.override("Europe/Minsk"):
        assert field.clean("2026-03-01T15:00:00") == noon
    assert MomentField(required=False).clean("") is None


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+10:00", "9999-12-31T23:00:00-10:00"])
def test_a_moment_outside_of_all_years_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError, match="between the years 1 and 9999"):
        MomentField().clean(moment)


def test_a_moment_with_an_offset_narrows_to_what_came_after(acme: Account) -> None:
    assert found(changed="2100-01-01T00:00:00+16:30") == []
    assert found(changed="2001-01-01T00:00:00-05:00") == ["Acme"]
