"""Plans: made in one verb from the three steps of the wizard; their texts, periods and prices."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Reseller
from billing.engine.rules import Rules
from billing.engine.types import TYPES, rules_of
from core.cleaning import clean_text
from core.errors import Refusals, Refused
from subscriptions.catalogue.following import followed
from subscriptions.catalogue.prices import (
    Fees,
    PlanFees,
    append,
    append_plan_price,
    check_fee,
    check_plan_fees,
    refuse_uncharged,
)
from subscriptions.catalogue.reach import NameTaken, checked_name, require_reseller
from subscriptions.models import (
    ApplicationResource,
    ApplicationTemplate,
    BillingType,
    DurationUnit,
    Plan,
    PlanCategory,
    PlanPeriod,
    PlanResource,
    Product,
    ServiceTerm,
    TemplateStatus,
)
from subscriptions.models.plan import MOST_UNITS
from subscriptions.queries import service_terms_for

NO_FEES = PlanFees()
MONTHS = {DurationUnit.MONTH: 1, DurationUnit.YEAR: 12}
# What stands in a plan's pattern of subscriptions' names for what is known when one is ordered (ordering._named).
PLACEHOLDER = re.compile(r"\{\{[^{}]*\}\}")
PLACEHOLDERS = ("{{plan.id}}", "{{plan.name}}", "{{account.name}}", "{{subscription.id}}")
# What running subscriptions hang on.
STAYS = ("template", "service_term", "billing_type")


class PlanNotAllowed(Refused):
    """Something of a plan does not fit; `field` names it, that of a resource "resources.<key>.<field>"."""

    code = "plan_not_allowed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Information:
    """The first step of the wizard: what the plan is."""

    name: str
    template: ApplicationTemplate
    service_term: ServiceTerm
    sku: str = ""
    category: PlanCategory | None = None
    product: Product | None = None
    description: str = ""
    billing_type: str = BillingType.CSP_MONTHLY
    public: bool = True
    singleton: bool = False
    fixed_price: bool = False
    subscription_name_template: str = "{{plan.name}}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The second step: a resource of the template, how many units may be had, and their prices."""

    resource: ApplicationResource
    fees: Fees
    name: str = ""
    included: int = 0
    minimum: int = 0
    limit: int | None = None
    measurable: bool = True
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lasting:
    """The third step: for how long the plan is bought."""

    endless: bool = False
    duration: int | None = None
    unit: str = ""
    trial: bool = False


@transaction.atomic
def create_plan(
    *,
    actor: Actor,
    reseller: Reseller,
    information: Information,
    resources: Sequence[Offered],
    periods: Sequence[Lasting],
    today: date,
    plan_fees: PlanFees = NO_FEES,
) -> Plan:
    """Create an active plan in the reseller's currency, its prices valid from today; `plan_fees` for each period.

    Raises Forbidden, NameMissing, NameTaken, PlanNotAllowed, PriceNotAllowed.
    """
    require_reseller(actor, reseller, "plans.change")
    refusals, rules = Refusals(), TYPES.get(information.billing_type)
    _check_information(reseller, information, refusals)
    _check_resources(information.template, resources, rules, refusals)
    with refusals.gathered():
        _check_periods(periods, rules)
    if rules is not None:
        check_plan_fees(rules, plan_fees, refusals, prefix="plan.")
    refusals.raise_any()
    plan = Plan.objects.create(
        reseller=reseller,
        currency=reseller.currency,
        **{name: getattr(information, name) for name in Information.__dataclass_fields__},
    )
    for period in PlanPeriod.objects.bulk_create(PlanPeriod(plan=plan, **asdict(period)) for period in periods):
        _charge_for(actor, period, plan_fees, today)
    for position, offered in enumerate(resources):
        append(actor, _sold(plan, offered, position), offered.fees, today, today, net_cost=None)
    return plan


def _sold(plan: Plan, offered: Offered, position: int) -> PlanResource:
    return PlanResource.objects.create(
        plan=plan,
        resource=offered.resource,
        name=offered.name or offered.resource.name,
        position=position,
        included=offered.included,
        minimum=offered.minimum,
        limit=offered.limit,
        measurable=offered.measurable,
        public=offered.public,
    )


def _charge_for(actor: Actor, period: PlanPeriod, fees: PlanFees, today: date) -> None:
    """Keep what the plan costs itself for a new period; a trial costs nothing."""
    if fees and not period.trial:
        append_plan_price(actor, period, fees, today, today)


