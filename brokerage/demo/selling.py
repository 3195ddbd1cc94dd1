"""How the demo sells what a vendor has: a connection that works, a plan over a template, a customer who buys."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from accounts.models import Account, Role
from brokerage.demo.cast import CUSTOMERS, OPERATOR_STAFF, actor, actor_in
from subscriptions.catalogue.plans import Information, Lasting, Offered, create_plan
from subscriptions.catalogue.prices import Fees
from subscriptions.models import ApplicationTemplate, Plan, ServiceTerm, Subscription
from subscriptions.people.ordering import place_order
from subscriptions.people.paying import pay_order_from_balance
from subscriptions.workers.provisioning import carry_out
from vendors.connections import add_connection, change_connection, check_connection
from vendors.models import VendorConnection, VendorOperation


def connected(plugin: str, name: str, values: Mapping[str, str], *, now: datetime) -> VendorConnection:
    """Create the connection by the operator's administrator, or take the one of that name; its access is checked."""
    admin = actor(OPERATOR_STAFF[Role.ADMIN])
    known = VendorConnection.objects.filter(plugin=plugin, name=name).first() or add_connection(
        actor=admin, reseller=admin.reseller, plugin=plugin, name=name, values=values
    )
    return check_connection(actor=admin, connection=known, now=now)


def lead(connections: Iterable[VendorConnection], there: Mapping[str, str]) -> None:
    """Lead connections to where their pretend vendor answers now."""
    admin = actor(OPERATOR_STAFF[Role.ADMIN])
    for known in connections:
        values = {**known.settings, **there}
        change_connection(actor=admin, connection=known, name=known.name, values=values)


def plan_of(
    template: ApplicationTemplate,
    price: Decimal,
    *,
    day: date,
    periods: Sequence[Lasting],
    term: ServiceTerm | None = None,
    minimum: int = 1,
    limit: int | None = None,
    **information: Any,
) -> Plan:
    """Make a plan over the template's one resource, by its owner; `information` is the rest of the wizard's first step.

    Billed by the month from the first unless `term` says otherwise; called like the template unless told `name`.
    """
    owner = actor(OPERATOR_STAFF[Role.OWNER])
    known = {"name": template.name, "subscription_name_template": "{{plan.name}}: {{account.name}}", **information}
    service_term = term or ServiceTerm.objects.get(reseller=owner.reseller, key="monthly-1")
    offered = Offered(
        resource=template.resources.get(), fees=Fees(recurring_fee=price), minimum=minimum, limit=limit
    )  # fmt: skip
    return create_plan(
        actor=owner,
        reseller=owner.reseller,
        information=Information(template=template, service_term=service_term, **known),
        resources=[offered],
        periods=list(periods),
        today=day,
    )


def buy(
    account: Account,
    plan: Plan,
    quantities: Mapping[str, int],
    parameters: Mapping[str, str],
    *,
    day: date,
    now: datetime,
) -> Subscription:
    """Have the account's owner order and pay from the balance, and the worker begin it; return what came of it."""
    owner = actor_in(CUSTOMERS["owner"], account)
    order = place_order(
        actor=owner,
        account=account,
        plan=plan,
        period=plan.periods.get(),
        quantities=dict(quantities),
        parameters=dict(parameters),
        today=day,
        now=now,
    )
    pay_order_from_balance(actor=owner, order=order, today=day)
    operation = VendorOperation.objects.get(key=f"order:{order.pk}:provision")
    carry_out(operation_id=operation.pk, now=now, today=day)
    return Subscription.objects.get(pk=order.subscription_id)
