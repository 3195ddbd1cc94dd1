"""Links are made when the letter leaves, and lead to pages that open."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.invitations import invite_users
from notifications.announce import announce
from notifications.delivery import deliver
from notifications.links import PLACE, link_of
from notifications.models import Notification
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

LATER = datetime(2040, 1, 1, tzinfo=UTC)


def test_an_invitations_letter_carries_a_link_that_opens():
    invite_users(
        actor=make.manager_actor(), account=make.account(), emails=["ann@example.com"], access_level="user",
        now=timezone.now(),
    )  # fmt: skip
    row = Notification.objects.get()
    deliver(now=LATER)
    [letter] = mail.outbox
    link = link_of(row)
    assert link in letter.body
    assert link in letter.alternatives[0].content
    assert PLACE not in letter.body + letter.alternatives[0].content
    assert Client().get(link.removeprefix("http://localhost:8000")).status_code == 200
    row.refresh_from_db()
    assert link not in row.body_text + row.body_html


def test_a_message_without_a_link_has_none():
    [row] = announce("export_ready", context={"file": "a.csv", "rows": 1}, key="1", email="ann@example.com")
    with pytest.raises(ValueError, match="no link"):
        link_of(row)
