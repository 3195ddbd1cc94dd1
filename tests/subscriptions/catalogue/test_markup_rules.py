"""What a markup rule makes of a net cost, in numbers; and which rule holds."""

from datetime import date
from decimal import Decimal

import pytest

from subscriptions.catalogue.markup_rules import (
    Rule,
    follows_on,
    has_markup_rules,
    rule_on,
    rules_by_period,
    rules_by_resource,
    smallest_step,
)
from subscriptions.models import MarkupRule
from tests.factories import subscriptions as make

D = Decimal
AUG20, SEP1 = date(2018, 8, 20), date(2018, 9, 1)


@pytest.mark.parametrize(
    ("cost", "percent", "amount", "step", "rounding", "currency", "price"),
    [
        ("8.00", "25", "0", None, "nearest", "USD", "10.00"),
        ("7.33", "25", "0", None, "nearest", "USD", "9.16"),  # 9.1625
        ("0.05", "10", "0", None, "nearest", "USD", "0.06"),  # 0.055: half up
        ("9.00", "12.5", "0.50", None, "nearest", "USD", "10.63"),  # 10.625
        ("7.33", "25", "0", "0.05", "nearest", "USD", "9.15"),
        ("7.33", "25", "0", "0.05", "up", "USD", "9.20"),
        ("7.33", "25", "-0.01", "1", "up", "USD", "10"),
        ("8.00", "25", "0", "1", "up", "USD", "10"),  # exact: not a step more
        ("3.00", "0", "-5", None, "nearest", "USD", "0"),
        ("1000", "10", "0", None, "nearest", "JPY", "1100"),
        ("1.234", "10", "0", None, "nearest", "KWD", "1.357"),  # 1.3574
        ("0.333333", "50", "0", "0.0001", "nearest", "USD", "0.5"),
    ],
)
def test_net_cost_and_markup(cost, percent, amount, step, rounding, currency, price):
    rule = Rule(1, AUG20, True, D(percent), D(amount), D(step) if step else None, rounding)
    assert rule.price_of(D(cost), currency) == D(price)


def test_a_fee_is_its_net_cost_and_a_percentage_of_its_own():
    rule = Rule(1, AUG20, True, D(25), D(3), D("0.05"), "nearest", D(50))
    assert (rule.fee_of(D("7.33"), "USD"), rule.makes_fees) == (D("11.00"), True)  # 10.995
    by_hand, ended = (
        Rule(1, AUG20, follows, D(25), D(3), None, "nearest", fee) for follows, fee in ((True, None), (False, D(1)))
    )
    assert (by_hand.makes_fees, ended.makes_fees) == (False, False)


def test_the_newest_of_its_day_holds():
    first, ended, again = (
        Rule(pk, day, follows, D(0), D(0), None, "nearest")
        for pk, day, follows in ((1, AUG20, True), (2, SEP1, False), (3, SEP1, True))
    )
    assert rule_on([first, ended], date(2018, 8, 19)) is None
    assert (rule_on([first, ended], date(2018, 8, 31)), rule_on([first, ended], SEP1)) == (first, ended)
    assert (follows_on([first, ended], SEP1), follows_on([first, ended, again], SEP1)) == (False, True)
    assert (smallest_step("USD"), smallest_step("JPY")) == (D("0.01"), 1)


@pytest.mark.django_db
def test_what_was_said_of_the_plan_holds_for_each_resource_until_something_newer_is_said_of_one():
    plan = make.plan(prices={"seats": "10.00", "disks": "2.00"})
    seats, disks = plan.resources.order_by("pk")
    assert not has_markup_rules(seats)
    for of_one, percent, day in ((None, 10, AUG20), (disks, 20, SEP1)):
        MarkupRule.objects.create(plan=plan, plan_resource=of_one, percent=percent, valid_from=day, entered_on=AUG20)
    rules = rules_by_resource([(seats.pk, plan.pk), (disks.pk, plan.pk)])
    assert {pk: [int(rule.percent) for rule in of_one] for pk, of_one in rules.items()} == {
        seats.pk: [10], disks.pk: [10, 20],
    }  # fmt: skip
    assert has_markup_rules(seats)
    period = plan.periods.get().pk
    assert [int(rule.percent) for rule in rules_by_period([(period, plan.pk)])[period]] == [10], "not of one resource"
