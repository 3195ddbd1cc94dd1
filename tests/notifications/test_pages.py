"""The page of messages, the same in both panels."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from notifications.announce import announce
from notifications.models import Notification
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "address", "home"), [("manager", "/operator/messages/", "/operator/"), ("customer", "/messages/", "/")]
)
def test_messages_stand_below_the_first_page_of_their_panel_and_are_read_by_being_shown(
    kind: str, address: str, home: str
) -> None:
    user = make.manager() if kind == "manager" else make.customer_user(account=make.account())
    announce("export_ready", context={"file": "orders.csv", "rows": 1}, key="1", user=user)
    client = Client()
    client.force_login(user)
    begun = datetime.now(UTC)
    said = client.get(address).content.decode()
    assert f'<a href="{home}">Home</a>' in said
    assert "orders.csv" in said
    assert Notification.objects.get(user=user).read_at >= begun
    client.force_login(make.manager())
    assert "is told here" in client.get("/operator/messages/").content.decode()
