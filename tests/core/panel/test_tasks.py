"""The night forgets old forms by itself."""

from datetime import timedelta

import pytest
from django.utils import timezone

from brokerage.schedule import night_and_day
from core.panel.models import SentForm
from core.panel.once import DAYS_KEPT, new_key
from core.panel.tasks import forget_old_forms
from tests.factories import accounts as cast


@pytest.mark.django_db
def test_old_forms_are_forgotten_every_night() -> None:
    assert "core.panel.tasks.forget_old_forms" in {job["task"] for job in night_and_day(sweep_seconds=60).values()}
    user = cast.manager()
    old, young = (SentForm.objects.create(user=user, key=new_key(), address="/", fingerprint="x") for _form in "ab")
    long_ago = timezone.now() - timedelta(days=DAYS_KEPT, hours=1)
    SentForm.objects.filter(pk=old.pk).update(created_at=long_ago)
    forget_old_forms()
    assert list(SentForm.objects.all()) == [young]
