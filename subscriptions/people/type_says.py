"""What billing types let people not do, said to them with the remedy."""

from django.utils.translation import gettext_lazy as _

from billing.engine.rules import Deed, No
from core.errors import Refused
from subscriptions.contract.terms import Contract


class TypeForbids(Refused):
    """The billing type of the subscription lets nobody do this."""

    code = "billing_type_forbids"


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
