"""A manager signs in as the owner of a customer's account, with a trail."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AccessLevel, Account, AccountStatus, SignInAs
from accounts.queries import accounts_visible_to
from core.errors import Refused


class SignInAsRefused(Refused):
    """Nobody can sign in as this account's owner now."""

    code = "sign_in_as_refused"


def begin_sign_in_as(*, actor: Actor, account: Account, ip_address: str | None, now: datetime) -> SignInAs:
    """Write down that the manager signs in as the account's owner from now on, and return the trail's row.

    Raises Forbidden, and SignInAsRefused for an account that the actor does not see, that is deleted, or whose owner
    is missing or blocked.
    """
    actor.require("sign_in_as.use")
    row = accounts_visible_to(actor).filter(pk=account.pk).exclude(status=AccountStatus.DELETED).first()
    if row is None:
        raise SignInAsRefused(_("There is no such account, or it is deleted."))
    membership = row.memberships.select_related("user").filter(access_level=AccessLevel.OWNER).first()
    if membership is None:
        raise SignInAsRefused(_("The account has no owner yet: the invitation is not accepted."))
    if not membership.user.is_active:
        raise SignInAsRefused(_("The account's owner is blocked. Make another user the owner first."))
    return SignInAs.objects.create(
        manager=actor.user, user=membership.user, account=row, ip_address=ip_address, started_at=now
    )


def end_sign_in_as(*, trail_id: int, now: datetime) -> SignInAs:
    """Write down that the manager is back in the own session; ending twice keeps the first moment."""
    with transaction.atomic():
        trail = SignInAs.objects.select_for_update(of=("self",)).select_related("account").get(pk=trail_id)
        if trail.ended_at is None:
            trail.ended_at = now
            trail.save(update_fields=["ended_at"])
    return trail
