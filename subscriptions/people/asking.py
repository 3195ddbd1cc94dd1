"""What an order has to be asked after its first answers: the vendor may have to say (who may approve a certificate)."""

from collections.abc import Mapping
from datetime import datetime

from accounts.actors import Actor
from accounts.models import Account
from billing.queries import require_sight
from subscriptions.contract.handover import order_payload
from subscriptions.models import Plan
from subscriptions.people.quantities import checked_quantities
from vendors import questions
from vendors.base import Field


def follow_up_of_order(
    *,
    actor: Actor,
    account: Account,
    plan: Plan,
    quantities: Mapping[str, int],
    parameters: Mapping[str, str],
    now: datetime,
    **_rest: object,
) -> tuple[Field, ...]:
    """Return the vendor's questions that follow from the answers so far; it may take seconds, nothing may be locked.

    Takes what `place_order` takes. Raises Forbidden, refusals of quantities, and of the vendor, naming the answer.
    """
    actor.require("subscriptions.order")
    require_sight(actor, account.pk)
    template = plan.template
    resources = list(plan.sold)
    wanted = checked_quantities(resources, quantities)
    payload = order_payload(
        label=plan.name,
        account=account,
        template=template,
        quantities={resource.resource.key: count for resource, count in wanted.items() if count},
        answers=parameters,
    )
    return questions.follow_up(template.connection, reference=f"account:{account.pk}", payload=payload, now=now)
