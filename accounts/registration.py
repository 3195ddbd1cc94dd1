"""Open, change, hold and delete the accounts of customers."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.dispatch import Signal
from django.utils.translation import gettext_lazy as _

from accounts.account_terms import refuse_limit
from accounts.actors import Actor
from accounts.invitations import invite_owner
from accounts.models import Account, AccountClass, AccountStatus, AccountType, Reseller
from accounts.queries import (
    account_types_for,
    accounts_visible_to,
    managers_visible_to,
    resellers_above,
    resellers_visible_to,
)
from accounts.signals import account_closing, payment_model_changing, terms_changed, terms_changing
from core.cleaning import clean_text
from core.countries import refuse_country, refuse_postal_code, refuse_region
from core.errors import Refusals, Refused

CONTACT_PERSON_FIELDS = frozenset(
    {"contact_first_name", "contact_middle_name", "contact_last_name", "contact_email", "contact_phone"}
)
CONTACT_INFORMATION_FIELDS = frozenset(
    {"email", "phone", "country", "region", "city", "street", "building", "office", "zip", "tax_id", "primary_name"}
)
# What the account is served on: only a manager changes it.
TERMS_FIELDS = frozenset(
    {"account_type", "account_class", "manager", "trial", "credit_limit_override", "subscription_credit_limit"}
    | {"attributes"}
)
# What one country demands and another does not, in the order of a letter.
DEPENDS_ON_COUNTRY = ("street", "building", "city", "region", "zip", "phone", "tax_id")
# What the rules of a country are about.
ADDRESS_FIELDS = ("country", "region", "zip")
# What decides how far below zero the balance may go, and for how long.
LIMIT_FIELDS = frozenset({"account_class", "credit_limit_override", "subscription_credit_limit"})
CUSTOMER_FIELDS = CONTACT_PERSON_FIELDS | CONTACT_INFORMATION_FIELDS
MANAGER_FIELDS = CUSTOMER_FIELDS | TERMS_FIELDS


def needed_of(refusals: Iterable[Refused]) -> list[str]:
    """Return the fields of the account that refusals are about, each once: what its owner is to fill in or correct.

    With the country all that it decides on is asked for at once: what it demands is known only when it is chosen.
    """
    named = [problem.field for refusal in refusals for problem in refusal.problems]
    if "country" in named:
        named += DEPENDS_ON_COUNTRY
    return [field for field in dict.fromkeys(named) if field in CUSTOMER_FIELDS]


# What verbs and pages ask alike: from which status an account is put on administrative hold, and released.
MAY_BE_HELD = (AccountStatus.ACTIVE, AccountStatus.CREDIT_HOLD)
MAY_BE_RELEASED = (AccountStatus.ADMINISTRATIVE_HOLD,)


class AccountNotFound(Refused):
    """The account is not among those that the actor sees."""

    code = "account_not_found"


class AccountNotOfThisReseller(Refused):
    """The type, class or manager belongs to another part of the tree."""

    code = "not_of_this_reseller"


class FieldNotYours(Refused):
    """Somebody tried to change what only a manager may."""

    code = "field_not_yours"


class WrongAccountStatus(Refused):
    """The account's status does not allow the operation."""

    code = "wrong_account_status"


class AccountFieldMissing(Refused):
    """A field without which an account cannot be served is empty."""

    code = "account_field_missing"


def open_account(
    *,
    actor: Actor,
    reseller: Reseller,
    account_type: AccountType,
    account_class: AccountClass,
    owner_email: str,
    owner_name: str = "",
    values: Mapping[str, object],
    now: datetime,
) -> Account:
    """Open an account of the reseller's customer in the reseller's currency and invite its owner by e-mail.

    `values` holds the contact person, the contact information and the company name by field name (MANAGER_FIELDS).
    A sales person becomes the account's manager unless `values` names another one. Raises Forbidden, AccountNotFound,
    AccountNotOfThisReseller, AccountFieldMissing, FieldNotYours and what `invite_owner` raises.
    """
    actor.require("accounts.create")
    if not resellers_visible_to(actor).filter(pk=reseller.pk).exists():
        raise AccountNotFound(_("There is no such reseller in your part of the tree."), field="reseller")
    fields = {"account_type": account_type, "account_class": account_class, **values}
    _refuse_foreign_fields(actor, fields)
    if actor.sees_only_own_accounts:
        fields.setdefault("manager", actor.user)
    account = Account(reseller=reseller, currency=reseller.currency)
    with transaction.atomic():
        _assign(actor, account, fields)
        account.save()
        invite_owner(actor=actor, account=account, email=owner_email, name=owner_name, now=now)
    return account


