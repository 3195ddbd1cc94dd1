"""Subscriptions at Google: bought once, found again where their ids have changed, changed one call at a time."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from django.utils.translation import gettext_noop

from vendors.base import JSON, Service, Steps
from vendors.errors import Gone, LostAnswer, NotFound, Rejected
from vendors.gsuite import customers, plans
from vendors.gsuite.client import Api, Google, part
from vendors.gsuite.errors import DUPLICATE, UNREADABLE, NotOurs
from vendors.gsuite.wanted import Wanted, one_of

STEP = "subscription"
NO_SUBSCRIPTION = gettext_noop("Google has no subscription %(subscription)s of this customer any more.")
NO_CUSTOMER = gettext_noop("Google says that %(customer)s is no customer of ours any more.")
WAS_CANCELLED = gettext_noop("Subscription %(subscription)s was cancelled at Google.")
HELD_ALREADY = gettext_noop(
    "The customer has %(sku)s at Google already. Change the seats of that subscription instead."
)

AT_ONCE = timedelta(0)  # what is read by its id is there at once


@dataclass(frozen=True)
class Subscription:
    """A subscription of a customer: `known` is the id that it had when it was told last, `key` the resource's."""

    google: Google
    customer_id: str
    sku: str
    known: str
    ids: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @classmethod
    def of(cls, google: Google, service: Service) -> "Subscription":
        """Return that of a service."""
        key, resource = one_of(service.resources)
        ids = service.vendor_ids
        return cls(google, ids.get("customer_id", ""), resource.offer, ids.get("subscription_id", ""), ids, key)

    def found(self) -> JSON | None:
        """Return what Google tells of it, under another id where it has one now; None where there is none.

        One that was cancelled is told where no other one of its SKU is there.
        """
        told = self._read()
        if told is not None and not plans.is_cancelled(told):
            return told
        try:
            rows = [row for row in self.google.subscriptions(self.customer_id) if row.get("skuId") == self.sku]
        except (NotFound, NotOurs):
            return None
        alive = (row for row in rows if not plans.is_cancelled(row) and self._may_be(row))
        return next(alive, told)

    def _may_be(self, told: JSON) -> bool:
        """Return whether one under another id is this one: not where this one was cancelled, and bought anew since."""
        order = str(told.get("purchaseOrderId") or "")
        return order == self.ids.get("purchase_order", order)

    def living(self) -> JSON:
        """Return what Google tells of it. Raises Gone where there is none any more, or it was cancelled."""
        told = self.found()
        if told is None:
            raise self._gone()
        if plans.is_cancelled(told):
            raise Gone(WAS_CANCELLED, code="cancelled", subscription=self.known)
        return told

    def _read(self) -> JSON | None:
        if not self.known:
            return None
        try:
            told = self.google.ask(Api.RESELLER, self._path(self.known))
        except (NotFound, NotOurs):
            return None
        return told if told.get("subscriptionId") == self.known else None

    def _gone(self) -> Gone:
        if customers.is_ours(customers.told(self.google, self.customer_id)):
            return Gone(NO_SUBSCRIPTION, code="notFound", subscription=self.known)
        return Gone(NO_CUSTOMER, code="forbidden", customer=self.ids.get("domain", self.customer_id))

    def _path(self, subscription_id: str, verb: str = "") -> str:
        path = f"/customers/{part(self.customer_id)}/subscriptions/{part(subscription_id)}"
        return f"{path}/{verb}" if verb else path

    def brought(
        self,
        step: str,
        verb: str,
        steps: Steps,
        *,
        is_there: Callable[[JSON], bool],
        body: Callable[[JSON], JSON] | None = None,
        may: Callable[[JSON], None] | None = None,
        accepted: Callable[[JSON], bool] | None = None,
    ) -> JSON:
        """Have a verb carried out, once, unless what it brings is there; return the id that it has then.

        `may` raises where it must not be asked for now. `accepted` reads an answer where what was asked for is not
        there with it yet; it may be sent again then. Raises Gone.
        """

        def send(_request_id: str) -> JSON:
            told = self.living()
            if is_there(told):
                return _id_of(told)
            if may is not None:
                may(told)
            answer = self.google.order(
                Api.RESELLER, self._path(told["subscriptionId"], verb), body(told) if body else None
            )
            if not self._is_this(answer) or not (accepted or is_there)(answer):
                raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
            return _id_of(answer)

        def find() -> JSON | None:
            told = self.living()
            return _id_of(told) if is_there(told) else None

        return steps.once(step, send=send, find=find, visible_after=AT_ONCE)

    def cancelled(self, steps: Steps) -> None:
        """Cancel it, once. Raises Gone where it was not there, or not ours, before anything was sent."""

        def find() -> JSON | None:
            told = self.found()
            return {"cancelled": self.known} if told is None or plans.is_cancelled(told) else None

        def send(_request_id: str) -> JSON:
            told = self.found()
            if told is None:
                raise self._gone()
            if not plans.is_cancelled(told):
                path = self._path(str(told["subscriptionId"]))
                self.google.remove(Api.RESELLER, path, params={"deletionType": "cancel"})
            # The answer is empty: what came of it is read.
            if find() is None:
                raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
            return {"cancelled": self.known}

        steps.once("cancel", send=send, find=find, visible_after=AT_ONCE)

    def _is_this(self, told: JSON) -> bool:
        return bool(told.get("subscriptionId")) and (told.get("customerId"), told.get("skuId")) == (
            self.customer_id,
            self.sku,
        )


