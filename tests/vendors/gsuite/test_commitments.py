"""Annual plans as commitments."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.vendors.gsuite.bench import GSuiteBench
from tests.vendors.gsuite.working import finished, sold
from vendors.base import Task
from vendors.commitments import AtEnd, NextTerm, State, lowers_on
from vendors.errors import Gone


def test_a_year_is_told_with_its_end_and_binds_its_seats(bench: GSuiteBench) -> None:
    service = sold(bench, "ANNUAL_MONTHLY_PAY")
    (held,) = bench.plugin.commitments(bench.connection(), service)
    assert (held.state, held.quantity, held.term, held.billing_plan) == (State.ACTIVE, 5, "P1Y", "monthly")
    assert held.at_end is AtEnd.RENEWS
    assert held.ends_on is not None
    assert abs(held.ends_on - bench.now.date() - timedelta(days=365)) <= timedelta(days=2)
    assert lowers_on([held], {"seats": 4}, bench.now) == held.ends_on
    finished(bench, Task("suspend", "subscription:1:suspend", service=service))
    (held,) = bench.plugin.commitments(bench.connection(), service)
    assert held.state is State.SUSPENDED


def test_other_plans_bind_nobody(bench: GSuiteBench) -> None:
    assert bench.plugin.commitments(bench.connection(), sold(bench)) == ()


@pytest.mark.parametrize("at_end", list(AtEnd))
def test_what_is_arranged_is_told_in_the_platforms_words(bench: GSuiteBench, at_end: AtEnd) -> None:
    service = sold(bench, "ANNUAL_YEARLY_PAY", options={"end_of_term": at_end.value})
    (held,) = bench.plugin.commitments(bench.connection(), service)
    assert (held.at_end, held.next_term) == (at_end, None)


def test_fewer_seats_that_are_arranged_are_a_renewal_with_them(bench: GSuiteBench) -> None:
    service = replace(sold(bench, "ANNUAL_YEARLY_PAY"), at_end="renews", next_units={"seats": 3})
    finished(bench, Task("arrange", "order:9:arrange", service=service))
    (held,) = bench.plugin.commitments(bench.connection(), service)
    assert (held.at_end, held.next_term) == (AtEnd.RENEWS, NextTerm(3))


def test_what_is_gone_is_said_to_be_gone(bench: GSuiteBench) -> None:
    service = sold(bench, "ANNUAL_YEARLY_PAY")
    bench.lose("forgotten")
    with pytest.raises(Gone):
        bench.plugin.commitments(bench.connection(), service)
