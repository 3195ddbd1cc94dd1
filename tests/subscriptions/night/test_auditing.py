"""The nightly audit tells the operator's administrators of books that do not agree."""

from datetime import date

import pytest
from django.utils import timezone
from django.utils.translation import gettext, override, pgettext

from notifications.models import Notification
from subscriptions.models import BillingNight, Subscription
from subscriptions.night import auditing
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def test_findings_are_told_once_a_night_as_the_last_one_that_is_through_left_the_books(
    seats: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    operator = cast.operator()
    cast.manager(reseller=operator)
    cast.manager(reseller=operator, language="ru")
    monkeypatch.setattr(auditing, "NAMED", 1)
    Subscription.objects.update(quantity=6)
    BillingNight.objects.create(day=date(2018, 8, 22), started_at=timezone.now())
    assert auditing.audit_books() == 0
    BillingNight.objects.create(day=date(2018, 8, 21), started_at=timezone.now(), finished_at=timezone.now())
    for _time in range(2):
        assert auditing.audit_books() == 1
    told, in_russian = Notification.objects.filter(event="books_do_not_agree").order_by("pk")
    check = "a subscription's quantity is that of its resources"
    assert f"{check}: subscription {seats.pk}: quantity 6, resources 5" in told.body_text
    with override("ru"):
        said = f"{gettext(check)}: {pgettext('audit', 'subscription')} {seats.pk}: quantity 6, resources 5"
    assert said in in_russian.body_text
    Subscription.objects.update(quantity=5)
    BillingNight.objects.filter(day=date(2018, 8, 22)).update(finished_at=timezone.now())
    assert auditing.audit_books() == 0
    assert Notification.objects.filter(event="books_do_not_agree").count() == 2