def _id_of(told: JSON) -> JSON:
    return {"subscription_id": str(told["subscriptionId"])}


def bought(google: Google, wanted: Wanted, customer_id: str, steps: Steps) -> str:
    """Buy, or take over by the order's token, once; return the subscription's id."""
    path = f"/customers/{part(customer_id)}/subscriptions"
    body: JSON = {
        "kind": "reseller#subscription",
        "customerId": customer_id,
        "skuId": wanted.sku,
        "plan": {"planName": wanted.plan},
        "seats": plans.seats(wanted.plan, wanted.seats),
        "purchaseOrderId": wanted.mark,
    }
    renewal = plans.renewal(wanted.plan, wanted.at_end)
    if renewal:
        body["renewalSettings"] = {"kind": "subscriptions#renewalSettings", "renewalType": renewal}
    params = {"customerAuthToken": wanted.token} if wanted.token else None

    def send(_request_id: str) -> JSON:
        try:
            told = google.order(Api.RESELLER, path, body, params=params)
        except Rejected as refusal:
            if refusal.code == DUPLICATE:
                raise Rejected(HELD_ALREADY, code=DUPLICATE, sku=wanted.sku) from refusal
            raise
        if not _is_bought(told, wanted, customer_id):
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return _id_of(told)

    def find() -> JSON | None:
        told = by_mark(google, customer_id, wanted)
        return None if told is None else _id_of(told)

    return str(steps.once(STEP, send=send, find=find)["subscription_id"])


def by_mark(google: Google, customer_id: str, wanted: Wanted) -> JSON | None:
    """Return the subscription that bears an order's mark, None where the customer's list shows none."""
    rows = google.subscriptions(customer_id)
    return next(
        (row for row in rows if row.get("purchaseOrderId") == wanted.mark and not plans.is_cancelled(row)), None
    )


def held(google: Google, customer_id: str, sku: str) -> JSON | None:
    """Return a customer's subscription of a SKU, None where it has none."""
    rows = google.subscriptions(customer_id)
    return next((row for row in rows if row.get("skuId") == sku and not plans.is_cancelled(row)), None)


def _is_bought(told: JSON, wanted: Wanted, customer_id: str) -> bool:
    named = (told.get("customerId"), told.get("skuId"), told.get("purchaseOrderId"))
    return bool(told.get("subscriptionId")) and named == (customer_id, wanted.sku, wanted.mark)
