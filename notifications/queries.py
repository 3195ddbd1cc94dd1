"""Which messages a person sees in the panel."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.actors import Actor
from accounts.models import Account
from notifications.models import LinkKind, Notification


def notifications_visible_to(actor: Actor) -> QuerySet[Notification]:
    """Return the person's own messages, for a customer's user those of the account acted for; newest last.

    Letters with a link that opens a door are not shown: they are for the mailbox alone.
    """
    if actor.user is None:
        return Notification.objects.none()
    return shown_to(actor.user.pk, actor.account.pk if actor.account is not None else None)


def shown_to(user: Any, account: Any) -> QuerySet[Notification]:
    """Return the messages of the person by id; where an account's id is given, only that account's and the general."""
    own = Notification.objects.filter(user_id=user, link_kind=LinkKind.NONE)
    return own if account is None else own.filter(Q(account_id=account) | Q(account=None))


def letters_about(account: Account) -> QuerySet[Notification]:
    """Return every message about the account, to whomever it went, newest first: for its log, which shows no texts."""
    return Notification.objects.filter(account=account).defer("body_text", "body_html").order_by("-pk")
