"""django-allauth writes its letters through the outbox (through the browser: tests/accounts/test_views.py)."""

import pytest
from django.core import mail

from notifications.models import Notification
from notifications.sign_in_mail import OutboxAccountAdapter
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def test_a_password_letter_lands_in_the_outbox_in_the_persons_language():
    mary = make.manager(language="ru")
    OutboxAccountAdapter().send_mail("account/email/password_reset_key", mary.email, {"user": mary})
    row = Notification.objects.get()
    assert (row.event, row.user, row.language, row.link_object_id) == ("password_reset", mary, "ru", mary.pk)
    assert mail.outbox == []


def test_a_letter_that_sign_in_is_not_set_up_to_send_is_a_fault():
    with pytest.raises(ValueError, match="email_confirmation"):
        OutboxAccountAdapter().send_mail("account/email/email_confirmation", "a@example.com", {})


def test_nobody_signs_up():
    assert OutboxAccountAdapter().is_open_for_signup(None) is False
