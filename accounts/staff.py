"""Create and change managers, and say who supervises whom."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.api_tokens import revoke_tokens_of
from accounts.invitations import PasswordRefused, invite_to_choose_password, waiting_of, withdraw_waiting
from accounts.models import Reseller, Role, Supervision, User, UserKind, UserStatus
from accounts.queries import account_users_visible_to, managers_visible_to, resellers_visible_to
from accounts.reset_links import begin_reset
from accounts.second_factor import forget_second_factor, has_second_factor
from accounts.signals import sign_in_changed
from accounts.signed_in import end_sessions_of
from core.cleaning import clean_email, clean_text
from core.errors import Refusals, Refused

CHANGEABLE_FIELDS = frozenset({"name", "email", "phone", "role", "status", "manager_key", "attributes"})


class ManagerRefused(Refused):
    """The manager cannot be created or changed that way."""

    code = "manager_refused"


class WouldLockOut(ManagerRefused):
    """Nobody would be left who may administer the reseller, or the actor would lose the own access."""

    code = "would_lock_out"


def create_manager(
    *,
    actor: Actor,
    reseller: Reseller,
    name: str,
    email: str,
    role: str,
    phone: str = "",
    password: str | None = None,
    now: datetime,
) -> User:
    """Create a manager of a reseller, who is invited by e-mail to choose a password and signs in once that is done.

    Whether the address signs in elsewhere changes nothing here; the mailbox is told. Only the platform itself (the
    demo) gives a `password`. Raises Forbidden, ManagerRefused (unknown reseller or role, a wrong address or one of
    somebody whom the actor sees), PasswordRefused.
    """
    if password is not None and actor.user is not None:
        raise ValueError("nobody chooses another one's password: leave it out, and the person is invited")
    actor.require("managers.create")
    if not resellers_visible_to(actor).filter(pk=reseller.pk).exists():
        raise ManagerRefused(_("There is no such reseller in your part of the tree."), field="reseller")
    manager = User(kind=UserKind.MANAGER, reseller=reseller, language=reseller.default_language)
    with transaction.atomic():
        _assign(actor, manager, {"name": name, "email": email, "role": role, "phone": phone})
        manager.signs_in = password is not None
        manager.manager_key = secrets.token_hex(6)
        _give_password(manager, password)
        manager.save()
        if password is None:
            invite_to_choose_password(actor=actor, user=manager, now=now)
    return manager


def change_manager(*, actor: Actor, manager: User, values: Mapping[str, object], now: datetime) -> User:
    """Change the given fields of a manager (CHANGEABLE_FIELDS).

    A new e-mail is invited: the manager signs in with it once the link is opened, until then with the old one; giving
    the old one again takes that back. Who has not accepted yet is invited anew. Nobody changes the own role or status,
    and a reseller keeps at least one active administrator, so that nobody is locked out. Raises Forbidden,
    ManagerRefused, WouldLockOut.
    """
    actor.require("managers.change")
    with transaction.atomic():
        row = _locked(actor, manager)
        role, status, email = row.role, row.status, row.email
        _assign(actor, row, values)
        if (row.role, row.status) != (role, status):
            _refuse_lock_out(actor, row)
        asked = row.email
        if row.signs_in:
            row.email = email
        row.save(update_fields=list(values))
        if (row.role, row.status) != (role, status):
            _end_what_was_given(row)
        if "email" in values:
            _invite_address(actor, row, asked, now)
    return row


def reset_second_factor(*, actor: Actor, manager: User) -> User:
    """Take a manager's lost second factor away, so that a new one can be set up at the next sign-in.

    Nobody resets the own one here: that is done on the own page, with a code. Raises Forbidden and ManagerRefused.
    """
    actor.require("managers.change")
    with transaction.atomic():
        row = _locked(actor, manager)
        may_reset_second_factor(actor, row)
        forget_second_factor(row)
    return row


def may_reset_second_factor(actor: Actor, manager: User) -> None:
    """Raise ManagerRefused where there is none to take away, or it is the own one."""
    if actor.user is not None and actor.user.pk == manager.pk:
        raise ManagerRefused(_("Your own two-factor authentication is changed on your own page, with a code."))
    if not has_second_factor(manager):
        raise ManagerRefused(_("This manager has no two-factor authentication."))


def set_subordinates(*, actor: Actor, supervisor: User, subordinates: Collection[User]) -> list[User]:
    """Make exactly these managers the supervisor's subordinates, so that the supervisor sees their accounts.

    All belong to the supervisor's reseller or to one below it. Raises Forbidden and ManagerRefused.
    """
    actor.require("managers.change")
    wanted = {row.pk for row in subordinates}
    with transaction.atomic():
        row = _locked(actor, supervisor)
        if row.pk in wanted:
            raise ManagerRefused(_("Nobody supervises themselves. Take this manager out."), field="subordinates")
        known = managers_visible_to(actor).filter(pk__in=wanted, reseller__lineage__contains=[row.reseller_id])
        people = list(known.order_by("name", "id"))
        if len(people) != len(wanted):
            raise ManagerRefused(
                _("Choose subordinates among the managers of %(reseller)s.") % {"reseller": row.reseller},
                field="subordinates",
            )
        row.subordinate_links.exclude(subordinate__in=wanted).delete()
        Supervision.objects.bulk_create(
            [Supervision(supervisor=row, subordinate=person) for person in people], ignore_conflicts=True
        )
    return people


def _invite_address(actor: Actor, manager: User, asked: str, now: datetime) -> None:
    waiting = waiting_of(manager)
    if manager.signs_in and asked == manager.email:
        withdraw_waiting(manager, now=now)
    elif not manager.signs_in or waiting is None or waiting.email != asked or not waiting.is_open(now):
        invite_to_choose_password(actor=actor, user=manager, email=asked, now=now)


def _end_what_was_given(manager: User) -> None:
    """End the sessions and the tokens of another role, or of a blocked manager."""
    end_sessions_of(manager)
    begin_reset(manager)
    revoke_tokens_of(manager)
    sign_in_changed.send(sender=User, person=manager, kind="role_changed", detail=str(manager.get_role_display()))


def _assign(actor: Actor, manager: User, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in CHANGEABLE_FIELDS:
            raise ValueError(f"a manager has no field {name!r} that could be changed")
        setattr(manager, name, clean_text(value) if isinstance(value, str) else value)
    refusals = Refusals()
    if not manager.name:
        refusals.add(ManagerRefused(_("Enter the manager's name."), field="name"))
    if manager.role not in Role.values:
        refusals.add(ManagerRefused(_("Choose one of the four roles."), field="role"))
    if manager.status not in UserStatus.values:
        refusals.add(ManagerRefused(_("Choose Active or Inactive."), field="status"))
    if "email" in values:
        with refusals.gathered():
            _check_email(actor, manager)
    if "manager_key" in values:
        with refusals.gathered():
            _check_key(manager)
    refusals.raise_any()


def _check_email(actor: Actor, manager: User) -> None:
    manager.email = clean_email(manager.email.lower())
    try:
        validate_email(manager.email)
    except ValidationError:
        raise ManagerRefused(
            _("“%(email)s” is no e-mail address. Correct it.") % {"email": manager.email}, field="email"
        ) from None
    # Only whom the actor sees anyway is named: of others nothing is told, in the answer or afterwards.
    for seen in (managers_visible_to(actor), account_users_visible_to(actor)):
        found = seen.filter(email__iexact=manager.email).exclude(pk=manager.pk).first()
        if found is not None:
            sentence = _("%(email)s belongs to %(person)s already. Enter another address.")
            raise ManagerRefused(sentence % {"email": manager.email, "person": found}, field="email")


def _check_key(manager: User) -> None:
    manager.manager_key = manager.manager_key or None
    taken = User.everyone.filter(manager_key=manager.manager_key).exclude(pk=manager.pk)
    if manager.manager_key is not None and taken.exists():
        raise ManagerRefused(_("This key is taken. Enter another one."), field="manager_key")


def _give_password(manager: User, password: str | None) -> None:
    if password is not None:
        try:
            validate_password(password, manager)
        except ValidationError as error:
            raise PasswordRefused(" ".join(error.messages)) from None
    manager.set_password(password)


def _refuse_lock_out(actor: Actor, manager: User) -> None:
    if actor.user is not None and actor.user.pk == manager.pk:
        raise WouldLockOut(_("You cannot change your own role or status. Ask another administrator."), field="role")
    if manager.role == Role.ADMIN and manager.status == UserStatus.ACTIVE:
        return
    # Administrators of one reseller are changed one after the other: two who disable each other would both succeed.
    list(Reseller.objects.select_for_update(no_key=True).filter(pk=manager.reseller_id))
    others = User.objects.filter(
        kind=UserKind.MANAGER, reseller=manager.reseller_id, role=Role.ADMIN, status=UserStatus.ACTIVE
    ).exclude(pk=manager.pk)
    if not others.exists():
        raise WouldLockOut(
            _("%(reseller)s needs an active administrator. Make somebody else one first.")
            % {"reseller": manager.reseller},
            field="role",
        )


def _locked(actor: Actor, manager: User) -> User:
    row = managers_visible_to(actor).select_for_update(of=("self",), no_key=True).filter(pk=manager.pk).first()
    if row is None:
        raise ManagerRefused(_("There is no such manager in your part of the tree."))
    return row
