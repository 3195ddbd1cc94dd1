"""Plans as Google writes them."""

from datetime import date

import pytest

from vendors.commitments import AtEnd
from vendors.gsuite import plans


@pytest.mark.parametrize("echo", ["ANNUAL", "ANNUAL_MONTHLY_PAY"])
def test_both_echoes_of_a_plan_are_the_same(echo: str) -> None:
    told = {"plan": {"planName": echo}, "seats": {"numberOfSeats": 5, "maximumNumberOfSeats": 9}}
    assert (plans.name_of(told), plans.seats_of(told)) == (plans.MONTHLY, 5)


def test_each_plan_has_its_field_of_the_seats() -> None:
    assert plans.seats(plans.YEARLY, 5) == {"kind": "subscriptions#seats", "numberOfSeats": 5}
    assert plans.seats(plans.TRIAL, 5) == {"kind": "subscriptions#seats", "maximumNumberOfSeats": 5}
    with pytest.raises(KeyError):
        plans.seats_of({"plan": {"planName": "FLEXIBLE"}, "seats": {"numberOfSeats": 5}})


@pytest.mark.parametrize(
    ("plan", "at_end", "lowers", "word"),
    [
        (plans.FLEXIBLE, AtEnd.ENDS, False, ""),
        (plans.MONTHLY, AtEnd.RENEWS, False, "AUTO_RENEW_MONTHLY_PAY"),
        (plans.YEARLY, AtEnd.RENEWS, False, "AUTO_RENEW_YEARLY_PAY"),
        (plans.YEARLY, AtEnd.RENEWS, True, "SWITCH_TO_PAY_AS_YOU_GO"),
        (plans.MONTHLY, AtEnd.EXTENDS, False, "SWITCH_TO_PAY_AS_YOU_GO"),
        (plans.MONTHLY, AtEnd.ENDS, True, "CANCEL"),
    ],
)
def test_what_comes_after_a_year_in_googles_words(plan: str, at_end: AtEnd, lowers: bool, word: str) -> None:
    assert plans.renewal(plan, at_end, lowers=lowers) == word


def test_days_are_those_of_utc_and_half_open() -> None:
    def ending(milliseconds: int) -> date | None:
        return plans.ends_on({"plan": {"commitmentInterval": {"endTime": str(milliseconds)}}})

    midnight = 1_798_761_600_000  # 2027-01-01T00:00Z
    assert ending(midnight) == date(2027, 1, 1)
    assert ending(midnight + 1000) == date(2027, 1, 2)
    assert plans.ends_on({"plan": {}}) is None


def test_a_trial_period_is_a_trial_whatever_the_template_says() -> None:
    assert plans.wanted({"plan": plans.YEARLY}, trial=True) == plans.TRIAL
    assert plans.wanted({}) == plans.FLEXIBLE
