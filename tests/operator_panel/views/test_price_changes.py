"""A mass price change in the panel: asked, shown, carried out, undone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from subscriptions.models import PriceChange, ResourcePrice
from tests.browsing import confirmed
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import signed_in, text_of

pytestmark = pytest.mark.django_db


def test_it_is_shown_then_carried_out_then_undone(client: Client) -> None:
    today, plan = timezone.localdate(), make.plan()
    make.subscription(account=people.account(name="Acme"), plan=plan, today=today)
    answers = {"plans": [plan.pk], "rule": "percent", "value": "10", "valid_from": today + timedelta(days=2)}
    drafted = client.post(reverse("operator:price_change_create"), answers)
    change = PriceChange.objects.get()
    undo = client.get(reverse("operator:price_change_undo", args=[change.pk]))
    assert (undo.status_code, "Only what was carried out is undone." in text_of(undo)) == (422, True)
    assert drafted.url == reverse("operator:price_change", args=[change.pk])
    shown = client.get(reverse("operator:price_change_effects", args=[change.pk])).content.decode()
    assert "$50.00" in shown
    assert "$55.00" in shown
    assert ResourcePrice.objects.count() == 1

    confirmed(client, reverse("operator:price_change_confirm", args=[change.pk]), {})
    change.refresh_from_db()
    assert change.status in ("running", "done")
    assert client.get(reverse("operator:price_change_confirm", args=[change.pk])).status_code == 422
    confirmed(client, reverse("operator:price_change_undo", args=[change.pk]), {})
    change.refresh_from_db()
    assert change.status == "undone"

    stranger = signed_in(people.manager(reseller=people.reseller()))
    assert stranger.get(reverse("operator:price_change", args=[change.pk])).status_code == 404
