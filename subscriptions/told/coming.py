"""The term that would follow the present one: its days, and what its beginning costs. Nothing is written."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.period import Period
from subscriptions.contract.renewing import term_of_renewal
from subscriptions.contract.terms import contract_of
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
    expires = subscription.expiration_date
    if expires is None or (subscription.status == SubscriptionStatus.STOPPED and today < expires):
        return None
    contract = contract_of(subscription, today)
    term = term_of_renewal(contract, today)
    lines = contract.rules.renew(contract.renewal_terms, contract.chargeable, term.start, today).add
    return Coming(term, contract.rules.renewal_due(lines, today))
