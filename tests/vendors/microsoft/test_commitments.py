"""What Microsoft tells of a subscription, as a commitment: read from the sandbox, and from published shapes."""

from datetime import UTC, date, datetime

import pytest

from vendors.commitments import AtEnd, NextTerm, Returnable, State
from vendors.microsoft.commitments import commitment_of
from vendors.microsoft.partner_center import Members

NOW = datetime(2026, 11, 29, tzinfo=UTC)


def told(**members: object) -> Members:
    """Return a subscription as Partner Center writes it, with other members."""
    refundable = {
        "totalQuantity": 3,
        "details": [
            {"quantity": 1, "allowedUntilDateTime": "2026-11-28T10:00:00.1234567Z"},
            {"quantity": 2, "allowedUntilDateTime": "2026-12-03T10:00:00Z"},
        ],
    }
    return Members(
        {
            "id": "A1",
            "offerId": "CFQ7TTC0LH18:0001:CFQ7TTC0K971",
            "status": "active",
            "quantity": 7,
            "termDuration": "P1Y",
            "billingCycle": "monthly",
            "productType": Members({"id": "OnlineServicesNCE"}),
            "autoRenewEnabled": True,
            "commitmentEndDate": "2027-11-14T00:00:00Z",
            "cancellationAllowedUntilDate": "2026-12-01T12:00:00Z",
            "refundableQuantity": Members(refundable),
            "scheduledActions": None,
            **members,
        }
    )


def test_commitment_is_read_with_the_last_day_inclusive_and_windows_by_batch() -> None:
    found = commitment_of("seats", told())
    assert found.ends_on == date(2027, 11, 15)
    assert (found.state, found.quantity, found.term, found.billing_plan) == (State.ACTIVE, 7, "P1Y", "monthly")
    assert found.returnable[1] == Returnable(2, datetime(2026, 12, 3, 10, tzinfo=UTC))
    assert found.units_returnable(NOW) == 2
    assert found.may_cancel(NOW)
    assert not found.may_cancel(datetime(2026, 12, 1, 12, tzinfo=UTC))
    assert (found.at_end, found.next_term) == (AtEnd.RENEWS, None)


def test_windows_that_are_told_as_null_are_closed() -> None:
    found = commitment_of("seats", told(status="suspended", refundableQuantity=None, cancellationAllowedUntilDate=None))
    assert found.state == State.SUSPENDED
    assert (found.at_end, found.next_term) == (AtEnd.ENDS, None), "it is disabled then, whatever autoRenewEnabled says"
    assert found.units_returnable(NOW) == 0
    assert not found.may_cancel(NOW)


@pytest.mark.parametrize("member", ["scheduleType", "scheduledType"])
@pytest.mark.parametrize(
    ("renews", "action", "end"),
    [
        (True, "RenewToNewTerm", AtEnd.RENEWS),
        (False, "Cancel", AtEnd.ENDS),
        (False, "RenewToExtendedServiceTerm", AtEnd.EXTENDS),
        (False, "", AtEnd.EXTENDS),
        (True, "", AtEnd.RENEWS),
    ],
)
def test_end_of_a_term_is_what_is_scheduled_else_what_auto_renew_means(
    member: str, renews: bool, action: str, end: AtEnd
) -> None:
    actions = [Members({member: "TermEnd", "actionType": action})] if action else []
    assert commitment_of("seats", told(autoRenewEnabled=renews, scheduledActions=actions)).at_end == end


def test_next_term_is_that_of_the_scheduled_action_before_that_of_the_instructions() -> None:
    product = {"productId": "CFQ7TTC0LCHC", "skuId": "0002", "termDuration": "P1M", "billingCycle": "monthly"}
    instructions = Members({"product": Members(product), "quantity": 4})
    action = {"scheduleType": "TermEnd", "actionType": "RenewToNewTerm", "instructions": instructions}
    found = commitment_of(
        "seats",
        told(scheduledActions=[Members(action)], scheduledNextTermInstructions=Members({"quantity": 9})),
    )
    assert found.next_term == NextTerm(4, "CFQ7TTC0LCHC:0002", "P1M", "monthly")
    only = commitment_of("seats", told(scheduledNextTermInstructions=Members({"quantity": 9})))
    assert only.next_term == NextTerm(9)


def test_what_has_ended_ends_in_nothing_more() -> None:
    for status in ("deleted", "disabled", "expired"):
        found = commitment_of("seats", told(status=status))
        assert (found.state, found.at_end) == (State.ENDED, None)
