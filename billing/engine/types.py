"""All billing types: the one table of them."""

from __future__ import annotations

from billing.engine.csp_annual import CspAnnual
from billing.engine.csp_monthly.rules import CspMonthly
from billing.engine.discounting import DiscountedMetered, discounted
from billing.engine.gsuite import GSuite
from billing.engine.non_refund import NonRefund
from billing.engine.pay_in_full import PayInFull
from billing.engine.payg_external import PaygExternal
from billing.engine.payg_internal import PaygInternal
from billing.engine.postpay import MeteredPostpay, Postpay
from billing.engine.reservation import Reservation
from billing.engine.rules import Keeps, Rules, Told
from billing.engine.trial import Trial

_ALL: tuple[Rules, ...] = (
    CspMonthly(),
    CspAnnual(),
    Reservation(),
    PayInFull(),
    NonRefund(),
    GSuite(),
    PaygInternal(),
    PaygExternal(),
)
TYPES: dict[str, Rules] = {rules.key: discounted(rules) for rules in _ALL}
_TRIALS: dict[str, Rules] = {key: Trial(rules) for key, rules in TYPES.items()}
# The types that can be paid for afterwards.
POSTPAY: dict[str, Postpay] = {
    rules.key: rules
    for rules in (
        Postpay(discounted(CspMonthly()), current_only=True),
        Postpay(discounted(CspAnnual())),
        Postpay(discounted(Reservation())),
        MeteredPostpay(DiscountedMetered(PaygInternal())),
        MeteredPostpay(DiscountedMetered(PaygExternal()), current_only=True),
    )
}

# What a history means that names none.
FIRST = _ALL[0].key


class UnknownBillingType(LookupError):
    """No module has the rules of this billing type: nothing can be charged by it."""


def is_by_cost(billing_type: str) -> bool:
    """Return whether this type charges what a vendor takes, and has no prices of units; False for a type not known."""
    # Asked of thousands in a night: a protocol's `isinstance` looks at every member.
    return getattr(TYPES.get(billing_type), "told", None) is Told.COST


def is_by_use(billing_type: str) -> bool:
    """Return whether a price of this type is that of a unit and hour that was used; False for a type not known."""
    return billing_type in TYPES and TYPES[billing_type].keeps is Keeps.WHAT_WAS_USED


def rules_of(billing_type: str, *, trial: bool = False, postpay: bool = False) -> Rules:
    """Return the rules of a billing type, of a trial of it, or of it in postpay.

    Raises UnknownBillingType, for nothing is charged by rules of another.
    """
    try:
        if trial:
            return _TRIALS[billing_type]
        return POSTPAY[billing_type] if postpay else TYPES[billing_type]
    except KeyError:
        raise UnknownBillingType(f"no rules of the billing type {billing_type!r}; known: {', '.join(TYPES)}") from None
