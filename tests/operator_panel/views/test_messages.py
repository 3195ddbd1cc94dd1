"""What a manager was told."""

import pytest
from django.test import Client

from accounts.models import User
from notifications.announce import announce
from tests.operator_panel.conftest import text_of

pytestmark = pytest.mark.django_db


def test_a_manager_reads_the_own_messages(client: Client, administrator: User) -> None:
    assert "is told here" in text_of(client.get("/operator/messages/"))
    announce("export_ready", context={"file": "list.csv", "rows": 1}, key="1", user=administrator, path="/x/")
    page = client.get("/operator/messages/")
    assert "Your file is ready: list.csv" in text_of(page)
    assert 'href="/x/"' in page.content.decode()
