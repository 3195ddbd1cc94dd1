"""Where an operation was to lead, by what Microsoft tells of a subscription."""

from datetime import UTC, datetime

import pytest

from vendors.base import Service, Task
from vendors.microsoft.partner_center import Members
from vendors.office365.reached import reached

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ARRANGED = [{"scheduleType": "TermEnd", "actionType": "Cancel"}]


def told(**members: object) -> Members:
    whole = {"id": "S", "quantity": 5, "status": "active", "autoRenewEnabled": True, "offerId": "P:S:A", **members}
    return Members(whole)


def is_reached(action: str, subscription: Members, quantity: int = 0, at_end: str = "renews") -> bool:
    task = Task(action, "order:1", service=Service({}, {}, at_end=at_end))
    return reached(task, "seats", subscription, quantity, NOW)


@pytest.mark.parametrize(
    ("action", "members", "quantity", "expected"),
    [
        ("change", {}, 5, True), ("change", {}, 4, False), ("change", {"status": "suspended"}, 0, True),
        ("resume", {}, 0, True), ("suspend", {}, 0, False), ("cancel", {"status": "suspended"}, 0, False),
        ("cancel", {"status": "suspended", "autoRenewEnabled": False}, 0, True), ("arrange", {}, 0, True),
    ],
)  # fmt: skip
def test_of_the_time_before(action: str, members: dict[str, object], quantity: int, expected: bool) -> None:
    assert is_reached(action, told(**members), quantity) is expected


@pytest.mark.parametrize(
    ("action", "members", "at_end", "expected"),
    [
        ("resume", {}, "renews", True), ("resume", {}, "ends", False), ("arrange", {}, "ends", False),
        ("arrange", {"scheduledActions": ARRANGED, "autoRenewEnabled": False}, "ends", True),
        ("suspend", {"status": "suspended"}, "ends", True), ("cancel", {}, "renews", False),
    ],
)  # fmt: skip
def test_of_the_new_commerce_the_end_counts(
    action: str, members: dict[str, object], at_end: str, expected: bool
) -> None:
    bound = told(cancellationAllowedUntilDate=None, **members)
    assert is_reached(action, bound, at_end=at_end) is expected


def test_whether_a_change_put_its_end_back_only_its_steps_know() -> None:
    bound = told(cancellationAllowedUntilDate=None)
    assert not is_reached("change", bound, 5)
