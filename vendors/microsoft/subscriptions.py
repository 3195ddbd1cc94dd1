"""What happens to Microsoft subscriptions after they were ordered: quantities, suspension, resumption, the end."""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any

from vendors.base import JSON, Service, Steps
from vendors.errors import Gone, LostAnswer, Rejected
from vendors.microsoft.errors import IN_PROGRESS, SUBSCRIPTION_GONE, UNKNOWN_SUBSCRIPTION, UNREADABLE
from vendors.microsoft.partner_center import Members, PartnerCenter, require_same, same_id
from vendors.microsoft.patience import Patience

ACCEPTED = 202
SUBSCRIPTION = "subscription_id."


def subscription_ids(service: Service) -> dict[str, str]:
    """Return the Microsoft subscription of each resource, by resource key."""
    return {
        name.removeprefix(SUBSCRIPTION): value
        for name, value in sorted(service.vendor_ids.items())
        if name.startswith(SUBSCRIPTION)
    }


class Subscriptions:
    """The subscriptions of one service, changed step by step."""

    def __init__(self, partner_center: PartnerCenter, service: Service, *, patience: Patience) -> None:
        self.partner_center = partner_center
        self.customer_id = service.vendor_ids["customer_id"]
        self.ids = subscription_ids(service)
        self.patience = patience

    def read(self, key: str) -> Members:
        """Return the subscription of a resource as it is at Microsoft now: deleted, where it is not known any more."""
        try:
            return self.partner_center.subscription(self.customer_id, self.ids[key])
        except Rejected as refusal:
            if refusal.code != UNKNOWN_SUBSCRIPTION:
                raise
            self.partner_center.living_customer(self.customer_id)
            return Members(status="deleted")

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
        self._patched(
            f"quantity:{key}",
            key,
            {"quantity": quantity},
            lambda subscription: int(subscription["quantity"]) == quantity,
            steps,
        )

    def set_status(self, key: str, status: str, steps: Steps) -> None:
        """Bring a subscription to "active" or "suspended"; a deleted one counts as suspended."""
        self._patched(
            f"{status}:{key}", key, {"status": status}, lambda subscription: has_status(subscription, status), steps
        )

    def stop_renewing(self, key: str, steps: Steps) -> None:
        """Switch automatic renewal off."""
        self._patched(
            f"auto-renew-off:{key}",
            key,
            {"autoRenewEnabled": False},
            lambda subscription: not subscription.get("autoRenewEnabled") or is_deleted(subscription),
            steps,
        )

    def _patched(
        self, name: str, key: str, change: Mapping[str, Any], reached: Callable[[Members], bool], steps: Steps
    ) -> None:
        """Send the full resource with the changed member, once; where Microsoft only accepted it (202), look for it."""

        def send(request_id: str) -> JSON:
            current = self.read(key)
            if reached(current):
                return {"settled": True}
            etag = str((current.get("attributes") or Members()).get("etag") or "")
            path = f"customers/{self.customer_id}/subscriptions/{self.ids[key]}"
            body = dict(current) | dict(change)
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


def is_deleted(subscription: Members) -> bool:
    """Return whether Microsoft has deleted the subscription, which cannot be undone."""
    return same_id(str(subscription.get("status") or ""), "deleted")


def has_status(subscription: Members, status: str) -> bool:
    """Return whether the subscription is in the status; a deleted one counts as suspended."""
    return same_id(str(subscription.get("status") or ""), status) or (
        status == "suspended" and is_deleted(subscription)
    )
