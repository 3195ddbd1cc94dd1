"""Making and changing taxes (billing-types.md 9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AccountType, Reseller
from accounts.queries import account_types_for
from billing.models import Tax
from core.errors import Refusals, Refused
from subscriptions.catalogue.reach import checked_name, refuse_no_days, refuse_others, require_reseller
from subscriptions.models import Plan, PlanResource

HUNDRED = Decimal(100)
COLUMNS = ("name", "percent", "inclusive", "valid_from", "valid_until")
LISTS = ("account_types", "plans", "resources")


class TaxNotAllowed(Refused):
    """The tax says something that cannot be; the field is named."""

    code = "tax_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Levied:
    """What a tax is on, and how much of it in percent; an empty list means all."""

    name: str
    percent: Decimal
    valid_from: date
    valid_until: date | None = None
    inclusive: bool = False
    account_types: Sequence[AccountType] = ()
    plans: Sequence[Plan] = ()
    resources: Sequence[PlanResource] = ()


@transaction.atomic
def create_tax(*, actor: Actor, reseller: Reseller, levied: Levied) -> Tax:
    """Create a tax on what the reseller sells. Raises Forbidden, NameMissing, TaxNotAllowed."""
    require_reseller(actor, reseller, "taxes.change")
    return _kept(Tax(reseller=reseller), levied)


@transaction.atomic
def change_tax(*, actor: Actor, tax: Tax, levied: Levied) -> Tax:
    """Change a tax: on documents that are made from now on. Raises Forbidden, NameMissing, TaxNotAllowed."""
    require_reseller(actor, tax.reseller, "taxes.change")
    return _kept(tax, levied)


def _kept(row: Tax, levied: Levied) -> Tax:
    refusals = Refusals()
    for column in COLUMNS:
        setattr(row, column, getattr(levied, column))
    with refusals.gathered():
        row.name = checked_name(levied.name)
    if not 0 <= levied.percent <= HUNDRED:
        refusals.add(TaxNotAllowed(_("Enter a percentage from 0 to 100."), field="percent"))
    refuse_no_days(refusals, TaxNotAllowed, levied.valid_from, levied.valid_until)
    own = {
        "account_types": account_types_for(row.reseller),
        "plans": Plan.objects.filter(reseller=row.reseller_id),
        "resources": PlanResource.objects.filter(plan__reseller=row.reseller_id),
    }
    refuse_others(refusals, TaxNotAllowed, {name: getattr(levied, name) for name in LISTS}, own)
    refusals.raise_any()
    row.save()
    for name in LISTS:
        getattr(row, name).set(getattr(levied, name))
    return row
