"""Invite people to an account, let them accept, change and end what they may do in it."""

import enum
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AccessLevel, Account, AccountMembership, AccountStatus, Invitation, User, UserKind
from accounts.queries import accounts_visible_to, memberships_visible_to
from accounts.reset_links import begin_reset
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


class Standing(enum.StrEnum):
    """What opening an invitation means for the person behind its address. Only the mailbox is told."""

    NEW = "new"  # chooses a password
    JOINS = "joins"  # is known, keeps the password, and may act for this account, too
    PROVES = "proves"  # a manager whose e-mail for signing in becomes this one
    TAKEN = "taken"  # the address signs in as somebody who cannot be this one


def standing_of(invitation: Invitation) -> Standing:
    """Return what the invitation means for who signs in with its address now. One statement, whoever that is."""
    known = User.objects.filter(email__iexact=invitation.email).first()
    if invitation.account is not None:
        if known is not None and known.is_manager:
            return Standing.TAKEN
        return Standing.JOINS if known is not None and known.has_usable_password() else Standing.NEW
    if known is not None and known.pk != invitation.user_id:
        return Standing.TAKEN
    return Standing.PROVES if invitation.user.has_usable_password() else Standing.NEW


def needs_password(invitation: Invitation) -> bool:
    """Return whether the invited person still has to choose a password (and a name).

    Raises InvitationRefused where the address signs in as somebody who cannot be the invited one.
    """
    standing = standing_of(invitation)
    _refuse_taken(invitation, standing)
    return standing is Standing.NEW


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
        _refuse_second_owner(actor, row, access_level, len(addresses))
        return [_invite(actor, row, address, access_level, now) for address in addresses]


def invite_owner(*, actor: Actor, account: Account, email: str, name: str, now: datetime) -> Invitation:
    """Invite the owner of an account that has just been opened; the account has an owner once that is accepted.

    Whoever the address belongs to, the account looks the same until then. Raises InvitationRefused.
    """
    address = _address(email)
    with transaction.atomic():
        return _invite(actor, account, address, AccessLevel.OWNER, now, name=name)


def invite_to_choose_password(*, actor: Actor, user: User, now: datetime, email: str = "") -> Invitation:
    """Send a person who does not sign in yet the link to do so; an earlier link no longer works.

    With `email`, to that address: once the link is opened, the person signs in with it instead of the present one.
    """
    withdraw_waiting(user, now=now)
    invitation = Invitation.objects.create(
        email=email or user.email, user=user, invited_by=actor.user, expires_at=now + INVITATION_GOOD_FOR
    )
    person_invited.send(sender=Invitation, invitation=invitation)
    return invitation


def waiting_of(user: User) -> Invitation | None:
    """Return the invitation that the person has not accepted yet: the first one, or of a new e-mail."""
    return user.invitations.filter(account=None, accepted_at=None, withdrawn_at=None).order_by("-pk").first()


def waiting_owner_of(account: Account) -> Invitation | None:
    """Return the open invitation of the account's owner to be."""
    waiting = account.invitations.filter(access_level=AccessLevel.OWNER, accepted_at=None, withdrawn_at=None)
    return waiting.order_by("-pk").first()


def withdraw_waiting(user: User, *, now: datetime) -> None:
    """Make useless what `waiting_of` the person returns."""
    user.invitations.filter(account=None, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)


def accept_invitation(*, token: str, name: str = "", password: str = "", now: datetime) -> User:
    """Accept an invitation: make or find the person, set the first password, give the access level. Good once.

    `name` and `password` are for a person without a password; somebody who has one keeps it. The link went to the
    mailbox, so it proves who accepts. Raises InvitationNotGood, PasswordRefused, InvitationRefused.
    """
    with transaction.atomic():
        invitation = _locked_invitation(invitation_of(token, now=now), token, now)
        _refuse_taken(invitation, standing_of(invitation))
        user = invitation.user or User.objects.filter(email__iexact=invitation.email).first()
        if user is None or not user.has_usable_password():
            user = _with_password(user, invitation, name, password)
        if invitation.account is None:
            _take_address(user, invitation.email)
        else:
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


