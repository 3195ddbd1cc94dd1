"""What a postpay subscription owes, and how much it may: shown on its page."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import PaymentModel
from subscriptions.contract.confirming import debt_of, limit_of
from subscriptions.contract.terms import contract_of
from subscriptions.models import Subscription


@dataclass(frozen=True, slots=True)
class Owing:
    """The current debt and the credit limit, None for none, in the subscription's currency."""

    debt: Decimal
    limit: Decimal | None


def owing_of(subscription: Subscription, today: date) -> Owing | None:
    """Return what a postpay subscription owes on `today`; None in prepay. The account's class is loaded."""
    if subscription.payment_model != PaymentModel.POSTPAY:
        return None
    return Owing(debt_of(contract_of(subscription), today), limit_of(subscription))
