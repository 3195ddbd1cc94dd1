"""What happens at the end of a term at Microsoft: read, compared with what is wanted, and brought there.

A change within a term and a stop drop what was scheduled (microsoft-2026.md, section 3, "PATCH traps"), so it is put
back by a step of its own, which a worker that is killed in between finishes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from django.utils.translation import gettext_noop

from vendors.base import JSON, Service, Steps
from vendors.commitments import AtEnd
from vendors.errors import Rejected
from vendors.microsoft.commitments import planned_end
from vendors.microsoft.partner_center import Members, same_id
from vendors.microsoft.subscriptions import (
    CANCEL,
    EXTEND,
    RENEW,
    TERM_END,
    Subscriptions,
    is_deleted,
    is_new_commerce,
    scheduled_action,
)

NOT_PUT_BACK = gettext_noop(
    "What was arranged for the end of the term could not be put back at Microsoft: %(reason)s Arrange it again."
)
# How each is said to Microsoft (microsoft-2026.md, section 3, the table "End of term").
KINDS = {AtEnd.RENEWS: RENEW, AtEnd.ENDS: CANCEL, AtEnd.EXTENDS: EXTEND}
_PRODUCT = ("productId", "skuId", "availabilityId", "billingCycle", "termDuration", "promotionId")
# What tells the product of the next term from another.
_SAME = ("productId", "skuId", "billingCycle", "termDuration")


@dataclass(frozen=True)
class End:
    """What comes after a term: `quantity` None is as many units as there are, `product` empty the same again.

    `until` is the last day of the next term where it was chosen, in Microsoft's words. A trial ends: Microsoft would
    make it a paid one.
    """

    at_end: AtEnd
    quantity: int | None = None
    product: Mapping[str, str] = field(default_factory=dict)
    until: str = ""
    trial: bool = False

    @classmethod
    def told(cls, subscription: Members) -> Self:
        """Return what Microsoft tells of a subscription of the new commerce."""
        action = scheduled_action(subscription) or Members()
        planned = action.get("instructions") or subscription.get("scheduledNextTermInstructions") or Members()
        told = planned.get("product") or Members()
        product = {name: str(told.get(name)) for name in _PRODUCT if told.get(name)}
        own = _own_product(subscription)
        quantity = int(planned.get("quantity") or subscription["quantity"])
        return cls(
            planned_end(subscription),
            None if quantity == int(subscription["quantity"]) else quantity,
            {} if all(same_id(product.get(name, own[name]), own[name]) for name in _SAME if name in own) else product,
            str(planned.get("customTermEndDate") or ""),
            bool(subscription.get("isTrial")),
        )

    @classmethod
    def kept(cls, kept: Mapping[str, Any]) -> Self:
        """Return what a step has kept as `json`."""
        return cls(AtEnd(kept["at_end"]), kept["quantity"], kept["product"], kept["until"], kept["trial"])

    def turned(self, at_end: AtEnd) -> Self:
        """Return another end: what is renewed keeps what was arranged for the next term; a trial ends."""
        chosen = AtEnd.ENDS if self.trial else at_end
        return replace(self, at_end=chosen) if chosen is AtEnd.RENEWS else type(self)(chosen)

    @property
    def json(self) -> JSON:
        """The same as a step keeps it."""
        return {
            "at_end": self.at_end.value,
            "quantity": self.quantity,
            "product": dict(self.product),
            "until": self.until,
            "trial": self.trial,
        }

    def change(self, subscription: Members) -> JSON:
        """Return the members of a subscription that bring it to this end."""
        action: JSON = {"scheduleType": TERM_END, "actionType": KINDS[self.at_end]}
        if self.at_end is AtEnd.RENEWS and (self.quantity or self.product or self.until):
            action["instructions"] = {
                "product": dict(self.product) or _own_product(subscription),
                "quantity": self.quantity or int(subscription["quantity"]),
                "customTermEndDate": self.until or None,
            }
        renews = self.at_end is AtEnd.RENEWS
        return {"autoRenewEnabled": renews, "scheduledActions": [action], "scheduledNextTermInstructions": None}

    def is_of(self, subscription: Members) -> bool:
        """Return whether a subscription comes to this end, or has ended already.

        An extended term has to be asked for by its name: without, Microsoft only falls back to it.
        """
        if is_deleted(subscription):
            return True
        found, units = End.told(subscription), int(subscription["quantity"])
        named = self.at_end is not AtEnd.EXTENDS or scheduled_action(subscription) is not None
        fits = found.at_end is self.at_end and bool(subscription.get("autoRenewEnabled")) == (
            found.at_end is AtEnd.RENEWS
        )
        if self.at_end is not AtEnd.RENEWS:
            return fits and named
        product = all(same_id(self.product.get(name, ""), found.product.get(name, "")) for name in _SAME)
        as_many = (self.quantity or units) == (found.quantity or units)
        return fits and as_many and product and self.until in ("", found.until)


def _own_product(subscription: Members) -> JSON:
    """Return what the subscription is sold as now (product:sku:availability), for a renewal of the same."""
    names = dict(zip(("productId", "skuId", "availabilityId"), str(subscription["offerId"]).split(":"), strict=False))
    plan = {name: str(subscription.get(name) or "") for name in ("billingCycle", "termDuration")}
    return {name: value for name, value in (names | plan).items() if value}


def remember(subscriptions: Subscriptions, key: str, steps: Steps) -> End | None:
    """Keep what is scheduled now, before a change drops it; None for what has no such end."""

    def read(_request_id: str) -> JSON:
        told = subscriptions.read(key)
        return {} if is_deleted(told) or not is_new_commerce(told) else {"end": End.told(told).json}

    kept = steps.once(f"end-before:{key}", send=read, find=lambda: None, visible_after=timedelta(0)).get("end")
    return None if kept is None else End.kept(kept)


def put_back(subscriptions: Subscriptions, key: str, before: End | None, service: Service, steps: Steps) -> None:
    """Bring a subscription, after a change or an activation, to the end that the platform wants, or had before.

    What Microsoft refuses does not undo what was done before it: it is noted, and found by the nightly look.
    """
    if before is None:
        return
    try:
        bring(subscriptions, key, wanted(service, key, before), steps)
    except Rejected as refusal:
        steps.note(NOT_PUT_BACK, reason=refusal)


def wanted(service: Service, key: str, before: End) -> End:
    """Return what is to come after the term: as the platform says, in all else as it was before."""
    if not service.at_end:
        return before
    end = before.turned(AtEnd(service.at_end))
    units = service.next_units.get(key, before.quantity)
    return replace(end, quantity=units) if end.at_end is AtEnd.RENEWS else end


def is_at_end(subscription: Members, service: Service | None, key: str) -> bool:
    """Return whether a subscription comes to the end that the platform wants; so does any, where it says nothing."""
    if service is None or not service.at_end:
        return True
    return wanted(service, key, End(AtEnd.RENEWS, trial=bool(subscription.get("isTrial")))).is_of(subscription)


def arrange(subscriptions: Subscriptions, key: str, service: Service, steps: Steps) -> None:
    """Bring a subscription to the end that the platform wants: with as many units as it wants, of the same product."""
    before = remember(subscriptions, key, steps)
    if before is not None:
        bring(subscriptions, key, wanted(service, key, replace(before, quantity=None, product={})), steps)


def bring(subscriptions: Subscriptions, key: str, end: End, steps: Steps) -> None:
    """Bring a subscription to an end, by a step of its own."""
    subscriptions.patched(f"end:{key}", key, end.change, end.is_of, steps)


def arrange_bought(subscriptions: Subscriptions, key: str, at_end: AtEnd, steps: Steps) -> None:
    """Arrange what happens at the end of a term that was just bought; where it is arranged already, nothing is sent.

    A subscription of the time before the new commerce renews by itself or not, and knows no extended term.
    """
    told = subscriptions.read(key)
    if is_new_commerce(told):
        bring(subscriptions, key, End.told(told).turned(at_end), steps)
    elif at_end is not AtEnd.RENEWS or told.get("isTrial"):
        subscriptions.stop_renewing(key, steps)


def has_end(subscription: Members, at_end: AtEnd) -> bool:
    """Return whether what is arranged for the end of the term is this; of what Microsoft has deleted, anything is."""
    if is_deleted(subscription):
        return True
    if is_new_commerce(subscription):
        return End.told(subscription).turned(at_end).is_of(subscription)
    return bool(subscription.get("autoRenewEnabled")) == (at_end is AtEnd.RENEWS and not subscription.get("isTrial"))