def _invite(
    actor: Actor, account: Account, address: str, access_level: str, now: datetime, *, name: str = ""
) -> Invitation:
    # Whether anybody else knows the address is not told: a manager hears behind the link that it cannot be accepted.
    if account.memberships.filter(user__email__iexact=address).exists():
        raise InvitationRefused(
            _("%(email)s is a user of this account already. Change the access level instead.") % {"email": address},
            field="emails",
        )
    replaced = Q(email=address)
    if access_level == AccessLevel.OWNER:
        replaced |= Q(access_level=AccessLevel.OWNER)  # one owner, so one link that makes somebody the owner
    account.invitations.filter(replaced, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now)
    invitation = Invitation.objects.create(
        email=address,
        name=clean_text(name),
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


def _refuse_second_owner(actor: Actor, account: Account, access_level: str, people: int) -> None:
    if access_level not in AccessLevel.values:
        raise InvitationRefused(_("Choose Owner, Admin or User."), field="access_level")
    if access_level != AccessLevel.OWNER:
        return
    if people > 1 or account.memberships.filter(access_level=AccessLevel.OWNER).exists():
        raise InvitationRefused(
            _("An account has exactly one owner: invite as Admin, then make that user the owner."),
            field="access_level",
        )
    _refuse_unless_owner_or_manager(actor)


def _locked_invitation(invitation: Invitation, token: str, now: datetime) -> Invitation:
    """Lock what the invitation is for, then itself: in the order in which those do who invite and withdraw."""
    if invitation.account_id is not None:
        Account.objects.select_for_update(no_key=True).get(pk=invitation.account_id)
    else:
        User.everyone.select_for_update(no_key=True).get(pk=invitation.user_id)
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    return invitation_of(token, now=now)  # as a neighbour has left it, for whom this one may have waited


def _with_password(user: User | None, invitation: Invitation, name: str, password: str) -> User:
    person = user or User(
        email=invitation.email,
        kind=UserKind.CUSTOMER,
        reseller=invitation.account.reseller,
        language=_language(invitation.account),
    )
    person.name = clean_text(name) or person.name or invitation.name
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise PasswordRefused(" ".join(error.messages)) from None
    person.set_password(password)
    with _alone_with_the_address():
        person.save()
    return person


def _take_address(user: User, address: str) -> None:
    """Let the person sign in with the address that the link has proven; a new one ends what the old one opened."""
    before, signed_in = user.email, user.signs_in
    user.email, user.signs_in = address, True
    with _alone_with_the_address():
        user.save(update_fields=["email", "signs_in"])
    if signed_in and before != address:
        end_sessions_of(user)
        begin_reset(user)
        for told in (before, address):
            sign_in_changed.send(sender=User, person=user, kind="email_changed", detail=address, address=told)


def _refuse_taken(invitation: Invitation, standing: Standing) -> None:
    if standing is not Standing.TAKEN:
        return
    if invitation.account is not None:
        raise InvitationRefused(
            _("A manager cannot be a user of an account. Ask for an invitation to another address.")
        )
    raise InvitationRefused(
        _(
            "This address signs in here already, and one address opens one sign-in. Ask who invited you for an"
            " invitation to another address of yours, or have the e-mail of that sign-in changed first."
        )
    )


@contextmanager
def _alone_with_the_address() -> Iterator[None]:
    """Refuse what a neighbour with the same address was faster in."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise InvitationRefused(
            _("Another invitation to this address was accepted a moment ago. Open the link again.")
        ) from None


def _join(account: Account, user: User, access_level: str) -> None:
    if access_level == AccessLevel.OWNER and account.memberships.filter(access_level=AccessLevel.OWNER).exists():
        raise InvitationRefused(_("The account has an owner meanwhile. Ask for a new invitation."))
    AccountMembership.objects.get_or_create(account=account, user=user, defaults={"access_level": access_level})


def _locked_account(actor: Actor, account: Account) -> Account:
    row = accounts_visible_to(actor).select_for_update(no_key=True).filter(pk=account.pk).first()
    may_have_users(row)
    return row


def may_have_users(account: Account | None) -> None:
    """Raise InvitationRefused for an account whose users are what they are: a deleted one."""
    if account is None or account.status == AccountStatus.DELETED:
        raise InvitationRefused(_("There is no such account, or it is deleted."))


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
