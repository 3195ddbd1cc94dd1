"""Invite people to an account, let them accept, change and end what they may do in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AccessLevel, Account, AccountMembership, AccountStatus, Invitation, User, UserKind
from accounts.queries import accounts_visible_to, memberships_visible_to
from accounts.signals import person_invited, sign_in_changed
from accounts.signed_in import end_sessions_of
from core.cleaning import clean_email, clean_text
from core.errors import Refused

INVITATION_GOOD_FOR = timedelta(hours=settings.LINK_HOURS)
_signer = Signer(salt="accounts.invitation")


class InvitationRefused(Refused):
    """The person cannot be invited to the account."""

    code = "invitation_refused"


class InvitationNotGood(Refused):
    """The link was used, withdrawn, has expired, or was never made here."""

    code = "invitation_not_good"


class PasswordRefused(Refused):
    """The password is too easy to guess."""

    code = "password_refused"
    field = "password"


class MembershipRefused(Refused):
    """The access level cannot be changed or ended that way: an account always has exactly one owner."""

    code = "membership_refused"


def token_of(invitation: Invitation) -> str:
    """Return the token of the invitation's link: the id with a signature, so that nothing secret is stored."""
    return _signer.sign(str(invitation.pk))


def invitation_of(token: str, *, now: datetime) -> Invitation:
    """Return the invitation behind the link. Raises InvitationNotGood unless it may still be accepted."""
    refusal = InvitationNotGood(
        _(
            "This invitation no longer works: it was used, withdrawn, or is older than a day."
            " Ask who invited you for a new one."
        )
    )
    try:
        pk = int(_signer.unsign(token))
    except (BadSignature, ValueError):
        raise refusal from None
    invitation = Invitation.objects.select_related("account", "user").filter(pk=pk).first()
    if invitation is None or not invitation.is_open(now):
        raise refusal
    if invitation.account is not None and invitation.account.status == AccountStatus.DELETED:
        raise refusal
    return invitation


def needs_password(invitation: Invitation) -> bool:
    """Return whether the invited person still has to choose a password (and a name)."""
    user = invitation.user or User.objects.filter(email__iexact=invitation.email).first()
    return user is None or not user.has_usable_password()


def invite_users(
    *, actor: Actor, account: Account, emails: Iterable[str], access_level: str, now: datetime
) -> list[Invitation]:
    """Invite people by e-mail to an account with one access level. An open invitation of the same person is renewed.

    All or none. Raises Forbidden and InvitationRefused (a wrong address, a member already, a second owner, a manager).
    """
    actor.require("account_users.change")
    with transaction.atomic():
        row = _locked_account(actor, account)
        addresses = list(dict.fromkeys(_address(email) for email in emails))
        if not addresses:
            raise InvitationRefused(_("Enter at least one e-mail address."), field="emails")
        _refuse_second_owner(row, access_level, len(addresses))
        return [_invite(actor, row, address, access_level, now) for address in addresses]


def invite_owner(*, actor: Actor, account: Account, email: str, name: str, now: datetime) -> Invitation:
    """Invite the owner of an account that has just been opened.

    A person new to the platform becomes its owner at once and only chooses a password by the link, so that a manager
    can sign in as the owner; somebody who is known already becomes the owner by accepting. Raises InvitationRefused.
    """
    address = _address(email)
    with transaction.atomic():
        if User.objects.filter(email__iexact=address).exists():
            return _invite(actor, account, address, AccessLevel.OWNER, now)
        owner = User.objects.create_user(
            email=address, name=name, kind=UserKind.CUSTOMER, reseller=account.reseller, language=_language(account)
        )
        AccountMembership.objects.create(account=account, user=owner, access_level=AccessLevel.OWNER)
        return invite_to_choose_password(actor=actor, user=owner, now=now)


def invite_to_choose_password(*, actor: Actor, user: User, now: datetime) -> Invitation:
    """Send a person who has no password yet the link to choose one; an earlier link no longer works."""
    Invitation.objects.filter(user=user, account=None, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        email=user.email, user=user, invited_by=actor.user, expires_at=now + INVITATION_GOOD_FOR
    )
    person_invited.send(sender=Invitation, invitation=invitation)
    return invitation


def accept_invitation(*, token: str, name: str = "", password: str = "", now: datetime) -> User:
    """Accept an invitation: make or find the person, set the first password, give the access level. Good once.

    `name` and `password` are for a person without a password; somebody who has one keeps it. The link went to the
    mailbox, so it proves who accepts. Raises InvitationNotGood, PasswordRefused, InvitationRefused.
    """
    with transaction.atomic():
        invitation = invitation_of(token, now=now)
        invitation = (
            Invitation.objects.select_for_update(of=("self",)).select_related("account", "user").get(pk=invitation.pk)
        )
        if not invitation.is_open(now):  # accepted while this one waited for the lock
            raise InvitationNotGood(_("This invitation was used a moment ago. Sign in."))
        user = invitation.user or User.objects.filter(email__iexact=invitation.email).first()
        if user is None or not user.has_usable_password():
            user = _with_password(user, invitation, name, password)
        if invitation.account is not None:
            _join(invitation.account, user, invitation.access_level)
        invitation.accepted_at = now
        invitation.user = user
        invitation.save(update_fields=["accepted_at", "user"])
    return user


