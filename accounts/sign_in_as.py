"""A manager signs in as the owner of a customer's account, with a trail, for as long as both may."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, MayNotAct, actor_of
from accounts.models import AccessLevel, Account, AccountMembership, AccountStatus, SignInAs, User
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
    membership = owner_to_visit(actor, account)
    return SignInAs.objects.create(
        manager=actor.user, user=membership.user, account=membership.account, ip_address=ip_address, started_at=now
    )


def owner_to_visit(actor: Actor, account: Account) -> AccountMembership:
    """Return the membership of the owner as whom the manager can sign in. Raises SignInAsRefused where none is."""
    row = accounts_visible_to(actor).filter(pk=account.pk).exclude(status=AccountStatus.DELETED).first()
    if row is None:
        raise SignInAsRefused(_("There is no such account, or it is deleted."))
    membership = row.memberships.select_related("user", "account").filter(access_level=AccessLevel.OWNER).first()
    if membership is None:
        raise SignInAsRefused(_("The account has no owner yet: the invitation is not accepted."))
    if not membership.user.is_active:
        raise SignInAsRefused(_("The account's owner is blocked. Make another user the owner first."))
    return membership


class SignInAsEnded(Refused):
    """The visit is over: what it rested on is no longer so."""

    code = "sign_in_as_ended"


def manager_of_visit(
    *,
    manager_id: int,
    trail_id: int | None,
    user: User | None,
    account_id: int | None,
    reseller_id: int | None,
    password: str,
) -> User:
    """Return the manager of a visit that may go on: what was asked when it began is asked again.

    `user` is the owner, None who can no longer sign in; `reseller_id` and `password` are those of the manager when it
    began. Raises SignInAsEnded with the sentence that the manager reads.
    """
    manager = User.objects.select_related("reseller").filter(pk=manager_id).first()
    open_trails = SignInAs.objects.filter(pk=trail_id, manager_id=manager_id, account_id=account_id, ended_at=None)
    if manager is None or not open_trails.exists():
        raise SignInAsEnded(_("You are no longer signed in as somebody else: that visit has ended."))
    try:
        actor = actor_of(manager)
    except MayNotAct as refusal:
        raise SignInAsEnded(refusal.message) from refusal
    if manager.get_session_auth_hash() != password:
        raise SignInAsEnded(_("Your password has changed since you signed in as somebody else. Sign in again."))
    if not actor.is_manager or actor.reseller.pk != reseller_id:
        raise SignInAsEnded(_("You now belong to another reseller, so you are no longer signed in as its customer."))
    if not actor.may("sign_in_as.use"):
        raise SignInAsEnded(_("Your role no longer lets you sign in as somebody else. Ask an administrator."))
    if not accounts_visible_to(actor).filter(pk=account_id).exclude(status=AccountStatus.DELETED).exists():
        raise SignInAsEnded(_("The account is deleted or no longer yours to see, so the visit as its owner has ended."))
    if user is None or not user.is_active or not open_trails.filter(user=user).exists():
        raise SignInAsEnded(
            _("The person you were signed in as is blocked or has a new password. You are back as yourself.")
        )
    if not AccountMembership.objects.filter(user=user, account_id=account_id, access_level=AccessLevel.OWNER).exists():
        raise SignInAsEnded(_("%(user)s is no longer the account's owner. You are back as yourself.") % {"user": user})
    return manager


def end_sign_in_as(*, trail_id: int, now: datetime) -> SignInAs:
    """Write down that the manager is back in the own session; ending twice keeps the first moment."""
    with transaction.atomic():
        trail = SignInAs.objects.select_for_update(of=("self",)).select_related("account").get(pk=trail_id)
        if trail.ended_at is None:
            trail.ended_at = now
            trail.save(update_fields=["ended_at"])
    return trail
