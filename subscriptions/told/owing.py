"""What a postpay subscription owes, how much it may, and when it is invoiced: on its page and before a step."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from billing.engine.periods import next_billing_day
from subscriptions.contract.confirming import debt_of, limit_of
from subscriptions.contract.terms import contract_of
from subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class Owing:
    """The current debt and the credit limit, None for none, in the subscription's currency.

    `invoiced_on` is the day of the next invoice: the one after the coming billing day.
    """

    debt: Decimal
    limit: Decimal | None
    invoiced_on: date


def owing_of(subscription: Subscription, today: date) -> Owing | None:
    """Return what a postpay subscription owes on `today`; None in prepay. The account's class is loaded."""
    if not subscription.postpay:
        return None
    billed = next_billing_day(today, subscription.billing_day)
    return Owing(debt_of(contract_of(subscription), today), limit_of(subscription), billed + timedelta(days=1))
