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
from accounts.invitations import PasswordRefused, invite_to_choose_password
from accounts.models import Reseller, Role, Supervision, User, UserKind, UserStatus
from accounts.queries import managers_visible_to, resellers_visible_to
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
    """Create a manager of a reseller; without a password the person is invited by e-mail to choose one.

    Raises Forbidden, ManagerRefused (unknown reseller or role, an address that is taken or wrong), PasswordRefused.
    """
    actor.require("managers.create")
    if not resellers_visible_to(actor).filter(pk=reseller.pk).exists():
        raise ManagerRefused(_("There is no such reseller in your part of the tree."), field="reseller")
    manager = User(kind=UserKind.MANAGER, reseller=reseller, language=reseller.default_language)
    with transaction.atomic():
        _assign(manager, {"name": name, "email": email, "role": role, "phone": phone})
        manager.manager_key = secrets.token_hex(6)
        _give_password(manager, password)
        manager.save()
        if password is None:
            invite_to_choose_password(actor=actor, user=manager, now=now)
    return manager


def change_manager(*, actor: Actor, manager: User, values: Mapping[str, object]) -> User:
    """Change the given fields of a manager (CHANGEABLE_FIELDS).

    Nobody changes the own role or status, and a reseller keeps at least one active administrator, so that nobody is
    locked out. Raises Forbidden, ManagerRefused, WouldLockOut.
    """
    actor.require("managers.change")
    with transaction.atomic():
        row = _locked(actor, manager)
        role, status, email = row.role, row.status, row.email
        _assign(row, values)
        if (row.role, row.status) != (role, status):
            _refuse_lock_out(actor, row)
        row.save(update_fields=list(values))
        if (row.role, row.status, row.email) != (role, status, email):
            _end_what_was_given(row, email, by_power=(row.role, row.status) != (role, status))
    return row


def reset_second_factor(*, actor: Actor, manager: User) -> User:
    """Take a manager's lost second factor away, so that a new one can be set up at the next sign-in.

    Nobody resets the own one here: that is done on the own page, with a code. Raises Forbidden and ManagerRefused.
    """
    actor.require("managers.change")
    with transaction.atomic():
        row = _locked(actor, manager)
        if actor.user is not None and actor.user.pk == row.pk:
            raise ManagerRefused(_("Your own second factor is changed on your own page, with a code."))
        if not has_second_factor(row):
            raise ManagerRefused(_("This manager has no second factor."))
        forget_second_factor(row)
    return row


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


def _end_what_was_given(manager: User, email: str, *, by_power: bool) -> None:
    """End the sessions, and the tokens of another role or of a blocked manager; tell the old address of a new one."""
    end_sessions_of(manager)
    begin_reset(manager)
    if by_power:
        revoke_tokens_of(manager)
        sign_in_changed.send(sender=User, person=manager, kind="role_changed", detail=str(manager.get_role_display()))
    if manager.email != email:
        for address in (email, manager.email):
            sign_in_changed.send(
                sender=User, person=manager, kind="email_changed", detail=manager.email, address=address
            )


def _assign(manager: User, values: Mapping[str, object]) -> None:
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
    for name, check in (("email", _check_email), ("manager_key", _check_key)):
        if name in values:
            with refusals.gathered():
                check(manager)
    refusals.raise_any()


def _check_email(manager: User) -> None:
    manager.email = clean_email(manager.email.lower())
    try:
        validate_email(manager.email)
    except ValidationError:
        raise ManagerRefused(
            _("“%(email)s” is no e-mail address. Correct it.") % {"email": manager.email}, field="email"
        ) from None
    if User.objects.filter(email__iexact=manager.email).exclude(pk=manager.pk).exists():
        raise ManagerRefused(
            _("Somebody signs in with %(email)s already. Enter another address.") % {"email": manager.email},
            field="email",
        )


def _check_key(manager: User) -> None:
    manager.manager_key = manager.manager_key or None
    taken = User.objects.filter(manager_key=manager.manager_key).exclude(pk=manager.pk)
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
