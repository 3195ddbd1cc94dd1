"""Showing, once, what a vendor told once: the first administrator's password."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from core.errors import Refused
from core.panel.formats import day_text
from core.secrets import decrypt
from subscriptions.models import Subscription, SubscriptionSecret
from subscriptions.queries import secrets_visible_to, subscriptions_visible_to
from vendors.base import Secret
from vendors.registry import plugin_for


def secret_labels(subscription: Subscription) -> dict[str, object]:
    """Return what the vendor's plugin calls its secrets, by their names."""
    return {secret.name: secret.label for secret in _declared(subscription)}


def lasting(subscription: Subscription) -> frozenset[str]:
    """Return the names of the secrets that are shown as often as they are asked for: an activation code."""
    return frozenset(secret.name for secret in _declared(subscription) if secret.lasts)


def _declared(subscription: Subscription) -> tuple[Secret, ...]:
    connection = subscription.plan.template.connection
    return plugin_for(connection.plugin).secrets if connection is not None else ()


class SecretWasShown(Refused):
    """The secret was shown before; from then on only the vendor can help."""

    code = "secret_was_shown"


@transaction.atomic
def reveal_secret(*, actor: Actor, secret: SubscriptionSecret, now: datetime) -> str:
    """Return the secret in clear, to be shown to the customer who asks; note who has seen it first and when.

    One that lasts is shown whenever it is asked for. Any other is shown again to the same person, who may have lost
    the page, until that person has kept it. Raises Forbidden for everybody but the customer's own people who may
    change the subscription; SecretWasShown.
    """
    actor.require("subscriptions.change")
    mine = subscriptions_visible_to(actor).filter(pk=secret.subscription_id)
    if not actor.is_customer or actor.impersonator is not None or not mine.exists():
        raise Forbidden(_("Only the customer may see what the vendor told the customer."))
    row = SubscriptionSecret.objects.select_for_update(of=("self",)).get(pk=secret.pk)
    if row.key in lasting(row.subscription):
        return decrypt(row.value)[row.key]
    again = row.shown_to_id == actor.user.pk and row.kept_at is None
    if row.shown_at is not None and not again:
        raise SecretWasShown(
            _("This was shown on %(day)s and is not shown again. Set a new password at the vendor.")
            % {"day": day_text(timezone.localtime(row.shown_at).date())}
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
