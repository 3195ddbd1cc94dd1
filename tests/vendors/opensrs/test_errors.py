"""What OpenSRS' codes mean for us."""

import pytest

from vendors.errors import LostAnswer, Misconfigured, NotFound, NotYet, Rejected, Transient
from vendors.opensrs.errors import error_of
from vendors.opensrs.xcp import Reply


def told(code: str, text: str = "Some reason.", *, changes: bool = False) -> Exception:
    """Return what a refusal means."""
    return error_of(Reply(False, code, text), changes=changes, sought="orders/1")


@pytest.mark.parametrize(
    ("code", "text", "asking", "changing"),
    [
        ("300", "Command rate exceeded", Transient, Transient),
        ("310", "Too many connections", Transient, Transient),
        ("401", "Authentication Error", Misconfigured, Misconfigured),
        ("400", "IP not allowed", Misconfigured, Misconfigured),
        ("400", "Internal error, please retry", Transient, LostAnswer),
        ("400", "Invalid command: x", Rejected, Rejected),
        ("404", "Internal server error", Transient, LostAnswer),
        ("486", "Still processing", Transient, LostAnswer),
        ("437", "Another request is waiting", NotYet, NotYet),
        ("465", "Invalid data", Rejected, Rejected),
        ("480", "Not found", NotFound, NotFound),
        ("555", "Already renewed", Rejected, Rejected),
        ("999", "", Rejected, Rejected),
    ],
)
def test_a_code_is_sorted_by_what_to_do_next(code: str, text: str, asking: type, changing: type) -> None:
    assert type(told(code, text)) is asking
    assert type(told(code, text, changes=True)) is changing


def test_a_refusal_names_the_field_it_is_about() -> None:
    for text, field in (
        ("approver_email may not approve", "approver"),
        ("organization lacks postal_code", "zip"),
        ("No", ""),
    ):
        refusal = told("420", text)
        assert isinstance(refusal, Rejected)
        assert refusal.field == field
    assert "Correct them on the account" in str(told("420", "Bad contact"))


def test_a_throttled_call_says_for_how_long() -> None:
    throttled = told("300")
    assert isinstance(throttled, Transient)
    assert throttled.retry_after == 60
