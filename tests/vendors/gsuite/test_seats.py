"""Seats: not fewer than are in use (CR-599), at the question and again at the deed; annual plans do not go down."""

import pytest

from tests.sandbox.google.asking import STARTER
from tests.vendors.gsuite.bench import GSuiteBench, domain_of
from tests.vendors.gsuite.working import REFERENCE, change, finished, once, sold
from vendors.errors import NotYet, Rejected

DOMAIN = domain_of(REFERENCE)


def asked(bench: GSuiteBench, service: object, seats: int) -> Rejected | None:
    """Return the refusal of so many seats, None where they would be taken."""
    try:
        bench.plugin.check(bench.connection(), service, {"seats": seats})  # type: ignore[arg-type]  # a Service
    except Rejected as refusal:
        return refusal
    return None


def test_fewer_than_are_in_use_are_refused_with_the_least_named(bench: GSuiteBench) -> None:
    service = sold(bench)
    bench.vendor.use(domain=DOMAIN, sku=STARTER, users=4)
    refusal = asked(bench, service, 3)
    assert refusal is not None
    assert (refusal.field, refusal.code) == ("seats", "seats_in_use")
    assert "Enter 4 or more" in str(refusal)
    assert asked(bench, service, 4) is None
    assert asked(bench, service, 0) is not None


def test_seats_that_were_assigned_after_the_question_stop_the_deed(bench: GSuiteBench) -> None:
    service = sold(bench)
    assert asked(bench, service, 3) is None
    bench.vendor.use(domain=DOMAIN, sku=STARTER, users=4)
    sent = bench.changing_calls()
    with pytest.raises(Rejected, match="Enter 4 or more"):
        once(bench, change(service, 3))
    assert bench.changing_calls() == sent
    bench.vendor.use(domain=DOMAIN, sku=STARTER, users=2)
    finished(bench, change(service, 3))
    assert bench.vendor.subscriptions()[0]["seats"] == 3


def test_annual_seats_go_up_and_wait_for_the_renewal_to_go_down(bench: GSuiteBench) -> None:
    service = sold(bench, "ANNUAL_MONTHLY_PAY")
    finished(bench, change(service, 6))
    with pytest.raises(NotYet) as wait:
        once(bench, change(service, 5, turn=2))
    assert "only when its year ends" in str(wait.value.refusal)
    assert bench.vendor.subscriptions()[0]["seats"] == 6


def test_a_trial_has_at_most_ten(bench: GSuiteBench) -> None:
    service = sold(bench, "TRIAL")
    refusal = asked(bench, service, 11)
    assert refusal is not None
    assert "at most 10" in str(refusal)
    finished(bench, change(service, 10))
