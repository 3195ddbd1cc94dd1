"""Products, plan categories and service terms."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import AccountType, Reseller
from accounts.queries import account_types_for
from core.errors import Refusals, Refused
from subscriptions.catalogue.reach import NameTaken, checked_name, require_reseller
from subscriptions.models import PlanCategory, Product, ServiceTerm


class TermNotAllowed(Refused):
    """A timer of the service terms is out of its bounds; `field` names it."""

    code = "term_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timers:
    """The days of service terms: -1 in `manual_renew_point` means always, an empty `stop_period` never."""

    billing_day: int
    grace_period: int = 0
    stop_period: int | None = None
    auto_renew_point: int = 0
    manual_renew_point: int = -1


@transaction.atomic
def create_product(*, actor: Actor, reseller: Reseller, name: str, description: str = "") -> Product:
    """Create a product. Raises Forbidden, NameMissing, NameTaken."""
    require_reseller(actor, reseller, "products.change")
    name = checked_name(name)
    _refuse_taken(Product.objects.filter(reseller=reseller, name=name).exists())
    return Product.objects.create(reseller=reseller, name=name, description=description)


@transaction.atomic
def change_product(*, actor: Actor, product: Product, name: str, description: str) -> Product:
    """Change a product's name and description. Raises Forbidden, NameMissing, NameTaken."""
    require_reseller(actor, product.reseller, "products.change")
    name = checked_name(name)
    same = Product.objects.filter(reseller=product.reseller_id, name=name).exclude(pk=product.pk)
    _refuse_taken(same.exists())
    product.name, product.description = name, description
    product.save(update_fields=["name", "description"])
    return product


@transaction.atomic
def create_plan_category(*, actor: Actor, reseller: Reseller, name: str) -> PlanCategory:
    """Create a category of plans. Raises Forbidden, NameMissing, NameTaken."""
    require_reseller(actor, reseller, "products.change")
    name = checked_name(name)
    _refuse_taken(PlanCategory.objects.filter(reseller=reseller, name=name).exists())
    return PlanCategory.objects.create(reseller=reseller, name=name)


@transaction.atomic
def create_service_term(
    *,
    actor: Actor,
    reseller: Reseller,
    name: str,
    key: str,
    timers: Timers,
    account_types: Collection[AccountType] = (),
) -> ServiceTerm:
    """Create service terms for plans of the reseller and of those below it. No account types means all.

    Raises Forbidden, NameMissing, NameTaken, TermNotAllowed.
    """
    require_reseller(actor, reseller, "service_terms.change")
    refusals = Refusals()
    with refusals.gathered():
        name = checked_name(name)
    if ServiceTerm.objects.filter(reseller=reseller, key=key).exists():
        refusals.add(NameTaken(_("Other service terms have this key. Choose another."), field="key"))
    _check(reseller, timers, account_types, refusals)
    term = ServiceTerm.objects.create(reseller=reseller, name=name, key=key, **asdict(timers))
    term.account_types.set(account_types)
    return term


@transaction.atomic
def change_service_term(
    *, actor: Actor, term: ServiceTerm, name: str, timers: Timers, account_types: Collection[AccountType]
) -> ServiceTerm:
    """Change service terms. Running subscriptions keep the billing day of their ordering; the timers apply to all.

    Raises Forbidden, NameMissing, TermNotAllowed.
    """
    require_reseller(actor, term.reseller, "service_terms.change")
    refusals = Refusals()
    with refusals.gathered():
        term.name = checked_name(name)
    _check(term.reseller, timers, account_types, refusals)
    for field, days in asdict(timers).items():
        setattr(term, field, days)
    term.save(update_fields=["name", *asdict(timers)])
    term.account_types.set(account_types)
    return term


def _refuse_taken(taken: bool) -> None:
    if taken:
        raise NameTaken(_("There is one of this name already. Choose another name."))


def _check(reseller: Reseller, timers: Timers, account_types: Collection[AccountType], refusals: Refusals) -> None:
    """Raise all that is wrong with service terms, what was found before included."""
    _check_timers(timers, refusals)
    with refusals.gathered():
        _check_types(reseller, account_types)
    refusals.raise_any()


def _check_timers(timers: Timers, refusals: Refusals) -> None:
    if not 1 <= timers.billing_day <= 28:
        sentence = _("The billing day is a day from 1 to 28, which every month has.")
        refusals.add(TermNotAllowed(sentence, field="billing_day"))
    for field in ("grace_period", "stop_period", "auto_renew_point"):
        days = getattr(timers, field)
        if days is not None and not 0 <= days <= 3650:
            refusals.add(TermNotAllowed(_("Enter a number of days from 0 to 3650."), field=field))
    if not -1 <= timers.manual_renew_point <= 3650:
        sentence = _("Enter -1 for always, 0 for never, or a number of days before the end.")
        refusals.add(TermNotAllowed(sentence, field="manual_renew_point"))


def _check_types(reseller: Reseller, account_types: Collection[AccountType]) -> None:
    known = account_types_for(reseller).filter(pk__in=[one.pk for one in account_types]).count()
    if known != len(set(account_types)):
        raise TermNotAllowed(_("Choose account types of this reseller or of those above it."), field="account_types")
