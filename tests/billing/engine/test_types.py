"""The table of billing types: loud about what is not in it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing.engine.csp_monthly.rules import CspMonthly
from billing.engine.discounting import DiscountedMetered, discounted
from billing.engine.lines import LineStatus, Source
from billing.engine.parts import priced_line
from billing.engine.payg_external import PaygExternal
from billing.engine.payg_internal import PaygInternal
from billing.engine.postpay import MeteredPostpay, Postpay
from billing.engine.reservation import Reservation
from billing.engine.rules import Keeps, Metered, Told
from billing.engine.terms import Price, Terms
from billing.engine.types import FIRST, POSTPAY, TYPES, UnknownBillingType, is_by_cost, is_by_use, rules_of
from core.period import Period

TERMS = Terms("USD", 1, {"seats": [Price(date.min, Decimal(10))]})
AUGUST, SEPTEMBER = Period(date(2018, 8, 1), date(2018, 9, 1)), Period(date(2018, 9, 1), date(2018, 10, 1))


def test_each_type_is_found_by_its_key():
    assert [rules_of(key).key for key in TYPES] == list(TYPES)
    assert next(iter(TYPES)) == FIRST


def test_what_was_used_is_charged_by_two_types_one_of_them_by_its_cost():
    keys = [*TYPES, "azure"]
    assert [key for key in keys if is_by_use(key)] == ["payg_internal", "payg_external"]
    assert [key for key in keys if is_by_cost(key)] == ["payg_external"]


def test_what_is_bought_for_a_term_has_an_end():
    for asked in (
        lambda rules: rules.order(TERMS, {"seats": 5}, AUGUST.start),
        lambda rules: rules.change(TERMS, [], {"seats": 5}, {"seats": 8}, AUGUST.start),
    ):
        with pytest.raises(ValueError, match="has an end"):
            asked(TYPES["reservation"])


@pytest.mark.parametrize("key", ["csp_monthly", "payg_internal"])
def test_what_wraps_a_type_answers_as_it(key: str):
    bare = {"csp_monthly": CspMonthly(), "payg_internal": PaygInternal()}[key]
    wrapped = discounted(bare)
    assert isinstance(wrapped, Metered) == isinstance(bare, Metered) == (key == "payg_internal")
    assert (wrapped.key, wrapped.keeps, wrapped.needs_funds) == (bare.key, bare.keeps, bare.needs_funds)
    assert wrapped.order(TERMS, {"seats": 5}, AUGUST.start) == bare.order(TERMS, {"seats": 5}, AUGUST.start)
    after = Postpay(wrapped, current_only=True)
    assert (after.key, after.keeps) == (bare.key, bare.keeps)


def test_only_some_types_count_no_debt_of_periods_that_are_over_and_only_whole_terms_run_on():
    lines = [
        priced_line(
            terms=TERMS, resource="seats", block=1, status=status, source=Source.PURCHASE, period=period,
            billing_period=period, quantity=5, price=TERMS.price("seats", period.start),
        )
        for period, status in ((AUGUST, LineStatus.BLOCKED), (SEPTEMBER, LineStatus.OPENED))
    ]  # fmt: skip
    now, all_of_it = (Postpay(discounted(CspMonthly()), current_only=current) for current in (True, False))
    assert (now.debt(TERMS, lines, SEPTEMBER.start), all_of_it.debt(TERMS, lines, SEPTEMBER.start)) == (0, 50)
    begun = [
        Postpay(discounted(bare)).close_period(TERMS, lines[1:], SEPTEMBER.start)
        for bare in (CspMonthly(), Reservation())
    ]
    assert [[move.status for move in changes.move] for changes in begun] == [[], ["blocked"]]


@pytest.mark.parametrize("key", ["", "azure", "CSP_MONTHLY"])
def test_an_unknown_type_is_not_charged_as_another(key: str):
    with pytest.raises(UnknownBillingType, match="known: csp_monthly, csp_annual, reservation, pay_in_full"):
        rules_of(key)


def test_what_is_told_of_use_is_the_same_in_postpay():
    after = MeteredPostpay(DiscountedMetered(PaygExternal()), current_only=True)
    assert after.told is Told.COST
    used = priced_line(
        terms=TERMS, resource="seats", block=1, status=LineStatus.BLOCKED, source=Source.USAGE, period=AUGUST,
        billing_period=AUGUST, quantity=5, price=TERMS.price("seats", AUGUST.start),
    )  # fmt: skip
    assert [after.debt(TERMS, [used], days.start) for days in (AUGUST, SEPTEMBER)] == [50, 0]


RUNNING = replace(TERMS, months=3, started_on=AUGUST.start, anchor=AUGUST.start, expires_on=date(2018, 11, 1))
ALL = {**TYPES, **{f"{key} in postpay": rules for key, rules in POSTPAY.items()}}


@pytest.mark.parametrize("key", ALL)
def test_of_nothing_comes_nothing(key: str):
    rules, terms, day = ALL[key], RUNNING, date(2018, 8, 5)
    asked = [
        rules.pay_order(terms, [], day), rules.provide_order(terms, [], day), rules.pay_raise(terms, [], day),
        rules.provide_raise(terms, [], [], day), rules.provide_raise_of_stopped(terms, [], [], day),
        rules.withdraw_raise(terms, [], []), rules.stop(terms, [], day), rules.delete(terms, [], day),
        rules.provide_activation(terms, [], [], day), rules.withdraw_activation([], [], day),
        rules.pay_renewal(terms, [], day, day), rules.end(terms, [], day), rules.change(terms, [], {}, {}, day),
    ]  # fmt: skip
    assert not any(asked)


@pytest.mark.parametrize("key", TYPES)
def test_what_is_not_bought_needs_no_price_and_less_than_nothing_is_not_bought(key: str):
    rules, day = TYPES[key], AUGUST.start
    terms = replace(RUNNING, expires_on=None)
    made = [
        *rules.order(terms, {"seats": 5, "disks": 0}, day).add,
        *rules.renew(terms, {"seats": 5, "disks": 0}, date(2018, 11, 1), day).add,
    ]
    assert {line.resource for line in made} == {"seats"}
    if rules.keeps is not Keeps.WHAT_WAS_USED:
        for ask in (rules.order, lambda *asked: rules.renew(*asked, day)):
            with pytest.raises(ValueError, match="not a quantity of seats: -1"):
                ask(terms, {"seats": -1}, day)
