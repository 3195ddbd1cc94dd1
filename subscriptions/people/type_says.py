"""What billing types let people not do, said to them with the remedy."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from billing.engine.lines import LineType
from billing.engine.rules import Deed, No
from billing.engine.types import rules_of
from core.errors import Refused
from subscriptions.contract.prices import plan_price_lists
from subscriptions.contract.terms import Contract
from subscriptions.models import Plan


class TypeForbids(Refused):
    """The billing type of the subscription lets nobody do this."""

    code = "billing_type_forbids"


class NoTransfer(Refused):
    """The plan's billing type knows no transfer from somebody else."""

    code = "no_transfer"
    field = "transfer"


WHY_NOT = {
    No.NEVER_CHANGES: _("What is used is charged here, whatever its limits: order another subscription for others."),
    No.TRIAL: _("A trial keeps its quantities: order the plan for a period that is paid for."),
    No.NOT_YET_CHARGED: _("The days before the first whole month are free: quantities can be changed from then on."),
    No.COMMITTED: _(
        "The subscription is a commitment up to its end: it is not lowered, stopped, activated, deleted or switched by "
        "hand. Other quantities come with its renewal."
    ),
    No.ENDS_AT_VENDOR: _("It is not deleted by hand, for the vendor goes on: stop it, or let its term end."),
    No.KEEPS_PLAN: _("This billing type keeps its plan: order another subscription, and delete this one."),
}


def refuse_by_type(contract: Contract, deed: Deed) -> None:
    """Raise TypeForbids where the billing type lets people not do this."""
    refused = contract.rules.refuses(deed)
    if refused is not None:
        raise TypeForbids(WHY_NOT[refused])


def takes_transfers(plan: Plan) -> bool:
    """Return whether what the plan sells may be brought over from somebody else, for a fee or for nothing."""
    return LineType.TRANSFER_FEE in rules_of(plan.billing_type).fees


def asks_of_transfer(plan: Plan, today: date) -> bool:
    """Return whether the plan takes a fee on `today` for what is brought over from somebody else, for some period."""
    if not takes_transfers(plan):
        return False
    periods = plan.periods.filter(active=True).values_list("pk", flat=True)
    lists = plan_price_lists(periods).values()
    valid = ([price for price in of_one if price.valid_from <= today][-1:] for of_one in lists)
    return any(price.transfer_fee for of_one in valid for price in of_one)


def refuse_transfer(plan: Plan) -> None:
    """Raise NoTransfer where the billing type of the plan knows no transfer."""
    if not takes_transfers(plan):
        raise NoTransfer(
            _("“%(plan)s” is never a transfer (%(type)s): order it without one.")
            % {"plan": plan, "type": plan.get_billing_type_display()}
        )
