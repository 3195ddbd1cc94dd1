"""The outbox is sent once, later where the server refuses, and again only after a crash before the commit."""

import smtplib
from datetime import UTC, datetime, timedelta
from email import message_from_bytes

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from notifications.announce import announce
from notifications.delivery import BACK_OFF_MINUTES, deliver
from notifications.models import Notification, NotificationStatus

pytestmark = pytest.mark.django_db

NOW = datetime(2040, 1, 1, 12, 0, tzinfo=UTC)


class UnwillingServer(EmailBackend):
    """A mail server that takes nothing today."""

    def send_messages(self, messages):
        raise smtplib.SMTPServerDisconnected("come back later")


class UnknownMailbox(EmailBackend):
    """A mail server that knows no such person."""

    def send_messages(self, messages):
        raise smtplib.SMTPRecipientsRefused({"nobody@example.com": (550, b"no such user")})


class KilledAfterSending(EmailBackend):
    """The letter is out; the worker dies before it can write that down."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise KeyboardInterrupt


class AbsentServer(EmailBackend):
    """A mail server that is not there."""

    def open(self):
        raise ConnectionRefusedError


def queue(key: str = "1", email: str = "ann@example.com") -> Notification:
    [row] = announce("export_ready", context={"file": "rows.csv", "rows": 3}, key=key, email=email, path="/files/1/")
    return row


def test_a_due_message_is_sent_once():
    row = queue()
    assert (deliver(now=NOW), deliver(now=NOW)) == (1, 0)
    row.refresh_from_db()
    assert (row.status, row.sent_at, row.attempts) == (NotificationStatus.SENT, NOW, 1)
    [letter] = mail.outbox
    assert (letter.to, letter.subject, letter.body) == (["ann@example.com"], row.subject, row.body_text)
    assert letter.alternatives[0].mimetype == "text/html"
    assert letter.extra_headers["Message-ID"] == f"<notification-{row.pk}@localhost>"


def test_a_message_that_is_not_due_waits():
    row = queue()
    Notification.objects.filter(pk=row.pk).update(next_attempt_at=NOW + timedelta(seconds=1))
    assert deliver(now=NOW) == 0
    assert deliver(now=NOW + timedelta(seconds=1)) == 1


def test_a_server_that_refuses_is_tried_again_later_and_at_last_given_up(settings):
    settings.EMAIL_BACKEND = f"{__name__}.UnwillingServer"
    row = queue()
    moment = NOW
    for attempt, minutes in enumerate(BACK_OFF_MINUTES, start=1):
        assert deliver(now=moment) == 0
        row.refresh_from_db()
        moment += timedelta(minutes=minutes)
        assert (row.status, row.attempts, row.next_attempt_at) == (NotificationStatus.QUEUED, attempt, moment)
        assert deliver(now=moment - timedelta(seconds=1)) == 0
    deliver(now=moment)
    row.refresh_from_db()
    assert row.status == NotificationStatus.FAILED
    assert row.last_error == "SMTPServerDisconnected: come back later"


def test_an_unknown_mailbox_is_given_up_at_once(settings):
    settings.EMAIL_BACKEND = f"{__name__}.UnknownMailbox"
    row = queue()
    assert deliver(now=NOW) == 0
    row.refresh_from_db()
    assert (row.status, row.attempts) == (NotificationStatus.FAILED, 1)


def test_a_letter_that_cannot_be_made_does_not_hold_up_those_behind_it():
    broken, sound = queue("1"), queue("2", "bob@example.com")
    Notification.objects.filter(pk=broken.pk).update(link_kind="invitation", link_object_id=0)
    assert deliver(now=NOW) == 1
    broken.refresh_from_db()
    sound.refresh_from_db()
    assert (broken.status, sound.status) == (NotificationStatus.QUEUED, NotificationStatus.SENT)
    assert broken.last_error == "DoesNotExist: Invitation matching query does not exist."


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_before_the_commit_sends_again_with_the_same_message_id(settings):
    row = queue()
    settings.EMAIL_BACKEND = f"{__name__}.KilledAfterSending"
    with pytest.raises(KeyboardInterrupt):
        deliver(now=NOW)
    row.refresh_from_db()
    assert (row.status, row.attempts) == (NotificationStatus.QUEUED, 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert (deliver(now=NOW), deliver(now=NOW)) == (1, 0)
    first, second = mail.outbox
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


@pytest.mark.django_db(transaction=True)
def test_a_message_another_worker_is_sending_is_passed_over():
    held, free = queue("1"), queue("2", "bob@example.com")
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute("SELECT 1 FROM notifications_notification WHERE id = %s FOR UPDATE", [held.pk])
        assert deliver(now=NOW) == 1
    finally:
        other.rollback()  # close() alone does not wait until the server has let the row go
        other.close()
    free.refresh_from_db()
    assert free.status == NotificationStatus.SENT
    assert deliver(now=NOW) == 1


def test_files_hold_letters_and_nothing_else(settings, tmp_path):
    settings.EMAIL_BACKEND = "notifications.letter_files.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    assert deliver(now=NOW) == 0
    assert list(tmp_path.iterdir()) == []
    rows = [queue("1", "ann@example.com"), queue("2", "bob@example.com")]
    assert deliver(now=NOW) == 2
    letters = [message_from_bytes(path.read_bytes()) for path in sorted(tmp_path.iterdir())]
    assert [(letter["To"], letter["Subject"]) for letter in letters] == [(row.email, row.subject) for row in rows]
    assert {path.suffix for path in tmp_path.iterdir()} == {".eml"}


def test_a_mail_server_is_not_called_while_there_is_nothing_to_send(settings):
    settings.EMAIL_BACKEND = f"{__name__}.AbsentServer"
    assert deliver(now=NOW) == 0
    queue()
    with pytest.raises(ConnectionRefusedError):
        deliver(now=NOW)
    assert Notification.objects.get().status == NotificationStatus.QUEUED
