"""The messages of a person in the panel: how many are new, and the pages of them."""

from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from accounts.actors import Actor
from core.prepared import Asked, Prepared
from notifications.models import Notification
from notifications.queries import notifications_visible_to, shown_to

A_PAGE = 25
# Counting stops here: whoever has more unread messages reads none of them one by one.
MOST = 99


def _unread(user: Any, account: Any) -> QuerySet[Notification, Any]:
    return shown_to(user, account).filter(read_at=None).order_by().values_list("pk", flat=True)[: MOST + 1]


# Asked by every page.
_UNREAD = Prepared(lambda: _unread(Asked("user"), None))
_UNREAD_OF_ACCOUNT = Prepared(lambda: _unread(Asked("user"), Asked("account")))


def unread_of(actor: Actor) -> str:
    """Return how many messages the person has not seen yet, "" for none. One statement."""
    if actor.user is None:
        return ""
    if actor.account is None:
        count = len(_UNREAD(user=actor.user.pk))
    else:
        count = len(_UNREAD_OF_ACCOUNT(user=actor.user.pk, account=actor.account.pk))
    return f"{MOST}+" if count > MOST else str(count or "")


def read_messages(*, actor: Actor, page: str | None, now: datetime) -> Page:
    """Return a page of the person's messages, the newest first; what was new on it is read from `now` on.

    A manager who is signed in as the owner reads for oneself: the owner's messages stay new.
    """
    found = Paginator(notifications_visible_to(actor).order_by("-id"), A_PAGE).get_page(page)
    rows = list(found.object_list)
    found.object_list = rows
    new = [row.pk for row in rows if row.read_at is None]
    if new and actor.impersonator is None:
        Notification.objects.filter(pk__in=new, read_at=None).update(read_at=now)
    return found
