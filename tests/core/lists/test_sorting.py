"""What lists are sorted by."""

from datetime import UTC, date, datetime

import pytest
from django.db.models import F
from django.db.models.functions import Lower

from accounts.models import Reseller
from core.lists.models import ListExport
from core.lists.sorting import DAY, MOMENT, PLAIN, TEXT, kind_of, sort_expressions
from subscriptions.models import Order, Subscription
from tests.factories import accounts
from tests.operator_panel.lists import rows


@pytest.mark.parametrize(
    ("model", "field", "kind"),
    [
        (Subscription, "name", TEXT),
        (Subscription, "stop_reason", TEXT),
        (Subscription, "expiration_date", DAY),
        (ListExport, "finished_at", MOMENT),
        # What is never empty needs no stand-in.
        (Order, "placed_on", PLAIN),
        (Subscription, "created_at", PLAIN),
        (Subscription, "quantity", PLAIN),
    ],
)
def test_kind_follows_the_field(model: type, field: str, kind: str) -> None:
    assert kind_of(model._meta.get_field(field)) == kind


def test_text_ignores_case_and_numbers_stand_as_they_are() -> None:
    assert sort_expressions("name", TEXT) == (Lower("name"), Lower("name"))
    assert sort_expressions("quantity", PLAIN) == (F("quantity"), F("quantity"))


@pytest.mark.django_db
def test_text_is_sorted_without_case() -> None:
    accounts.operator()
    for name in ("beta", "Alpha", "Gamma"):
        accounts.reseller(name=name)
    upwards, downwards = sort_expressions("name", TEXT)
    below = Reseller.objects.exclude(parent=None)
    assert [row.name for row in below.order_by(upwards.asc())] == ["Alpha", "beta", "Gamma"]
    assert [row.name for row in below.order_by(downwards.desc())] == ["Gamma", "beta", "Alpha"]


@pytest.mark.django_db
def test_empty_days_stand_last_both_ways() -> None:
    acme = accounts.account()
    for name, end in (("early", date(2026, 1, 1)), ("endless", None), ("late", date(2027, 1, 1))):
        rows.subscription(account=acme, name=name, expiration_date=end)
    upwards, downwards = sort_expressions("expiration_date", DAY)
    assert [row.name for row in Subscription.objects.order_by(upwards.asc())] == ["early", "late", "endless"]
    assert [row.name for row in Subscription.objects.order_by(downwards.desc())] == ["late", "early", "endless"]


def test_stand_ins_of_empty_moments_are_the_first_and_the_last() -> None:
    upwards, downwards = (one.get_source_expressions()[1].value for one in sort_expressions("finished_at", MOMENT))
    assert (upwards, downwards) == (datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC))
