"""Subscription rows as a list sees them, without the verbs that make them in life."""

from accounts.models import Account, Reseller
from subscriptions.models import (
    ApplicationTemplate,
    Plan,
    PlanPeriod,
    ServiceTerm,
    Subscription,
    SubscriptionStatus,
)
from tests.factories import accounts
from tests.remembering import remembered


@remembered
def plan(*, reseller: Reseller | None = None, name: str = "Office 365 Business") -> Plan:
    """Return a plan of this name with an endless period, over a template without a vendor."""
    seller = reseller or accounts.operator()
    template, _made = ApplicationTemplate.objects.get_or_create(reseller=seller, name="Billed only")
    term, _made = ServiceTerm.objects.get_or_create(
        reseller=seller, key="first", defaults={"name": "First of the month", "billing_day": 1}
    )
    made, new = Plan.objects.get_or_create(
        reseller=seller, name=name, defaults={"template": template, "service_term": term, "currency": "USD"}
    )
    if new:
        PlanPeriod.objects.create(plan=made, endless=True)
    return made


@remembered
def subscription(
    *, account: Account | None = None, plan_name: str = "Office 365 Business", **fields: object
) -> Subscription:
    """Return an active subscription of the account; every field may be given."""
    owner = account or accounts.account()
    sold = plan(reseller=owner.reseller, name=plan_name)
    defaults: dict[str, object] = {
        "account": owner,
        "reseller": owner.reseller,
        "manager": owner.manager,
        "plan": sold,
        "period": sold.periods.get(),
        "name": sold.name,
        "status": SubscriptionStatus.ACTIVE,
        "billing_type": sold.billing_type,
        "currency": owner.currency,
        "billing_day": 1,
        "fixed_price": False,
        "quantity": 5,
        "account_name": owner.name,
        "plan_name": sold.name,
        "reseller_name": owner.reseller.name,
    }
    return Subscription.objects.create(**{**defaults, **fields})