def change_account(*, actor: Actor, account: Account, values: Mapping[str, object], today: date) -> Account:
    """Change the given fields of an account: a customer's user the contact groups, a manager also the terms.

    Another class or limit puts the account on credit hold, or releases it, at once. Raises Forbidden, AccountNotFound,
    FieldNotYours, AccountNotOfThisReseller, AccountFieldMissing, WrongAccountStatus for a deleted one.
    """
    actor.require("accounts.change")
    _refuse_foreign_fields(actor, values)
    limits = LIMIT_FIELDS & set(values)
    with transaction.atomic():
        row = _locked(actor, account)
        _refuse_deleted(row)
        if limits:
            _announce(terms_changing, row, today)
        model = row.account_class.payment_model
        _assign(actor, row, values)
        if row.account_class.payment_model != model:
            payment_model_changing.send(sender=Account, account_ids=[row.pk])
        row.save(update_fields=[*values, "name"])
        if limits:
            _announce(terms_changed, row, today)
    return row


def hold_account(*, actor: Actor, account: Account, today: date) -> Account:
    """Put an account on administrative hold: its subscriptions stop, its users still read, and order or change nothing.

    Raises Forbidden, AccountNotFound, WrongAccountStatus.
    """
    actor.require("accounts.hold")
    return _move(
        actor,
        account,
        today,
        allowed=MAY_BE_HELD,
        to=AccountStatus.ADMINISTRATIVE_HOLD,
        sentence=_("Only an active account can be put on administrative hold; this one is: %(status)s."),
    )


def release_account(*, actor: Actor, account: Account, today: date) -> Account:
    """Take an account off its administrative hold; what the hold has stopped is activated again.

    An account that owes too much goes on credit hold instead. Raises Forbidden, AccountNotFound, WrongAccountStatus.
    """
    actor.require("accounts.hold")
    return _move(
        actor,
        account,
        today,
        allowed=MAY_BE_RELEASED,
        to=AccountStatus.ACTIVE,
        sentence=_("Only an account on administrative hold can be released; this one is: %(status)s."),
    )


def delete_account(*, actor: Actor, account: Account, today: date) -> Account:
    """Mark an account as deleted; its books stay. Its open invitations no longer work.

    Raises Forbidden, AccountNotFound, WrongAccountStatus, and whatever the floors above object with (live
    subscriptions, money on the balance).
    """
    actor.require("accounts.delete")
    with transaction.atomic():
        row = _move(
            actor,
            account,
            today,
            allowed=(AccountStatus.ACTIVE, AccountStatus.ADMINISTRATIVE_HOLD, AccountStatus.CREDIT_HOLD),
            to=AccountStatus.DELETED,
            sentence=_("The account is deleted already (%(status)s)."),
        )
        account_closing.send(sender=Account, account=row)
    return row


def may_delete(account: Account) -> None:
    """Raise what deleting the account would raise now: it is deleted already, or floors above object to its going."""
    if account.status == AccountStatus.DELETED:
        raise WrongAccountStatus(
            _("The account is deleted already (%(status)s).") % {"status": account.get_status_display()}, field="status"
        )
    account_closing.send(sender=Account, account=account)


def composed_name(account_type: AccountType, account: Account) -> str:
    """Return the account's name by its type's pattern (%first_name %middle_name %last_name %primary_name).

    Where the pattern yields nothing, the company name, else the contact person's.
    """
    parts = {
        "first_name": account.contact_first_name,
        "middle_name": account.contact_middle_name,
        "last_name": account.contact_last_name,
        "primary_name": account.primary_name,
    }
    name = re.sub(
        r"%(first_name|middle_name|last_name|primary_name)", lambda found: parts[found[1]], account_type.name_pattern
    )
    return " ".join(name.split()) or account.primary_name or account.contact_person


def _refuse_foreign_fields(actor: Actor, values: Mapping[str, object]) -> None:
    allowed = CUSTOMER_FIELDS if actor.is_customer else MANAGER_FIELDS
    refusals = Refusals()
    for name in values:
        if name not in MANAGER_FIELDS:
            raise ValueError(f"an account has no field {name!r} that could be changed")
        if name not in allowed:
            sentence = _("“%(field)s” can be changed only by your provider. Ask your manager.")
            label = Account._meta.get_field(name).verbose_name
            refusals.add(FieldNotYours(sentence % {"field": label}, field=name))
    refusals.raise_any()


