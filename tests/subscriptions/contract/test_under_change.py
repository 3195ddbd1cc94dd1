"""Units that a vendor has yet to provide, and those that leave later, are told apart by the order."""

from subscriptions.contract.under_change import changes_at_vendor, units_of_changes
from subscriptions.models import Order, OrderStatus, OrderType


def test_only_a_change_that_its_vendor_works_on_is_at_the_vendor() -> None:
    def at_vendor(kind: str, status: str) -> bool:
        return changes_at_vendor(Order(type=kind, status=status))

    assert at_vendor(OrderType.CHANGE, OrderStatus.PROVISIONING)
    assert at_vendor(OrderType.CHANGE, OrderStatus.PROVISIONING_FAILED)
    assert not at_vendor(OrderType.SALES, OrderStatus.PROVISIONING)
    assert not at_vendor(OrderType.CHANGE, OrderStatus.SCHEDULED)


def test_without_an_order_nothing_is_read() -> None:
    assert units_of_changes([], {}) == ({}, {})
