"""Create and change account types and account classes (menu "Account Terms")."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountClass, AccountType, Reseller
from accounts.queries import resellers_visible_to, within_reach
from accounts.signals import payment_model_changing, terms_changed, terms_changing
from core.cleaning import clean_text
from core.errors import Refusals, Refused
from core.fitting import LARGEST_TYPED
from core.money import minor_units, round_half_up
from core.period import LONGEST_TIMER

CLASS_FIELDS = frozenset(
    {
        "name",
        "key",
        "color",
        "is_default",
        "stop_type",
        "delete_type",
        "credit_limit",
        "pay_with_negative_balance",
        "subzero_period",
        "cancel_unpaid_order_in",
        "payment_model",
        "subscription_credit_limit",
        "payment_expiration_days",
        "letters_of_invoices",
    }
)
# What decides how far below zero a balance may go, and for how long.
LIMIT_FIELDS = (
    "credit_limit",
    "pay_with_negative_balance",
    "subzero_period",
    "payment_model",
    "subscription_credit_limit",
    "payment_expiration_days",
)
TYPE_FIELDS = frozenset({"name", "key", "name_pattern"})


class AccountTermsRefused(Refused):
    """The account type or class cannot be kept that way."""

    code = "account_terms_refused"


def create_account_class(*, actor: Actor, reseller: Reseller, values: Mapping[str, object]) -> AccountClass:
    """Create account terms of a reseller (CLASS_FIELDS); amounts are in the reseller's currency.

    Raises Forbidden and AccountTermsRefused.
    """
    actor.require("account_classes.change")
    _refuse_foreign_reseller(actor, reseller)
    with transaction.atomic():
        return _keep_class(AccountClass(reseller=reseller), values)


def change_account_class(
    *, actor: Actor, account_class: AccountClass, values: Mapping[str, object], today: date
) -> AccountClass:
    """Change account terms; what is charged already stays. Raises Forbidden and AccountTermsRefused.

    Other limits put the class's accounts on credit hold, or release them, at once. The payment model stays as long as
    one of them has a subscription that is not deleted.
    """
    actor.require("account_classes.change")
    with transaction.atomic():
        # Accounts that are served on these terms may be written meanwhile (FOR NO KEY UPDATE).
        rows = AccountClass.objects.select_for_update(no_key=True, of=("self",))
        row = rows.filter(within_reach(actor), pk=account_class.pk).first()
        if row is None:
            raise AccountTermsRefused(_("There is no such account class in your part of the tree."))
        if all(getattr(row, name) == values.get(name, getattr(row, name)) for name in LIMIT_FIELDS):
            return _keep_class(row, values)
        # All of them before any is brought up to date, in the order of the night: else each could wait for the other.
        accounts = Account.objects.filter(account_class=row).order_by("pk").select_for_update(no_key=True)
        served = list(accounts.values_list("pk", flat=True))
        terms_changing.send(sender=AccountClass, account_ids=served, today=today)
        if values.get("payment_model", row.payment_model) != row.payment_model:
            payment_model_changing.send(sender=AccountClass, account_ids=served)
        kept = _keep_class(row, values)
        terms_changed.send(sender=AccountClass, account_ids=served, today=today)
        return kept


def create_account_type(*, actor: Actor, reseller: Reseller, values: Mapping[str, object]) -> AccountType:
    """Create an account type; resellers below inherit it read-only. Raises Forbidden and AccountTermsRefused."""
    actor.require("account_classes.change")
    _refuse_foreign_reseller(actor, reseller)
    with transaction.atomic():
        return _keep_type(AccountType(reseller=reseller), values)


def change_account_type(*, actor: Actor, account_type: AccountType, values: Mapping[str, object]) -> AccountType:
    """Change an account type of one's own part of the tree. Raises Forbidden and AccountTermsRefused."""
    actor.require("account_classes.change")
    with transaction.atomic():
        rows = AccountType.objects.select_for_update(of=("self",)).filter(within_reach(actor), pk=account_type.pk)
        row = rows.first()
        if row is None:
            raise AccountTermsRefused(
                _("An inherited account type is changed by the provider who made it. Ask your provider.")
            )
        return _keep_type(row, values)


