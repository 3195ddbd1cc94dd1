"""What happens to Microsoft subscriptions after they were ordered: quantities, suspension, resumption, the end."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from vendors.base import JSON, Service, Steps
from vendors.errors import Gone, LostAnswer, Rejected
from vendors.microsoft.errors import IN_PROGRESS, SUBSCRIPTION_GONE, UNKNOWN_SUBSCRIPTION, UNREADABLE
from vendors.microsoft.partner_center import Members, PartnerCenter, require_same, same_id
from vendors.microsoft.patience import Patience
from vendors.microsoft.shapes import moment_of

ACCEPTED = 202
# What is scheduled for the end of a term (microsoft-2026.md, section 3): to end then, with no grace.
TERM_END = "TermEnd"
RENEW, CANCEL, EXTEND = "RenewToNewTerm", "Cancel", "RenewToExtendedServiceTerm"
CANCEL_AT_END = {"scheduleType": TERM_END, "actionType": CANCEL}
# Refusals of a cancellation whose window is over.
WINDOW_CLOSED = frozenset({"900117", "900213", "800019"})
SUBSCRIPTION = "subscription_id."
# The year of a date that stands for no end.
FOR_EVER = 9999


def subscription_ids(service: Service) -> dict[str, str]:
    """Return the Microsoft subscription of each resource, by resource key."""
    return {
        name.removeprefix(SUBSCRIPTION): value
        for name, value in sorted(service.vendor_ids.items())
        if name.startswith(SUBSCRIPTION) and value
    }


def known_subscription(partner_center: PartnerCenter, customer_id: str, subscription_id: str) -> Members | None:
    """Return a subscription as it is at Microsoft now; None where Microsoft does not know it any more.

    Raises Gone where it no longer knows the customer, and VendorError.
    """
    try:
        return partner_center.subscription(customer_id, subscription_id)
    except Rejected as refusal:
        if refusal.code != UNKNOWN_SUBSCRIPTION:
            raise
        partner_center.living_customer(customer_id)
        return None


class Subscriptions:
    """The subscriptions of one service, changed step by step."""

    def __init__(self, partner_center: PartnerCenter, service: Service, *, patience: Patience) -> None:
        self.partner_center = partner_center
        self.customer_id = service.vendor_ids["customer_id"]
        self.ids = subscription_ids(service)
        self.patience = patience

    def read(self, key: str) -> Members:
        """Return the subscription of a resource as it is at Microsoft now: deleted, where it is not known any more."""
        return known_subscription(self.partner_center, self.customer_id, self.ids[key]) or Members(status="deleted")

    def refuse_gone(self, keys: Iterable[str]) -> None:
        """Raise Gone where Microsoft has deleted the subscription of one of the resources."""
        if any(is_deleted(self.read(key)) for key in keys if key in self.ids):
            raise Gone(SUBSCRIPTION_GONE)

    def in_order(self, keys: Mapping[str, Any] | None = None) -> list[str]:
        """Return the resource keys, base subscriptions before the add-ons that hang on them."""
        wanted = [key for key in self.ids if keys is None or key in keys]
        return sorted(wanted, key=lambda key: (bool(self.read(key).get("parentSubscriptionId")), key))

    def set_quantity(self, key: str, quantity: int, steps: Steps) -> None:
        """Bring a subscription to a quantity. Zero suspends it, because Microsoft sells no less than one."""
        if quantity == 0:
            self.set_status(key, "suspended", steps)
            return
        # A suspended subscription's quantity cannot be changed (2001): one that was at zero is activated first.
        self.set_status(key, "active", steps)
        self.patched(
            f"quantity:{key}",
            key,
            lambda _told: {"quantity": quantity},
            lambda subscription: int(subscription["quantity"]) == quantity,
            steps,
        )

    def set_status(self, key: str, status: str, steps: Steps) -> None:
        """Bring a subscription to "active" or "suspended"; a deleted one counts as suspended."""
        self.patched(
            f"{status}:{key}",
            key,
            lambda _told: {"status": status},
            lambda subscription: has_status(subscription, status),
            steps,
        )

    def stop_renewing(self, key: str, steps: Steps) -> None:
        """Switch automatic renewal off."""
        self.patched(
            f"auto-renew-off:{key}",
            key,
            lambda _told: {"autoRenewEnabled": False},
            lambda subscription: not subscription.get("autoRenewEnabled") or is_deleted(subscription),
            steps,
        )

    def end(self, key: str, steps: Steps, *, now: datetime) -> bool:
        """End a subscription of the new commerce for good: with a refund inside its window, else at its term's end.

        Microsoft tells until when it may be cancelled; nothing is computed. One of before is suspended, and renews no
        more. Returns whether Microsoft had deleted it before we came.
        """
        current = self.read(key)
        if is_deleted(current):
            # Not by the step of an attempt before this one, which is looked for.
            found = steps.once(
                f"deleted:{key}",
                send=lambda _request_id: {"was_gone": True},
                find=lambda: {"settled": True},
                visible_after=timedelta(0),
            )
            return bool(found.get("was_gone"))
        if not is_new_commerce(current):
            self.stop_renewing(key, steps)
            self.set_status(key, "suspended", steps)
        elif not is_ended(current, now) and not (in_window(current, now) and self._deleted(key, steps)):
            change = {"autoRenewEnabled": False, "scheduledActions": [CANCEL_AT_END]}
            self.patched(f"ends:{key}", key, lambda _told: change, ends_with_its_term, steps)
        return False

    def _deleted(self, key: str, steps: Steps) -> bool:
        """Cancel a subscription inside its window; return False where the window has closed meanwhile."""
        try:
            self.patched(f"deleted:{key}", key, lambda _told: {"status": "deleted"}, is_deleted, steps)
        except Rejected as refusal:
            if refusal.code not in WINDOW_CLOSED:
                raise
            return False
        return True

    def patched(
        self,
        name: str,
        key: str,
        change: Callable[[Members], Mapping[str, Any]],
        reached: Callable[[Members], bool],
        steps: Steps,
    ) -> None:
        """Send the full resource with the changed members, once; where Microsoft only accepted it (202), look for it.

        `change` and `reached` are asked of the subscription as it is at Microsoft then.
        """

        def send(request_id: str) -> JSON:
            current = self.read(key)
            if reached(current):
                return {"settled": True}
            etag = str((current.get("attributes") or Members()).get("etag") or "")
            path = f"customers/{self.customer_id}/subscriptions/{self.ids[key]}"
            body = dict(current) | dict(change(current))
            reply = self.partner_center.write("PATCH", path, body, request_id=request_id, etag=etag)
            if reply.status == ACCEPTED:
                if not self.patience.until(lambda: reached(self.read(key))):
                    # Nothing says that it will be done: it is looked for, and sent again where it is not there.
                    raise LostAnswer(IN_PROGRESS, code="accepted", answered=True)
                return {"settled": True}
            require_same(reply.body["id"], self.ids[key])
            if not reached(reply.body):
                raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
            return {"settled": True}

        def find() -> JSON | None:
            return {"settled": True} if reached(self.read(key)) else None

        # A subscription read by its id is as it is now; only lists lag.
        steps.once(name, send=send, find=find, visible_after=timedelta(0))


def is_new_commerce(subscription: Members) -> bool:
    """Return whether it is bought for a term that cannot be left at any time: legacy ones tell no such window."""
    return "cancellationalloweduntildate" in {name.casefold() for name in subscription} or bool(
        subscription.get("productType")
    )


def in_window(subscription: Members, now: datetime) -> bool:
    """Return whether Microsoft says that it may be cancelled now, with a refund."""
    until = moment_of(subscription.get("cancellationAllowedUntilDate"))
    return until is not None and now < until


def ends_with_its_term(subscription: Members) -> bool:
    """Return whether it ends when its term does, or has ended: it renews no more, and no extended term is paid."""
    if is_deleted(subscription):
        return True
    action = scheduled_action(subscription) or Members()
    ending = same_id(str(action.get("actionType") or ""), CANCEL)
    return ending and not subscription.get("autoRenewEnabled")


def scheduled_action(subscription: Members) -> Members | None:
    """Return what is scheduled for the end of the term; None where nothing is.

    Publications disagree on what its member is called: scheduleType is sent, scheduledType read too.
    """
    for action in subscription.get("scheduledActions") or ():
        if same_id(str(action.get("scheduleType") or action.get("scheduledType") or ""), TERM_END):
            return Members(action)
    return None


def is_ended(subscription: Members, now: datetime) -> bool:
    """Return whether nothing is left to end: deleted, to end with its term, or suspended with its window over."""
    suspended = same_id(str(subscription.get("status") or ""), "suspended")
    return ends_with_its_term(subscription) or (suspended and not in_window(subscription, now))


def last_day(subscription: Members) -> str:
    """Return the last day of the term (which Microsoft names inclusively), as ISO 8601; "" where there is none."""
    until = moment_of(subscription.get("commitmentEndDate"))
    return "" if until is None or until.year >= FOR_EVER else until.date().isoformat()


def is_deleted(subscription: Members) -> bool:
    """Return whether Microsoft has deleted the subscription, which cannot be undone."""
    return same_id(str(subscription.get("status") or ""), "deleted")


def has_status(subscription: Members, status: str) -> bool:
    """Return whether the subscription is in the status; a deleted one counts as suspended."""
    return same_id(str(subscription.get("status") or ""), status) or (
        status == "suspended" and is_deleted(subscription)
    )
