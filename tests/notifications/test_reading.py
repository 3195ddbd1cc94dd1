"""Messages in the panel: the bell counts what is new, and opening the page reads it."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actors import actor_of
from accounts.models import User
from notifications.announce import announce
from notifications.models import Notification
from notifications.reading import MOST, read_messages, unread_of
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def tell(user: User, count: int = 1) -> None:
    begun = Notification.objects.count()
    for number in range(begun, begun + count):
        announce("export_ready", context={"file": f"{number}.csv", "rows": 1}, key=str(number), user=user)


def test_what_is_shown_is_read_and_what_is_not_stays_new() -> None:
    mary = make.manager()
    assert unread_of(actor_of(mary)) == ""
    tell(mary, 30)
    assert unread_of(actor_of(mary)) == "30"
    first = read_messages(actor=actor_of(mary), page=None, now=NOW)
    assert [row.read_at for row in first.object_list] == [None] * 25  # as the person sees them this once
    assert unread_of(actor_of(mary)) == "5"
    tell(mary, MOST)
    assert unread_of(actor_of(mary)) == f"{MOST}+"


def test_a_manager_who_visits_reads_nothing_for_the_owner() -> None:
    owner, mary = make.customer_user(account=make.account()), make.manager()
    tell(owner)
    read_messages(actor=actor_of(owner, impersonator=mary), page=None, now=NOW)
    assert unread_of(actor_of(owner)) == "1"


@pytest.mark.parametrize("kind", ["manager", "customer"])
def test_the_bell_of_both_panels_counts_and_leads_to_the_messages(kind: str) -> None:
    user = make.manager() if kind == "manager" else make.customer_user(account=make.account())
    home, messages = ("/operator/", "/operator/messages/") if kind == "manager" else ("/", "/messages/")
    browser = Client()
    browser.force_login(user)
    browser.get(home)
    statements = []
    for count in (0, 7):
        tell(user, count)
        with CaptureQueriesContext(connection) as captured:
            page = browser.get(home).content.decode()
        statements.append(sum("read_at" in one["sql"] and f"LIMIT {MOST + 1}" in one["sql"] for one in captured))
    assert statements == [1, 1]
    assert f'href="{messages}" data-unread="7"' in page
    assert "6.csv" in browser.get(messages).content.decode()
    assert "data-unread" not in browser.get(home).content.decode()
