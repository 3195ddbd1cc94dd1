"""Taxes are created, shown, changed and refused at their fields."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.models import Tax
from subscriptions.models import Plan
from tests.operator_panel.conftest import errors_of, text_of

pytestmark = pytest.mark.django_db
TYPED = {"name": "VAT", "percent": "20", "valid_from": "2018-08-01", "valid_until": ""}


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


def test_one_is_created_shown_and_changed(client: Client, acme: Account, plan: Plan) -> None:
    answer = client.post(page("tax_create"), {**TYPED, "plans": [plan.pk]})
    made = Tax.objects.get()
    assert (answer.url, made.inclusive, list(made.plans.all())) == (page("tax", made.pk), False, [plan])
    assert plan.name in text_of(client.get(page("tax", made.pk)))
    client.post(page("tax_change", made.pk), {**TYPED, "percent": "21", "inclusive": "on"})
    made.refresh_from_db()
    assert (made.percent, made.inclusive, made.plans.count()) == (21, True, 0)
    assert "VAT" in text_of(client.get(page("tax_log", made.pk)))


@pytest.mark.parametrize(
    ("changed", "field"), [({"percent": "100.5"}, "percent"), ({"valid_until": "2018-07-31"}, "valid_until")]
)
def test_what_cannot_be_is_refused_at_its_field(client: Client, changed: dict[str, str], field: str) -> None:
    assert list(errors_of(client.post(page("tax_create"), {**TYPED, **changed}))) == [field]
