"""The account, plans and prices of one simulation, in a reseller of their own."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from uuid import uuid4

from accounts.models import Account, AccountClass, AccountType, PaymentModel, Reseller
from billing.charging import in_minor_units
from billing.models import Tax
from subscriptions.models import (
    ApplicationResource,
    ApplicationTemplate,
    Discount,
    DiscountType,
    DurationUnit,
    Plan,
    PlanPeriod,
    PlanPrice,
    PlanResource,
    ResourcePrice,
    ServiceTerm,
    Subscription,
)
from subscriptions.simulation.documents import KINDS
from subscriptions.simulation.history import History
from subscriptions.simulation.plans import Priced, Sold

PLAN = "Simulation"


@dataclass
class Stage:
    """The account, plans and prices of one simulation, and what came of its events so far."""

    story: History
    account: Account
    # The day whose night was the last to pass.
    night_of: date
    # Of each plan by its name, "" of the one that is ordered; the resources of all of them by their keys.
    periods: dict[str, PlanPeriod] = field(default_factory=dict)
    resources: dict[str, PlanResource] = field(default_factory=dict)
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    refused: list[dict[str, str]] = field(default_factory=list)
    # Messages written so far, by id: the day on which each was.
    told_on: dict[int, date] = field(default_factory=dict)
    # What a coming billing day was told to need, by the id of the message.
    required: dict[int, Decimal] = field(default_factory=dict)
    # The resellers above the seller by their names, and their resources of the plans by name and key.
    above: dict[str, Reseller] = field(default_factory=dict)
    above_resources: dict[tuple[str, str], PlanResource] = field(default_factory=dict)

    @property
    def priced(self) -> dict[str, Priced]:
        """What the history says of the resources of all its plans."""
        return {
            key: one for sold in (self.story.plan, *self.story.plans.values()) for key, one in sold.resources.items()
        }

    def name_of(self, plan_id: int) -> str | None:
        """Return the history's name of a plan, None of the one that was ordered."""
        return next((name or None for name, period in self.periods.items() if period.plan_id == plan_id), None)


def first_day(story: History) -> date:
    """Return the day from which everything of a history holds: that of its first event."""
    return min((event.day for event in story.events), default=story.until)


def set_up(story: History) -> Stage:
    """Make the account, plans and prices of the history, in a reseller of their own."""
    starts = first_day(story)
    reseller = _reseller(story)
    account = Account.objects.create(
        reseller=reseller,
        account_type=AccountType.objects.create(reseller=reseller, name="Simulation", key="simulation"),
        account_class=AccountClass.objects.create(
            reseller=reseller,
            name="Simulation",
            key="simulation",
            credit_limit=story.account_class.credit_limit,
            pay_with_negative_balance=story.account_class.negative_allowed,
            subzero_period=story.account_class.subzero_days,
            cancel_unpaid_order_in=story.account_class.cancel_unpaid_after,
            payment_model=PaymentModel.POSTPAY if story.postpay else PaymentModel.PREPAY,
            subscription_credit_limit=story.account_class.subscription_credit_limit,
            payment_expiration_days=story.account_class.payment_expiration_days,
        ),
        name="Simulation",
        currency=story.currency,
        email="simulation@localhost",
    )
    term, template = _term(story, reseller), ApplicationTemplate.objects.create(reseller=reseller, name=PLAN)
    stage = Stage(story, account, starts - timedelta(days=1))
    for name, sold in {"": story.plan, **story.plans}.items():
        plan = Plan.objects.create(
            reseller=reseller,
            name=name or PLAN,
            template=template,
            service_term=term,
            billing_type=sold.billing_type,
            currency=story.currency,
            fixed_price=story.fixed_price,
        )
        stage.periods[name] = _period(story, plan, sold, starts, trial=story.trial and not name)
        stage.resources |= _priced(sold, plan, starts)
    _take_off(story, account, starts)
    _tax(story, reseller, starts)
    return stage


def _reseller(story: History) -> Reseller:
    operator = Reseller.objects.filter(parent=None).first()
    return Reseller.objects.create(
        parent=operator, name=f"Simulation {uuid4()}", currency=story.currency, email="simulation@localhost"
    )


def _take_off(story: History, account: Account, first_day: date) -> None:
    """Give the account the history's discount, valid throughout."""
    if story.discount is not None:
        given = Discount.objects.create(
            reseller=account.reseller,
            name="Simulation",
            type=DiscountType.ACCOUNT,
            percent=story.discount.percent,
            valid_from=first_day,
            **{f"on_{kind}": kind in story.discount.on for kind in KINDS},
        )
        given.accounts.add(account)


def _tax(story: History, reseller: Reseller, first_day: date) -> None:
    """Put the history's taxes on the resources that bear them, of all its plans; those of no resource on nothing."""
    for tax in story.taxes:
        if tax.resources is not None and not tax.resources:
            continue
        levied = Tax.objects.create(
            reseller=reseller, name=tax.name, percent=tax.rate, inclusive=tax.inclusive, valid_from=first_day
        )
        if tax.resources is not None:
            levied.resources.set(PlanResource.objects.filter(plan__reseller=reseller, resource__key__in=tax.resources))


def _term(story: History, reseller: Reseller) -> ServiceTerm:
    timers = story.service_term
    return ServiceTerm.objects.create(
        reseller=reseller,
        name=PLAN,
        key="simulation",
        billing_day=story.billing_day,
        grace_period=timers.grace_days,
        stop_period=timers.stop_days,
        auto_renew_point=timers.renew_point,
        manual_renew_point=timers.manual_renew_point,
    )


def _period(story: History, plan: Plan, sold: Sold, day: date, *, trial: bool) -> PlanPeriod:
    """Sell the plan for the history's period, at what it costs itself."""
    period = PlanPeriod.objects.create(
        plan=plan,
        endless=story.months is None,
        duration=story.months,
        unit="" if story.months is None else DurationUnit.MONTH,
        trial=trial,
    )
    if sold.part:
        fees = {str(fee): amount for fee, amount in sold.part.fees.items()}
        PlanPrice.objects.create(period=period, valid_from=day, entered_on=day, markup=sold.part.markup, **fees)
    return period


def _priced(sold: Sold, plan: Plan, day: date) -> dict[str, PlanResource]:
    resources = {}
    for position, (key, priced) in enumerate(sold.resources.items()):
        of_template = ApplicationResource.objects.create(template=plan.template, key=key, name=key)
        resources[key] = PlanResource.objects.create(
            plan=plan,
            resource=of_template,
            name=key,
            position=position,
            included=priced.included,
            minimum=priced.minimum,
            limit=priced.limit,
        )
        ResourcePrice.objects.create(
            plan_resource=resources[key],
            valid_from=day,
            entered_on=day,
            recurring_fee=priced.price,
            setup_fee=priced.setup_fee,
            renewal_fee=priced.renewal_fee,
        )
    return resources


def price_text(price: Decimal, currency: str) -> str:
    """Return a unit price with the currency's decimals, or with as many as it needs: 10.00, 0.005."""
    short = price.normalize()
    in_currency = in_minor_units(price, currency)
    return str(in_currency) if short == in_currency else f"{short:f}"
