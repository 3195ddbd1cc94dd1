"""Create and change resellers: the tree below the operator."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AccountClass, Reseller, ResellerStatus, Role
from accounts.queries import managers_visible_to, resellers_above, resellers_visible_to
from accounts.staff import create_manager
from core.cleaning import clean_email, clean_text
from core.errors import Refusals, Refused
from core.fitting import MONEY
from core.money import minor_units

CHANGEABLE_FIELDS = frozenset(
    {
        "name",
        "domain",
        "email",
        "manager",
        "status",
        "default_language",
        "attributes",
        "second_factor_roles",
        "bank_details",
        "card_page",
        "window_letter_days",
    }
)
MOST_WINDOW_LETTER_DAYS = 30
# A new reseller's account terms are copies: what its customers pay on is its own business from then on.
COPIED_CLASS_FIELDS = (
    "name",
    "key",
    "color",
    "is_default",
    "stop_type",
    "delete_type",
    "payment_model",
    "credit_limit",
    "pay_with_negative_balance",
    "subzero_period",
    "cancel_unpaid_order_in",
    "subscription_credit_limit",
    "payment_expiration_days",
    "letters_of_invoices",
)


class ResellerRefused(Refused):
    """The reseller cannot be created or changed that way."""

    code = "reseller_refused"


def create_reseller(
    *,
    actor: Actor,
    parent: Reseller,
    name: str,
    currency: str,
    email: str,
    manager_name: str,
    manager_email: str,
    values: Mapping[str, object] | None = None,
    copy_account_terms: bool = True,
    now: datetime,
) -> Reseller:
    """Create a reseller below `parent`, with its first administrator, who is invited to choose a password.

    `values` may hold domain, default_language, attributes and the upstream's manager. The account terms of the parent
    are copied (billing.md 1.4). The place in the tree and the currency (ISO 4217) never change afterwards.
    Raises Forbidden, ResellerRefused and what `create_manager` raises.
    """
    actor.require("resellers.create")
    if not resellers_visible_to(actor).filter(pk=parent.pk).exists():
        raise ResellerRefused(_("There is no such reseller in your part of the tree."), field="parent")
    _refuse_wrong_currency(currency)
    with transaction.atomic():
        reseller = Reseller(parent=parent, name=clean_text(name), currency=currency, email=clean_email(email))
        _assign(actor, reseller, values or {})
        reseller.save()
        reseller.refresh_from_db()  # the database has written its place in the tree
        if copy_account_terms:
            _copy_account_terms(parent, reseller)
        create_manager(actor=actor, reseller=reseller, name=manager_name, email=manager_email, role=Role.ADMIN, now=now)
    return reseller


def change_reseller(*, actor: Actor, reseller: Reseller, values: Mapping[str, object]) -> Reseller:
    """Change the given fields of a reseller (CHANGEABLE_FIELDS). Nobody deactivates the own reseller or the operator.

    An inactive reseller's managers can no longer sign in; its customers can. Raises Forbidden and ResellerRefused.
    """
    actor.require("resellers.change")
    with transaction.atomic():
        row = resellers_visible_to(actor).select_for_update(no_key=True).filter(pk=reseller.pk).first()
        if row is None:
            raise ResellerRefused(_("There is no such reseller in your part of the tree."))
        _assign(actor, row, values)
        own = actor.reseller is not None and actor.reseller.pk == row.pk
        if row.status != ResellerStatus.ACTIVE and (own or row.is_operator):
            raise ResellerRefused(_("You cannot deactivate your own reseller. Ask its provider."), field="status")
        row.save(update_fields=list(values))
    return row


def _assign(actor: Actor, reseller: Reseller, values: Mapping[str, object]) -> None:
    for name, value in values.items():
        if name not in CHANGEABLE_FIELDS:
            raise ValueError(f"a reseller has no field {name!r} that could be changed")
        setattr(reseller, name, _cleaned(value) if isinstance(value, str) else value)
    refusals = Refusals()
    with refusals.gathered():
        _refuse_name(reseller)
    with refusals.gathered():
        _refuse_card_page(reseller)
    with refusals.gathered():
        _refuse_window_letters(reseller)
    if "manager" in values and reseller.manager is not None:
        with refusals.gathered():
            _refuse_manager_from_elsewhere(actor, reseller)
    refusals.raise_any()


def _cleaned(text: str) -> str:
    """Return the text cleaned line by line; lines of nothing go."""
    return "\n".join(filter(None, map(clean_text, text.splitlines())))


def _refuse_card_page(reseller: Reseller) -> None:
    if reseller.card_page and not reseller.card_page.startswith("https://"):
        raise ResellerRefused(_("Enter an address that begins with https://."), field="card_page")


def _refuse_window_letters(reseller: Reseller) -> None:
    if reseller.window_letter_days > MOST_WINDOW_LETTER_DAYS:
        raise ResellerRefused(
            _("Enter %(most)s days at most.") % {"most": MOST_WINDOW_LETTER_DAYS}, field="window_letter_days"
        )


def _refuse_name(reseller: Reseller) -> None:
    if not set(reseller.second_factor_roles) <= set(Role.values):
        raise ResellerRefused(_("Choose among the four roles."), field="second_factor_roles")
    if not reseller.name:
        raise ResellerRefused(_("Enter the reseller's name."), field="name")
    if Reseller.objects.filter(parent=reseller.parent, name=reseller.name).exclude(pk=reseller.pk).exists():
        raise ResellerRefused(
            _("“%(name)s” exists already below the same provider. Choose another name.") % {"name": reseller.name},
            field="name",
        )


def _refuse_manager_from_elsewhere(actor: Actor, reseller: Reseller) -> None:
    upstream = resellers_above(reseller.parent or reseller)
    if not managers_visible_to(actor).filter(pk=reseller.manager_id, reseller__in=upstream.values("pk")).exists():
        raise ResellerRefused(_("Choose a manager of the reseller's provider."), field="manager")


def _refuse_wrong_currency(currency: str) -> None:
    try:
        decimals = minor_units(currency)
    except ValueError:
        raise ResellerRefused(
            _("“%(currency)s” is no currency. Enter a code of three letters, for example EUR.")
            % {"currency": currency},
            field="currency",
        ) from None
    if decimals > MONEY["decimal_places"]:
        raise ResellerRefused(
            _("The books keep at most %(decimals)s decimals, and %(currency)s has more. Choose another currency.")
            % {"decimals": MONEY["decimal_places"], "currency": currency},
            field="currency",
        )


def _copy_account_terms(source: Reseller, target: Reseller) -> None:
    AccountClass.objects.bulk_create(
        AccountClass(reseller=target, **{name: getattr(row, name) for name in COPIED_CLASS_FIELDS})
        for row in source.account_classes.order_by("id")
    )
