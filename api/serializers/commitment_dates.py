"""The shape of a date of the calendar, with what its vendor told of the commitment that it belongs to."""

from api.serializers.related import ACCOUNT, PLAN
from api.serializers.shape import Shape, choice, computed, flag, integer, moment, one, text
from api.serializers.subscriptions import SUBSCRIPTION
from subscriptions.contract.next_terms import day_of
from subscriptions.models import CommitmentState, DateKind

COMMITMENT_DATE = Shape(
    "commitment_dates",
    {
        "kind": choice("kind", DateKind.values),
        "at": moment("at"),
        "day": computed(
            lambda row: day_of(row).isoformat(),
            {"type": "string", "format": "date", "description": "Of the end of a term: the first day after it."},
        ),
        "units": integer("units"),
        "subscription_id": integer("subscription_id"),
        "account_id": integer("account_id"),
        "reseller_id": integer("reseller_id"),
        "resource": text("commitment__resource"),
        "item": text("commitment__item"),
        "state": choice("commitment__state", CommitmentState.values),
        "quantity": integer("commitment__quantity"),
        "term": text("commitment__term"),
        "billing_plan": text("commitment__billing_plan"),
        "is_trial": flag("commitment__is_trial"),
        "seen_at": moment("commitment__seen_at"),
    },
    relations={
        "account": one(ACCOUNT, "account"),
        "subscription": one(SUBSCRIPTION, "subscription"),
        "plan": one(PLAN, "subscription.plan"),
    },
)
