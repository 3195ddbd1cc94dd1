"""Making and changing discounts: promo codes, of accounts, of resellers below (billing.md 1.13)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Account, AccountClass, Reseller
from core.cleaning import clean_text
from core.errors import Refusals, Refused
from subscriptions.catalogue.following import followed
from subscriptions.catalogue.reach import checked_name, refuse_no_days, refuse_others, require_reseller
from subscriptions.models import Discount, DiscountType, Plan, PlanPeriod, PlanResource

HUNDRED = Decimal(100)
# Of a code that is made up: none is taken for another.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LISTS = ("plans", "accounts", "account_classes", "resellers")
# Who has it is said by these, of each type.
WHOM = {DiscountType.ACCOUNT: ("accounts", "account_classes"), DiscountType.RESELLER: ("resellers",)}


class DiscountNotAllowed(Refused):
    """The discount says something that cannot be; the field is named."""

    code = "discount_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """What a discount grants: the columns of its row, and who and what it holds for. `percent` is of 100.

    A promo code without a `code` gets one that is made up.
    """

    name: str
    percent: Decimal
    valid_from: date
    valid_until: date | None = None
    code: str = ""
    all_plans: bool = True
    account_limit: int | None = None
    subscription_limit: int | None = None
    on_setup: bool = True
    on_renewal: bool = True
    on_recurring: bool = True
    active: bool = True
    plans: Sequence[Plan] = ()
    accounts: Sequence[Account] = ()
    account_classes: Sequence[AccountClass] = ()
    resellers: Sequence[Reseller] = ()


COLUMNS = tuple(field.name for field in fields(Granted) if field.name not in LISTS)


@transaction.atomic
def create_discount(*, actor: Actor, reseller: Reseller, type: DiscountType, granted: Granted, today: date) -> Discount:
    """Create a discount of the reseller's. Raises Forbidden, NameMissing, DiscountNotAllowed.

    What is granted to resellers below is what they pay less: prices that follow their net costs move from today on.
    """
    require_reseller(actor, reseller, "discounts.change")
    return _granted(actor, Discount(reseller=reseller, type=type), granted, (), today)


@transaction.atomic
def change_discount(*, actor: Actor, discount: Discount, granted: Granted, today: date) -> Discount:
    """Change a discount: what is charged from now on; what was charged keeps what it had, and its type stays.

    Prices that follow net costs move as when it is created. Raises Forbidden, NameMissing, DiscountNotAllowed.
    """
    require_reseller(actor, discount.reseller, "discounts.change")
    # No order takes the code meanwhile.
    locked = Discount.objects.select_for_update(no_key=True).get(pk=discount.pk)
    return _granted(actor, locked, granted, locked.resellers.all(), today)


def _granted(actor: Actor, row: Discount, granted: Granted, had: Iterable[Reseller], today: date) -> Discount:
    """Keep a discount, and have follow what net costs it changes."""
    if row.type != DiscountType.RESELLER:
        return _kept(row, granted)
    below = {one.pk for one in (*had, *granted.resellers)}
    resold, periods = (
        kind.objects.filter(plan__reseller__in=below, plan__parent__reseller=row.reseller_id).values_list(
            "pk", flat=True
        )
        for kind in (PlanResource, PlanPeriod)
    )
    with followed(list(resold), list(periods), since=today, today=today, whole=True):
        return _kept(row, granted)


def _kept(row: Discount, granted: Granted) -> Discount:
    refusals = Refusals()
    for column in COLUMNS:
        setattr(row, column, getattr(granted, column))
    with refusals.gathered():
        row.name = checked_name(granted.name)
    row.code = spelled(granted.code)
    _check(row, granted, refusals)
    refusals.raise_any()
    row.save()
    for name in LISTS:
        wanted = getattr(granted, name) if name in (*WHOM.get(DiscountType(row.type), ()), "plans") else ()
        getattr(row, name).set(() if name == "plans" and row.all_plans else wanted)
    return row


def spelled(code: str) -> str:
    """Return a promo code as it is kept: without what nobody sees, in capital letters."""
    return clean_text(code).upper()


def _check(row: Discount, granted: Granted, refusals: Refusals) -> None:
    def no(field: str, sentence: object) -> None:
        refusals.add(DiscountNotAllowed(sentence, field=field))

    if not 0 < granted.percent <= HUNDRED:
        no("percent", _("Enter a percentage above 0, up to 100."))
    refuse_no_days(refusals, DiscountNotAllowed, granted.valid_from, granted.valid_until)
    if not (granted.on_setup or granted.on_renewal or granted.on_recurring):
        no("on_recurring", _("Choose at least one fee that it is taken off."))
    if not granted.all_plans and not granted.plans:
        no("plans", _("Choose the plans that it holds for, or all plans."))
    _check_code(row, granted, no)
    _check_whom(row, granted, no)
    own = {
        "plans": Plan.objects.filter(reseller=row.reseller_id),
        "accounts": Account.objects.filter(reseller=row.reseller_id),
        "account_classes": AccountClass.objects.filter(reseller=row.reseller_id),
        "resellers": Reseller.objects.filter(parent=row.reseller_id),
    }
    refuse_others(refusals, DiscountNotAllowed, {name: getattr(granted, name) for name in LISTS}, own)


def _check_code(row: Discount, granted: Granted, no: Callable[[str, object], None]) -> None:
    if row.type != DiscountType.PROMO_CODE:
        row.code, row.account_limit, row.subscription_limit = "", None, None
        return
    if not granted.code.strip():
        row.code = get_random_string(8, LETTERS)
    # What is typed and seen by nobody leaves no code.
    if len(row.code.split()) != 1:
        no("code", _("Enter the code that customers type: letters and digits without spaces."))
    elif Discount.objects.filter(reseller=row.reseller_id, code=row.code).exclude(pk=row.pk).exists():
        no("code", _("Another discount has this code. Choose another."))


def _check_whom(row: Discount, granted: Granted, no: Callable[[str, object], None]) -> None:
    lists = WHOM.get(DiscountType(row.type), ())
    if lists and not any(getattr(granted, name) for name in lists):
        no(lists[0], _("Choose for whom it holds."))