@transaction.atomic
def change_plan(*, actor: Actor, plan: Plan, information: Information) -> Plan:
    """Change what a plan says and whom it is shown to. Template, service terms and billing type stay.

    Fixed price applies to what is ordered from now on. Raises Forbidden, NameMissing, NameTaken, PlanNotAllowed.
    """
    require_reseller(actor, plan.reseller, "plans.change")
    refusals = Refusals()
    if information.template != plan.template or information.service_term != plan.service_term:
        sentence = _("A plan keeps its template and service terms. Create another plan for others.")
        refusals.add(PlanNotAllowed(sentence, field="template"))
    _check_texts(plan.reseller, information, refusals, but=plan)
    refusals.raise_any()
    changing = [name for name in Information.__dataclass_fields__ if name not in STAYS]
    for name in changing:
        setattr(plan, name, getattr(information, name))
    plan.save(update_fields=changing)
    return plan


@transaction.atomic
def add_period(*, actor: Actor, plan: Plan, period: Lasting, today: date, plan_fees: PlanFees = NO_FEES) -> PlanPeriod:
    """Sell the plan for one period more, for fees of its own. Raises Forbidden, PlanNotAllowed, PriceNotAllowed."""
    require_reseller(actor, plan.reseller, "plans.change")
    refusals = Refusals()
    with refusals.gathered():
        _check_periods([period], rules_of(plan.billing_type))
    check_plan_fees(rules_of(plan.billing_type), plan_fees, refusals, prefix="plan.", trial=period.trial)
    refusals.raise_any()
    same = PlanPeriod.objects.filter(plan=plan, active=True, **asdict(period))
    if same.exists():
        raise PlanNotAllowed(_("The plan is sold for this period already."), field="periods")
    # Where resellers below sell the same period, what they pay is what is asked for the newest from now on.
    below = list(PlanPeriod.objects.filter(plan__parent=plan).values_list("pk", flat=True))
    with followed([], below, since=today, today=today, whole=True):
        added = PlanPeriod.objects.create(plan=plan, **asdict(period))
        _charge_for(actor, added, plan_fees, today)
        with followed([], [added.pk], since=today, today=today, whole=True):
            pass  # a markup rule of the plan makes its fees
    return added


@transaction.atomic
def withdraw_period(*, actor: Actor, period: PlanPeriod) -> PlanPeriod:
    """Sell the plan for this period no more; running subscriptions stay. Raises Forbidden, PlanNotAllowed."""
    require_reseller(actor, period.plan.reseller, "plans.change")
    may_withdraw(period, PlanPeriod.objects.filter(plan=period.plan_id, active=True))
    period.active = False
    period.save(update_fields=["active"])
    return period


def may_withdraw(period: PlanPeriod, sold: Iterable[PlanPeriod]) -> None:
    """Raise PlanNotAllowed where no other of the periods that the plan is sold for would be left."""
    if not any(other.pk != period.pk for other in sold):
        raise PlanNotAllowed(_("A plan needs a period: add another one first."), field="periods")


def _check_information(reseller: Reseller, information: Information, refusals: Refusals) -> None:
    template, term = information.template, information.service_term
    if template.reseller_id != reseller.pk or template.status != TemplateStatus.ACTIVE:
        sentence = _("Choose an active application template of this reseller.")
        refusals.add(PlanNotAllowed(sentence, field="template"))
    elif template.connection is not None and not template.connection.usable:
        sentence = _("The template's vendor connection is not granted. Grant it on the connection's page first.")
        refusals.add(PlanNotAllowed(sentence, field="template"))
    if not service_terms_for(reseller).filter(pk=term.pk).exists():
        sentence = _("Choose service terms of this reseller or of one above it.")
        refusals.add(PlanNotAllowed(sentence, field="service_term"))
    rules = TYPES.get(information.billing_type)
    if rules is None:
        refusals.add(PlanNotAllowed(_("Choose one of the billing types."), field="billing_type"))
    elif rules.allows.billing_day is not None and term.billing_day != rules.allows.billing_day:
        sentence = _("This billing type needs service terms with the billing day %(day)s.") % {
            "day": rules.allows.billing_day
        }
        refusals.add(PlanNotAllowed(sentence, field="service_term"))
    _check_texts(reseller, information, refusals, but=None)


