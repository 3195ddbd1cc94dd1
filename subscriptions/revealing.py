"""Showing, once, what a vendor told once: the first administrator's password."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Forbidden
from core.errors import Refused
from core.secrets import decrypt
from subscriptions.models import SubscriptionSecret
from subscriptions.queries import secrets_visible_to


class SecretWasShown(Refused):
    """The secret was shown before; from then on only the vendor can help."""

    code = "secret_was_shown"


@transaction.atomic
def reveal_secret(*, actor: Actor, secret: SubscriptionSecret, now: datetime) -> str:
    """Return the secret in clear, to be shown to the customer who asks and never kept; note who has seen it and when.

    Raises Forbidden for everybody but the customer's own people who may change the subscription; SecretWasShown.
    """
    actor.require("subscriptions.change")
    if not secrets_visible_to(actor).filter(pk=secret.pk).exists() or actor.impersonator is not None:
        raise Forbidden(_("Only the customer may see what the vendor told the customer."))
    row = SubscriptionSecret.objects.select_for_update().get(pk=secret.pk)
    if row.shown_at is not None:
        raise SecretWasShown(
            _("This was shown on %(day)s and is not shown again. Set a new password at the vendor.")
            % {"day": row.shown_at.date()}
        )
    row.shown_at, row.shown_to = now, actor.user
    row.save(update_fields=["shown_at", "shown_to"])
    return decrypt(row.value)[row.key]
