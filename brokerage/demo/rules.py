"""A price that follows its net cost in the demo: South says how, and then the operator asks more from next month on."""

from decimal import Decimal

from accounts.actors import Actor
from accounts.models import Role
from brokerage.demo import cast
from brokerage.demo.amounts import Days
from subscriptions.catalogue.markups import Markup, set_markup
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.models import Plan

# Of an hour of support, which costs 40.00 until then.
ASKED_NEXT = Decimal("42.50")
# 48.00 as before, then 51.00.
MARKUP = Markup(percent=Decimal(20))


def show(support: Plan, south: Actor, days: Days) -> None:
    """Let South's price of a plan handed down follow from today, and the operator's rise on the next billing day.

    Every reseller of the plan is told that its net cost changes; South's price moves by itself.
    """
    set_markup(actor=south, plan=support, markup=MARKUP, valid_from=days.today, today=days.today)
    set_price(
        actor=cast.actor(cast.OPERATOR_STAFF[Role.OWNER]),
        plan_resource=Plan.objects.get(pk=support.parent_id).resources.get(),
        fees=Fees(recurring_fee=ASKED_NEXT),
        valid_from=days.billed_next,
        today=days.today,
    )
