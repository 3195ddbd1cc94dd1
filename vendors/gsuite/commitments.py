"""Annual plans as commitments: what Google tells of the term, and what is arranged for its end.

Google has no renewal with fewer seats: the plan is let become a flexible one at the end of the year, and is made annual
again, with the seats that are wanted, on that day.
"""

from vendors.base import Service
from vendors.commitments import AtEnd, Commitment, NextTerm, State
from vendors.gsuite import plans
from vendors.gsuite.plans import Told

_ENDS = {plans.STOPS: AtEnd.ENDS, plans.GOES_ON: AtEnd.EXTENDS}
BILLED = {plans.MONTHLY: "monthly", plans.YEARLY: "annual"}


def commitment_of(service: Service, told: Told) -> Commitment | None:
    """Return the commitment that a service's subscription is; None for a plan without one."""
    plan, (key,) = plans.name_of(told), service.resources
    if plan not in plans.ANNUAL:
        return None
    at_end = _ENDS.get(plans.renewal_of(told), AtEnd.RENEWS)
    following = None
    if at_end is AtEnd.EXTENDS and lowers(service, told):
        at_end, following = AtEnd.RENEWS, NextTerm(service.next_units[key])
    active = told.get("status") == "ACTIVE"
    return Commitment(
        resource=key,
        vendor_id=str(told["subscriptionId"]),
        item=str(told["skuId"]),
        state=State.ACTIVE if active else State.SUSPENDED,
        quantity=plans.seats_of(told),
        term="P1Y",
        billing_plan=BILLED[plan],
        ends_on=plans.ends_on(told),
        at_end=at_end,
        next_term=following,
    )


def ended(service: Service) -> Commitment:
    """Return the commitment of what Google no longer has."""
    (key,) = service.resources
    return Commitment(key, service.vendor_ids.get("subscription_id", ""), "", State.ENDED, 0)


def lowers(service: Service, told: Told) -> bool:
    """Return whether fewer seats are wanted with the next term than are committed to."""
    (key,) = service.resources
    wanted = service.next_units.get(key)
    return service.at_end in ("", AtEnd.RENEWS) and wanted is not None and wanted < plans.seats_of(told)


def renewal_wanted(service: Service, told: Told) -> str:
    """Return what is to be arranged for the end of a subscription's term; "" where it has none, or nobody said."""
    if not service.at_end and not service.next_units:
        return ""
    return plans.renewal(plans.name_of(told), AtEnd(service.at_end or AtEnd.RENEWS), lowers=lowers(service, told))
