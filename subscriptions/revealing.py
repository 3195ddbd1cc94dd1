"""Showing, once, what a vendor told once: the first administrator's password."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from core.errors import Refused
from core.secrets import decrypt
from subscriptions.models import Subscription, SubscriptionSecret
from subscriptions.queries import secrets_visible_to, subscriptions_visible_to


class SecretWasShown(Refused):
    """The secret was shown before; from then on only the vendor can help."""

    code = "secret_was_shown"


@transaction.atomic
def reveal_secret(*, actor: Actor, secret: SubscriptionSecret, now: datetime) -> str:
    """Return the secret in clear, to be shown to the customer who asks; note who has seen it first and when.

    It is shown again to the same person, who may have lost the page, until that person has kept it. Raises Forbidden
    for everybody but the customer's own people who may change the subscription; SecretWasShown.
    """
    actor.require("subscriptions.change")
    mine = subscriptions_visible_to(actor).filter(pk=secret.subscription_id)
    if not actor.is_customer or actor.impersonator is not None or not mine.exists():
        raise Forbidden(_("Only the customer may see what the vendor told the customer."))
    row = SubscriptionSecret.objects.select_for_update().get(pk=secret.pk)
    again = row.shown_to_id == actor.user.pk and row.kept_at is None
    if row.shown_at is not None and not again:
        raise SecretWasShown(
            _("This was shown on %(day)s and is not shown again. Set a new password at the vendor.")
            % {"day": row.shown_at.date()}
        )
    if not again:
        row.shown_at, row.shown_to = now, actor.user
        row.save(update_fields=["shown_at", "shown_to"])
    return decrypt(row.value)[row.key]


@transaction.atomic
def keep_secrets(*, actor: Actor, subscription: Subscription, now: datetime) -> int:
    """Note that the person has kept what was shown of the subscription: from now on nobody is shown it.

    Returns how many there were. Raises Forbidden.
    """
    actor.require("subscriptions.change")
    shown = secrets_visible_to(actor).filter(subscription=subscription).exclude(shown_at=None)
    return SubscriptionSecret.objects.filter(pk__in=[row.pk for row in shown]).update(kept_at=now)
