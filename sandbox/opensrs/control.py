"""The switchboard of the pretend OpenSRS: besides what every vendor's can, the people at both ends of an order."""

from sandbox.control import Switchboard
from sandbox.opensrs import certificates
from sandbox.opensrs.orders import approvers
from sandbox.opensrs.rows import AWAITING, DECLINED, IN_PROGRESS, OPEN, put
from sandbox.opensrs.world import Row, World


class Control(Switchboard):
    """What a test may do to the pretend OpenSRS, and ask of it."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self._opensrs = world

    def register_reseller(self, *, username: str, key: str) -> None:
        """Register a reseller, or give one another key."""
        self._opensrs.register_reseller(username, key)

    def approve(self, *, order_id: str) -> None:
        """Click the link of the approver's mail, or, where nobody is mailed, let the authority find all in order."""
        with self._opensrs.store.transaction():
            order = self._order(order_id)
            if order["state"] not in (AWAITING, IN_PROGRESS):
                raise ValueError(f"order {order_id} is {order['state']}")
            certificates.approve(self._opensrs, order)

    def decline(self, *, order_id: str) -> None:
        """Let the authority decline an order."""
        with self._opensrs.store.transaction():
            order = self._order(order_id)
            if order["state"] not in OPEN:
                raise ValueError(f"order {order_id} is {order['state']}")
            certificates.renewal_given_up(self._opensrs, order)
            put(self._opensrs, order, state=DECLINED)

    def revoke(self, *, product_id: str) -> None:
        """Revoke a certificate, as the vendor's support does on a telephone call."""
        product = self._opensrs.store.get("product", product_id)
        if product is None:
            raise ValueError(f"there is no certificate {product_id}")
        self._opensrs.store.put("product", product_id, {**product, "state": certificates.REVOKED})

    def forget_order(self, *, order_id: str) -> None:
        """Remove an order and its certificate from the vendor's records."""
        order = self._order(order_id)
        self._opensrs.store.delete("order", order_id)
        if order.get("product_id"):
            self._opensrs.store.delete("product", order["product_id"])

    def orders(self) -> list[Row]:
        """Return every order as it is kept, the oldest first."""
        return self._opensrs.store.all("order")

    def certificates(self) -> list[Row]:
        """Return every certificate as it is kept, the oldest first."""
        return self._opensrs.store.all("product")

    def mails(self) -> list[Row]:
        """Return the mails that were sent about orders: to whom, when, for which order."""
        return [{**mail, "order_id": order["order_id"]} for order in self.orders() for mail in order["mails"]]

    def may_approve(self, *, domain: str) -> list[str]:
        """Return who may approve for a domain."""
        return approvers(domain)

    def counts(self) -> dict[str, int]:
        """Return how many orders and certificates there are."""
        return {kind + "s": len(self._opensrs.store.all(kind)) for kind in ("order", "product")}

    def reset(self) -> None:
        """Forget everything: orders, certificates, resellers, switches, faults. The demo's reseller is registered."""
        super().reset()
        self._opensrs.ensure_demo_reseller()

    def _order(self, order_id: str) -> Row:
        order = self._opensrs.store.get("order", str(order_id))
        if order is None:
            raise ValueError(f"there is no order {order_id}")
        return order
