"""A guaranteed payment in the panel: given for some days, and revoked."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from billing.funds import funds_of
from billing.models import GuaranteedPayment
from tests.operator_panel.conftest import errors_of
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db


def _send(client: Client, account: Account, **answers: str) -> object:
    return client.post(reverse("operator:account_guarantee", args=[account.pk]), {"reason": "Paid on Friday"} | answers)


def test_it_is_given_and_revoked(client: Client, acme: Account, today: date) -> None:
    until = today + timedelta(days=14)
    answer = _send(client, acme, amount="50", expires_on=until.isoformat())
    given = GuaranteedPayment.objects.get()
    assert answer["Location"] == reverse("operator:guaranteed_payment", args=[given.pk])
    assert (given.expires_on, funds_of(acme).available) == (until, Decimal(50))
    seen, done, _answer = confirm(client, reverse("operator:guaranteed_payment_revoke", args=[given.pk]))
    given.refresh_from_db()
    assert seen == done
    assert (given.status, funds_of(acme).available) == ("revoked", 0)
    page = client.get(reverse("operator:guaranteed_payment", args=[given.pk])).content.decode()
    assert reverse("operator:guaranteed_payment_revoke", args=[given.pk]) not in page


def test_a_day_that_has_come_is_refused_at_its_field(client: Client, acme: Account, today: date) -> None:
    answer = _send(client, acme, amount="50", expires_on=today.isoformat())
    assert "after today" in errors_of(answer)["expires_on"][0]
    assert not GuaranteedPayment.objects.exists()