def _assign(actor: Actor, account: Account, values: Mapping[str, object]) -> None:
    manager_before = account.manager_id
    before = {name: getattr(account, name) for name in ADDRESS_FIELDS}
    for name, value in values.items():
        setattr(account, name, clean_text(value) if isinstance(value, str) else value)
    refusals = Refusals()
    _look_for_what_is_not_of_the_reseller(account, values, refusals)
    if any(getattr(account, name) != before[name] for name in ADDRESS_FIELDS):
        _check_address(account, refusals)
    with refusals.gathered():
        _refuse_foreign_manager(actor, account, manager_before)
    if values.get("credit_limit_override") is not None:
        with refusals.gathered():
            refuse_limit(account.credit_limit_override, account.currency, "credit_limit_override")
    if values.get("subscription_credit_limit") is not None:
        with refusals.gathered():
            refuse_limit(account.subscription_credit_limit, account.currency, "subscription_credit_limit")
    account.name = composed_name(account.account_type, account)
    if not account.name:
        sentence = _("Fill in the company name or the contact person's name.")
        refusals.add(AccountFieldMissing(sentence, field="primary_name"))
    if not account.email:
        refusals.add(AccountFieldMissing(_("Fill in the e-mail: vendors write to it."), field="email"))
    refusals.raise_any()


def _check_address(account: Account, refusals: Refusals) -> None:
    """Refuse what the country's own rules do not know; what nobody has changed is left as it came."""
    with refusals.gathered():
        refuse_country(account.country)
        with refusals.gathered():
            refuse_region(account.country, account.region)
        with refusals.gathered():
            refuse_postal_code(account.country, account.zip)


def _look_for_what_is_not_of_the_reseller(account: Account, values: Mapping[str, object], refusals: Refusals) -> None:
    reseller = account.reseller
    if "account_type" in values and not account_types_for(reseller).filter(pk=account.account_type_id).exists():
        sentence = _("Choose an account type of %(reseller)s.") % {"reseller": reseller}
        refusals.add(AccountNotOfThisReseller(sentence, field="account_type"))
    if "account_class" in values and account.account_class.reseller_id != reseller.pk:
        sentence = _("Choose an account class of %(reseller)s.") % {"reseller": reseller}
        refusals.add(AccountNotOfThisReseller(sentence, field="account_class"))


def _refuse_foreign_manager(actor: Actor, account: Account, before: int | None) -> None:
    if account.manager_id is None or account.manager_id == before:
        return
    serves = managers_visible_to(actor).filter(
        pk=account.manager_id, reseller__in=resellers_above(account.reseller).values("pk")
    )
    within = actor.account_manager_ids is None or account.manager_id in actor.account_manager_ids
    if not (within and serves.exists()):
        raise AccountNotOfThisReseller(
            _("Choose a manager of %(reseller)s.") % {"reseller": account.reseller}, field="manager"
        )


def _move(
    actor: Actor, account: Account, today: date, *, allowed: tuple[AccountStatus, ...], to: AccountStatus, sentence: str
) -> Account:
    with transaction.atomic():
        row = _locked(actor, account)
        _announce(terms_changing, row, today)
        if row.status not in allowed:
            raise WrongAccountStatus(sentence % {"status": row.get_status_display()}, field="status")
        row.status = to
        row.save(update_fields=["status"])
        _announce(terms_changed, row, today)
    return row


def _announce(signal: Signal, row: Account, today: date) -> None:
    """Say that the account's terms change or have changed; who hears it may have moved the account on or off a hold."""
    signal.send(sender=Account, account_ids=[row.pk], today=today)
    row.refresh_from_db(fields=["status"])


def _locked(actor: Actor, account: Account) -> Account:
    row = (
        accounts_visible_to(actor)
        .select_related("reseller", "account_type", "account_class")
        .select_for_update(of=("self",), no_key=True)
        .filter(pk=account.pk)
        .first()
    )
    if row is None:
        raise AccountNotFound(_("There is no such account, or you may not see it."))
    return row


def _refuse_deleted(account: Account) -> None:
    if account.status == AccountStatus.DELETED:
        raise WrongAccountStatus(_("The account is deleted and can no longer be changed."), field="status")
