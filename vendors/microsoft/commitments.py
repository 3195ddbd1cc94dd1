"""Subscriptions of the new commerce as commitments: terms, windows and ends, read from what Microsoft tells."""

from collections.abc import Sequence
from datetime import date, timedelta

from vendors.base import Connection, Service
from vendors.commitments import AtEnd, Commitment, HoldsCommitments, NextTerm, Returnable, State
from vendors.microsoft.partner_center import Members
from vendors.microsoft.plugin import partner_center_of
from vendors.microsoft.shapes import moment_of
from vendors.microsoft.subscriptions import (
    CANCEL,
    EXTEND,
    FOR_EVER,
    RENEW,
    is_new_commerce,
    known_subscription,
    scheduled_action,
    subscription_ids,
)

_ENDS = {RENEW.casefold(): AtEnd.RENEWS, CANCEL.casefold(): AtEnd.ENDS, EXTEND.casefold(): AtEnd.EXTENDS}
_STATES = {"active": State.ACTIVE, "suspended": State.SUSPENDED}
# What comes after the term of what is not in use, whatever is planned.
_AT_REST = {State.SUSPENDED: AtEnd.ENDS, State.ENDED: None}


class MicrosoftCommitments(HoldsCommitments):
    """Commitments of the subscriptions that a Microsoft service has."""

    def commitments(self, connection: Connection, service: Service) -> Sequence[Commitment]:
        """Return each subscription of the new commerce; one that Microsoft no longer knows has ended."""
        partner_center = partner_center_of(connection)
        customer_id = service.vendor_ids.get("customer_id", "")
        found = []
        with partner_center.telling_what_is_gone(customer_id):
            for key, subscription_id in subscription_ids(service).items():
                told = known_subscription(partner_center, customer_id, subscription_id)
                if told is None:
                    found.append(Commitment(key, subscription_id, "", State.ENDED, 0))
                elif is_new_commerce(told):
                    found.append(commitment_of(key, told))
        return tuple(found)


def commitment_of(key: str, told: Members) -> Commitment:
    """Return a subscription of the new commerce as Microsoft tells it.

    A suspended one keeps its automatic renewal as a member and is not renewed: it is disabled at the end of its term,
    and does not come back ("Subscription lifecycle"; microsoft-2026.md, section 3).
    """
    state = _STATES.get(str(told.get("status") or "").casefold(), State.ENDED)
    refundable = told.get("refundableQuantity") or Members()
    batches = [
        (int(row["quantity"]), moment_of(row["allowedUntilDateTime"])) for row in refundable.get("details") or ()
    ]
    action = scheduled_action(told)
    return Commitment(
        resource=key,
        vendor_id=str(told["id"]),
        item=str(told.get("offerId") or ""),
        state=state,
        quantity=int(told["quantity"]),
        term=str(told.get("termDuration") or ""),
        billing_plan=str(told.get("billingCycle") or ""),
        ends_on=first_day_after(told),
        cancel_until=moment_of(told.get("cancellationAllowedUntilDate")),
        returnable=tuple(Returnable(quantity, until) for quantity, until in batches if until is not None),
        at_end=_AT_REST[state] if state in _AT_REST else planned_end(told),
        next_term=_next_term(told, action) if state is State.ACTIVE else None,
        is_trial=bool(told.get("isTrial")),
    )


def first_day_after(told: Members) -> date | None:
    """Return the first day after the term, whose last day Microsoft names inclusively; None where there is no end."""
    until = moment_of(told.get("commitmentEndDate"))
    return None if until is None or until.year >= FOR_EVER else until.date() + timedelta(days=1)


def planned_end(told: Members) -> AtEnd:
    """Return what is planned for the end: what is scheduled, else automatic renewal, else the extended term."""
    planned = _ENDS.get(str((scheduled_action(told) or Members()).get("actionType") or "").casefold())
    if planned is not None:
        return planned
    return AtEnd.RENEWS if told.get("autoRenewEnabled") else AtEnd.EXTENDS


def _next_term(told: Members, action: Members | None) -> NextTerm | None:
    """Return what a renewal is to bring; scheduled actions win over instructions."""
    planned = (action or Members()).get("instructions") or told.get("scheduledNextTermInstructions")
    if not planned:
        return None
    product = planned.get("product") or Members()
    parts = [str(product.get(name) or "") for name in ("productId", "skuId")]
    return NextTerm(
        quantity=int(planned.get("quantity") or told["quantity"]),
        item=":".join(parts) if all(parts) else "",
        term=str(product.get("termDuration") or ""),
        billing_plan=str(product.get("billingCycle") or ""),
    )