def withdraw_invitation(*, actor: Actor, invitation: Invitation, now: datetime) -> Invitation:
    """Make an open invitation to an account useless. Raises Forbidden and InvitationNotGood."""
    actor.require("account_users.change")
    with transaction.atomic():
        row = (
            Invitation.objects.select_for_update()
            .filter(pk=invitation.pk, account__in=accounts_visible_to(actor), accepted_at=None, withdrawn_at=None)
            .first()
        )
        if row is None:
            raise InvitationNotGood(_("This invitation was used or withdrawn already."))
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
    return row


def change_access_level(*, actor: Actor, membership: AccountMembership, access_level: str) -> AccountMembership:
    """Change what a user may do in an account. A new owner makes the present one an Admin.

    Only a manager or the owner passes the ownership on. Raises Forbidden and MembershipRefused.
    """
    actor.require("account_users.change")
    with transaction.atomic():
        row = _locked_membership(actor, membership)
        if access_level not in AccessLevel.values:
            raise MembershipRefused(_("Choose Owner, Admin or User."), field="access_level")
        if row.access_level == access_level:
            return row
        if row.access_level == AccessLevel.OWNER:
            raise MembershipRefused(
                _("An account has exactly one owner: make another user the owner first."), field="access_level"
            )
        if access_level == AccessLevel.OWNER:
            _refuse_unless_owner_or_manager(actor)
            row.account.memberships.filter(access_level=AccessLevel.OWNER).update(access_level=AccessLevel.ADMIN)
        row.access_level = access_level
        row.save(update_fields=["access_level"])
        told = f"{row.account}: {row.get_access_level_display()}"
        sign_in_changed.send(sender=User, person=row.user, kind="access_changed", detail=told)
    return row


def remove_user(*, actor: Actor, membership: AccountMembership) -> AccountMembership:
    """End a user's membership in an account; the person and other memberships stay. Raises MembershipRefused."""
    actor.require("account_users.change")
    with transaction.atomic():
        row = _locked_membership(actor, membership)
        if row.access_level == AccessLevel.OWNER:
            raise MembershipRefused(
                _("The owner cannot be removed: make another user the owner first."), field="access_level"
            )
        row.delete()
        sign_in_changed.send(sender=User, person=row.user, kind="access_removed", detail=str(row.account))
        if not AccountMembership.objects.filter(user=row.user).exclude(account__status=AccountStatus.DELETED).exists():
            end_sessions_of(row.user)
    return row


def _invite(actor: Actor, account: Account, address: str, access_level: str, now: datetime) -> Invitation:
    # Whether anybody else knows the address is not told: a manager hears behind the link that it cannot be accepted.
    if account.memberships.filter(user__email__iexact=address).exists():
        raise InvitationRefused(
            _("%(email)s is a user of this account already. Change the access level instead.") % {"email": address},
            field="emails",
        )
    account.invitations.filter(email=address, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        email=address,
        account=account,
        access_level=access_level,
        invited_by=actor.user,
        expires_at=now + INVITATION_GOOD_FOR,
    )
    person_invited.send(sender=Invitation, invitation=invitation)
    return invitation


def _address(email: str) -> str:
    address = clean_email(email.lower())
    try:
        validate_email(address)
    except ValidationError:
        raise InvitationRefused(
            _("“%(email)s” is no e-mail address. Correct it.") % {"email": email.strip()}, field="emails"
        ) from None
    return address


def _refuse_second_owner(account: Account, access_level: str, people: int) -> None:
    if access_level not in AccessLevel.values:
        raise InvitationRefused(_("Choose Owner, Admin or User."), field="access_level")
    if access_level != AccessLevel.OWNER:
        return
    if people > 1 or account.memberships.filter(access_level=AccessLevel.OWNER).exists():
        raise InvitationRefused(
            _("An account has exactly one owner: invite as Admin, then make that user the owner."),
            field="access_level",
        )


def _with_password(user: User | None, invitation: Invitation, name: str, password: str) -> User:
    person = user or User(
        email=invitation.email,
        kind=UserKind.CUSTOMER,
        reseller=invitation.account.reseller,
        language=_language(invitation.account),
    )
    person.name = clean_text(name) or person.name
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from None
    person.set_password(password)
    person.save()
    return person


def _join(account: Account, user: User, access_level: str) -> None:
    if user.is_manager:
        raise InvitationRefused(
            _("A manager cannot be a user of an account. Ask for an invitation to another address.")
        )
    if access_level == AccessLevel.OWNER and account.memberships.filter(access_level=AccessLevel.OWNER).exists():
        raise InvitationRefused(_("The account has an owner meanwhile. Ask for a new invitation."))
    AccountMembership.objects.get_or_create(account=account, user=user, defaults={"access_level": access_level})


def _locked_account(actor: Actor, account: Account) -> Account:
    row = accounts_visible_to(actor).select_for_update(no_key=True).filter(pk=account.pk).first()
    if row is None or row.status == AccountStatus.DELETED:
        raise InvitationRefused(_("There is no such account, or it is deleted."))
    return row


def _locked_membership(actor: Actor, membership: AccountMembership) -> AccountMembership:
    row = memberships_visible_to(actor).select_related("account").filter(pk=membership.pk).first()
    if row is None:
        raise MembershipRefused(_("There is no such user in this account."))
    _locked_account(actor, row.account)
    return memberships_visible_to(actor).select_related("account").get(pk=membership.pk)


def _refuse_unless_owner_or_manager(actor: Actor) -> None:
    if actor.is_customer and actor.access_level != AccessLevel.OWNER:
        raise MembershipRefused(
            _("Only the owner can make another user the owner. Ask the owner or your provider."), field="access_level"
        )


def _language(account: Account) -> str:
    return account.reseller.default_language
