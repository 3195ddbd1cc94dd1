"""Which messages a person sees in the panel."""

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
    own = Notification.objects.filter(user=actor.user, link_kind=LinkKind.NONE)
    if actor.account is not None:
        own = own.filter(Q(account=actor.account) | Q(account=None))
    return own


def letters_about(account: Account) -> QuerySet[Notification]:
    """Return every message about the account, to whomever it went, newest first: for its log, which shows no texts."""
    return Notification.objects.filter(account=account).defer("body_text", "body_html").order_by("-pk")
