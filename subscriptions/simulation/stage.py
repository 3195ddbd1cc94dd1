"""The account, plan and prices of one simulation, in a reseller of their own."""

from dataclasses import dataclass, field
from datetime import date
from uuid import uuid4

from accounts.models import Account, AccountClass, AccountType, PaymentModel, Reseller
from subscriptions.models import (
    ApplicationResource,
    ApplicationTemplate,
    DurationUnit,
    Plan,
    PlanPeriod,
    PlanPrice,
    PlanResource,
    ResourcePrice,
    ServiceTerm,
    Subscription,
)
from subscriptions.simulation.history import History
from subscriptions.simulation.plans import PlanPart

PLAN = "Simulation"


@dataclass
class Stage:
    """The account, plan and prices of one simulation, and what came of its events so far."""

    story: History
    account: Account
    plan: Plan
    period: PlanPeriod
    resources: dict[str, PlanResource]
    subscriptions: dict[str, Subscription] = field(default_factory=dict)
    refused: list[dict[str, str]] = field(default_factory=list)
    # Messages written so far, by id: the day on which each was.
    told_on: dict[int, date] = field(default_factory=dict)


def set_up(story: History) -> Stage:
    """Make the account, plan and prices of the history, in a reseller of their own."""
    first_day = min((event.day for event in story.events), default=story.until)
    operator = Reseller.objects.filter(parent=None).first()
    reseller = Reseller.objects.create(
        parent=operator, name=f"Simulation {uuid4()}", currency=story.currency, email="simulation@localhost"
    )
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
    plan = _plan(story, reseller)
    period = PlanPeriod.objects.create(
        plan=plan,
        endless=story.months is None,
        duration=story.months,
        unit="" if story.months is None else DurationUnit.MONTH,
        trial=story.trial,
    )
    if story.plan.part:
        _price_plan(period, story.plan.part, first_day)
    return Stage(story, account, plan, period, _priced(story, plan, first_day))


def _price_plan(period: PlanPeriod, part: PlanPart, day: date) -> None:
    """Keep what the plan costs itself."""
    fees = {str(name): fee for name, fee in part.fees.items()}
    PlanPrice.objects.create(period=period, valid_from=day, entered_on=day, **fees)


def _plan(story: History, reseller: Reseller) -> Plan:
    timers = story.service_term
    term = ServiceTerm.objects.create(
        reseller=reseller,
        name="Simulation",
        key="simulation",
        billing_day=story.billing_day,
        grace_period=timers.grace_days,
        stop_period=timers.stop_days,
        auto_renew_point=timers.renew_point,
        manual_renew_point=timers.manual_renew_point,
    )
    template = ApplicationTemplate.objects.create(reseller=reseller, name="Simulation")
    return Plan.objects.create(
        reseller=reseller,
        name=PLAN,
        template=template,
        service_term=term,
        billing_type=story.plan.billing_type,
        currency=story.currency,
        fixed_price=story.fixed_price,
    )


def _priced(story: History, plan: Plan, day: date) -> dict[str, PlanResource]:
    resources = {}
    for position, (key, priced) in enumerate(story.plan.resources.items()):
        sold = ApplicationResource.objects.create(template=plan.template, key=key, name=key)
        resources[key] = PlanResource.objects.create(
            plan=plan,
            resource=sold,
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
