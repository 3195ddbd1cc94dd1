"""The worker's door to the outbox."""

import pytest
from django.core import mail

from notifications.announce import announce
from notifications.tasks import deliver_due
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def test_the_task_sends_what_is_due_now():
    announce("export_ready", context={"file": "a.csv", "rows": 1}, key="1", user=make.manager())
    assert (deliver_due(), deliver_due()) == (1, 0)
    assert len(mail.outbox) == 1
