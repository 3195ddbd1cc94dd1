"""The outbox by e-mail: each row is sent once, and tried again later where the mail server did not take it."""

import logging
from contextlib import closing
from datetime import datetime, timedelta
from smtplib import SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import translation

from notifications.links import PLACE, link_of
from notifications.models import LinkKind, Notification, NotificationStatus

logger = logging.getLogger(__name__)

# Minutes until the next attempt; after the last one the message counts as not delivered.
BACK_OFF_MINUTES = (1, 5, 15, 60, 180, 360, 720, 1440)


def deliver(*, now: datetime, limit: int = 200) -> int:
    """Send the messages that are due at `now`, at most `limit`, and return how many the mail server took.

    Each row is locked while it is sent and marked in the same transaction; several workers share the rows. A worker
    killed between the server's "accepted" and the commit sends that one message again: its Message-ID is the same, by
    which mailboxes recognise it.
    """
    sent = 0
    with closing(get_connection()) as server:
        for _attempt in range(limit):
            with transaction.atomic():
                row = _next_due(now)
                if row is None:
                    break
                # Only now, and once: a server that nothing is sent to is not called, nor is an empty file begun.
                server.open()
                sent += _attempt_to_send(row, server, now)
    return sent


def _next_due(now: datetime) -> Notification | None:
    return (
        Notification.objects.select_for_update(skip_locked=True)
        .filter(status=NotificationStatus.QUEUED, next_attempt_at__lte=now)
        .order_by("next_attempt_at", "id")
        .first()
    )


def _attempt_to_send(row: Notification, server: BaseEmailBackend, now: datetime) -> bool:
    row.attempts += 1
    try:
        with transaction.atomic():
            _letter(row, server).send()
    except SMTPRecipientsRefused as error:
        _give_up(row, error)
    except Exception as error:
        logger.warning("message %s to event %s was not sent", row.pk, row.event, exc_info=True)
        _try_later(row, error, now)
    else:
        row.status, row.sent_at, row.last_error = NotificationStatus.SENT, now, ""
    row.save(update_fields=["status", "sent_at", "attempts", "next_attempt_at", "last_error"])
    return row.status == NotificationStatus.SENT


def _letter(row: Notification, server: BaseEmailBackend) -> EmailMultiAlternatives:
    text, html = row.body_text, row.body_html
    if row.link_kind != LinkKind.NONE:
        link = link_of(row)
        text, html = text.replace(PLACE, link), html.replace(PLACE, link)
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "localhost"
    with translation.override(row.language):
        letter = EmailMultiAlternatives(
            subject=row.subject,
            body=text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[row.email],
            connection=server,
            headers={"Message-ID": f"<notification-{row.pk}@{domain}>", "Auto-Submitted": "auto-generated"},
        )
        letter.attach_alternative(html, "text/html")
    return letter


def _try_later(row: Notification, error: Exception, now: datetime) -> None:
    if row.attempts > len(BACK_OFF_MINUTES):
        _give_up(row, error)
        return
    row.next_attempt_at = now + timedelta(minutes=BACK_OFF_MINUTES[row.attempts - 1])
    row.last_error = _in_one_line(error)


def _give_up(row: Notification, error: Exception) -> None:
    row.status = NotificationStatus.FAILED
    row.last_error = _in_one_line(error)


def _in_one_line(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