def _check_texts(reseller: Reseller, information: Information, refusals: Refusals, *, but: Plan | None) -> None:
    with refusals.gathered():
        checked_name(information.name)
    _look_at_template(information.subscription_name_template, refusals)
    others = Plan.objects.filter(reseller=reseller).exclude(pk=but.pk if but else None)
    if information.sku and others.filter(sku=information.sku).exists():
        refusals.add(NameTaken(_("Another plan has this SKU. Choose another."), field="sku"))
    for field in ("category", "product"):
        chosen = getattr(information, field)
        if chosen is not None and chosen.reseller_id not in (
            reseller.pk,
            but and but.parent and but.parent.reseller_id,
        ):
            refusals.add(PlanNotAllowed(_("Choose one of this reseller."), field=field))


def _look_at_template(template: str, refusals: Refusals) -> None:
    """Refuse a pattern of subscriptions' names with a placeholder that nothing fills, or with nothing in it."""
    unknown = [one for one in PLACEHOLDER.findall(template) if one not in PLACEHOLDERS]
    rest = PLACEHOLDER.sub("", template)
    if unknown or "{{" in rest or "}}" in rest or not clean_text(template):
        sentence = _("A name is made of text and of these: %(known)s. Correct: %(wrong)s.") % {
            "known": ", ".join(PLACEHOLDERS),
            "wrong": ", ".join(unknown) or template or "—",
        }
        refusals.add(PlanNotAllowed(sentence, field="subscription_name_template"))


def _check_resources(
    template: ApplicationTemplate, resources: Sequence[Offered], rules: Rules | None, refusals: Refusals
) -> None:
    if not resources:
        refusals.add(PlanNotAllowed(_("A plan needs at least one resource."), field="resources"))
    if len({offered.resource.pk for offered in resources}) < len(resources):
        refusals.add(PlanNotAllowed(_("A resource is named twice."), field="resources"))
    for offered in resources:
        field = f"resources.{offered.resource.key}"
        if offered.resource.template_id != template.pk:
            refusals.add(PlanNotAllowed(_("Choose resources of the plan's template."), field=field))
        for name in ("included", "minimum", "limit"):
            units = getattr(offered, name)
            if units is not None and not 0 <= units <= MOST_UNITS:
                sentence = _("Enter a number of units from 0 to %(most)s.") % {"most": MOST_UNITS}
                refusals.add(PlanNotAllowed(sentence, field=f"{field}.{name}"))
        if offered.limit is not None and offered.limit < max(offered.minimum, offered.included):
            sentence = _("The limit is below what is included or demanded.")
            refusals.add(PlanNotAllowed(sentence, field=f"{field}.limit"))
        if rules is not None and not rules.allows.included and (offered.included or offered.minimum):
            sentence = _("This billing type charges what is used: nothing is included or demanded. Enter 0.")
            refusals.add(PlanNotAllowed(sentence, field=f"{field}.included"))
        for name, fee in asdict(offered.fees).items():
            with refusals.gathered():
                check_fee(fee, f"{field}.{name}")
                if rules is not None:
                    refuse_uncharged(rules, name, fee, f"{field}.{name}")


def _check_periods(periods: Sequence[Lasting], rules: Rules | None) -> None:
    """A period lasts months or years, or has no end: as the billing type, where it is known, allows."""
    if not periods:
        raise PlanNotAllowed(_("A plan needs at least one period."), field="periods")
    if len(set(periods)) < len(periods):
        raise PlanNotAllowed(_("A period is named twice."), field="periods")
    for period in periods:
        if rules is not None and not (rules.allows.endless if period.endless else rules.allows.longest):
            sentence = (
                _("This billing type needs an end: choose a number of months or years.")
                if period.endless
                else _("With this billing type a plan is endless.")
            )
            raise PlanNotAllowed(sentence, field="periods")
        if period.endless and period.duration is None and not period.unit:
            continue
        if period.endless or period.unit not in (DurationUnit.MONTH, DurationUnit.YEAR):
            raise PlanNotAllowed(_("A period is endless, or a number of months or years."), field="periods")
        if not period.duration or not 1 <= period.duration <= 120:
            raise PlanNotAllowed(_("A period lasts from 1 to 120 months or years."), field="periods")
        shortest = rules.allows.shortest if rules is not None else 1
        if period.duration * MONTHS[period.unit] < shortest:
            raise PlanNotAllowed(
                _("With this billing type a period lasts at least %(months)s months.") % {"months": shortest},
                field="periods",
            )
        longest = rules.allows.longest if rules is not None else None
        if longest is not None and period.duration * MONTHS[period.unit] > longest:
            raise PlanNotAllowed(
                _("With this billing type a period lasts at most %(months)s months.") % {"months": longest},
                field="periods",
            )
