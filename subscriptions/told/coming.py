"""The term that would follow the present one: its days, and what its beginning costs. Nothing is written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.period import Period
from subscriptions.contract.renewing import term_of_renewal
from subscriptions.contract.terms import Contract, contract_of
from subscriptions.models import Subscription, SubscriptionStatus
from subscriptions.people.renewal import RENEWABLE


@dataclass(frozen=True, slots=True)
class Coming:
    """The term that a renewal buys, and what is due of it, in the subscription's currency."""

    term: Period
    amount: Decimal


def coming_term(subscription: Subscription, today: date) -> Coming | None:
    """Return the term that a renewal ordered today buys; None where none follows, or nothing is known of it yet."""
    if subscription.period.endless or subscription.trial or subscription.status not in RENEWABLE:
        return None
    contract = contract_of(subscription)
    stopped_ahead = subscription.status == SubscriptionStatus.STOPPED and _runs(contract, today)
    if subscription.expiration_date is None or stopped_ahead:
        return None
    term = term_of_renewal(contract, today)
    lines = contract.rules.renew(contract.renewal_terms, contract.chargeable, term.start, today).add
    return Coming(term, contract.rules.renewal_due(lines, today))


def _runs(contract: Contract, today: date) -> bool:
    expires = contract.subscription.expiration_date
    return expires is not None and today < expires
