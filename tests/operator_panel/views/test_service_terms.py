"""Service terms are created, changed, refused at their fields."""

import pytest
from django.test import Client
from django.urls import reverse

from subscriptions.models import ServiceTerm
from tests.operator_panel.conftest import errors_of

pytestmark = pytest.mark.django_db


def page(name: str, *args: object) -> str:
    return reverse(f"operator:{name}", args=args)


TIMERS = {
    "billing_day": "5",
    "grace_period": "3",
    "stop_period": "",
    "auto_renew_point": "0",
    "manual_renew_point": "-1",
}


def test_service_terms_are_created_and_changed(client: Client) -> None:
    answer = client.post(page("service_term_create"), {"name": "Monthly", "key": "monthly", **TIMERS})
    made = ServiceTerm.objects.get()
    assert (answer.url, made.billing_day, made.stop_period) == (page("service_term", made.pk), 5, None)
    client.post(page("service_term_change", made.pk), {"name": "Monthly", **TIMERS, "billing_day": "7"})
    made.refresh_from_db()
    assert made.billing_day == 7


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"billing_day": "29"}, "billing_day"),
        ({"key": "taken"}, "key"),
        ({"grace_period": "9999"}, "grace_period"),
        ({"manual_renew_point": "-2"}, "manual_renew_point"),
    ],
)
def test_service_terms_are_refused_at_the_field(client: Client, changed: dict[str, str], field: str) -> None:
    client.post(page("service_term_create"), {"name": "First", "key": "taken", **TIMERS})
    answer = client.post(page("service_term_create"), {"name": "Second", "key": "second", **TIMERS, **changed})
    assert list(errors_of(answer)) == [field]