def _keep_class(row: AccountClass, values: Mapping[str, object]) -> AccountClass:
    refusals = Refusals()
    with refusals.gathered():
        _assign(row, values, CLASS_FIELDS)
    with refusals.gathered():
        refuse_limit(row.credit_limit, row.reseller.currency, "credit_limit")
    if row.subscription_credit_limit is not None:
        with refusals.gathered():
            refuse_limit(row.subscription_credit_limit, row.reseller.currency, "subscription_credit_limit")
    if not 0 <= row.payment_expiration_days <= LONGEST_TIMER:
        sentence = _("Enter a number of days from 0 to %(most)s.")
        refusals.add(AccountTermsRefused(sentence % {"most": LONGEST_TIMER}, field="payment_expiration_days"))
    if not -1 <= row.subzero_period <= LONGEST_TIMER:
        sentence = _("Enter a number of days from 0 to %(most)s, or -1 for a period without end.")
        refusals.add(AccountTermsRefused(sentence % {"most": LONGEST_TIMER}, field="subzero_period"))
    if row.cancel_unpaid_order_in is not None and not 0 <= row.cancel_unpaid_order_in <= LONGEST_TIMER:
        sentence = _("Enter a number of days from 0 to %(most)s, or leave it empty for never.")
        refusals.add(AccountTermsRefused(sentence % {"most": LONGEST_TIMER}, field="cancel_unpaid_order_in"))
    with refusals.gathered():
        _refuse_taken_key(AccountClass, row)
    refusals.raise_any()
    others = AccountClass.objects.filter(reseller=row.reseller_id).exclude(pk=row.pk)
    if row.is_default:
        others.filter(is_default=True).update(is_default=False)
    elif not others.filter(is_default=True).exists():
        row.is_default = True  # exactly one class is the default
    row.save()
    return row


def _keep_type(row: AccountType, values: Mapping[str, object]) -> AccountType:
    refusals = Refusals()
    with refusals.gathered():
        _assign(row, values, TYPE_FIELDS)
    with refusals.gathered():
        _refuse_taken_key(AccountType, row)
    refusals.raise_any()
    row.save()
    return row


def refuse_limit(limit: Decimal, currency: str, field: str) -> None:
    """Do nothing where a credit limit can be kept in the currency, else raise AccountTermsRefused at the field."""
    limit = Decimal(limit)
    if not limit.is_finite() or limit < 0:
        raise AccountTermsRefused(_("The credit limit is zero or more."), field=field)
    if limit >= LARGEST_TYPED:
        raise AccountTermsRefused(
            _("The credit limit is too large to be true. Check the number of zeros."), field=field
        )
    if limit != round_half_up(limit, currency):
        raise AccountTermsRefused(
            _("The credit limit may have at most %(decimals)s decimals in %(currency)s.")
            % {"decimals": minor_units(currency), "currency": currency},
            field=field,
        )


def _assign(row: AccountClass | AccountType, values: Mapping[str, object], allowed: frozenset[str]) -> None:
    for name, value in values.items():
        if name not in allowed:
            raise ValueError(f"no field {name!r} that could be changed")
        setattr(row, name, clean_text(value) if isinstance(value, str) else value)
    if not row.name:
        raise AccountTermsRefused(_("Enter a name."), field="name")


def _refuse_taken_key(model: type[AccountClass] | type[AccountType], row: AccountClass | AccountType) -> None:
    if not row.key:
        raise AccountTermsRefused(_("Enter a key of Latin letters, digits and dashes."), field="key")
    if model.objects.filter(reseller=row.reseller_id, key=row.key).exclude(pk=row.pk).exists():
        raise AccountTermsRefused(_("This key is taken. Enter another one."), field="key")


def _refuse_foreign_reseller(actor: Actor, reseller: Reseller) -> None:
    if not resellers_visible_to(actor).filter(pk=reseller.pk).exists():
        raise AccountTermsRefused(_("There is no such reseller in your part of the tree."), field="reseller")
