"""Reading a history: what is wrong is named by its field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.engine.lines import LineType
from billing.engine.types import TYPES
from subscriptions.simulation.documents import Discount, Tax
from subscriptions.simulation.history import read_history
from subscriptions.simulation.reading import BadHistory
from subscriptions.simulation.shapes import SHAPES, Use
from tests.subscriptions.simulation.test_playing import G_I3


def test_a_good_history_is_read() -> None:
    history = read_history({**G_I3, "period": {"months": 12}, "fixed_price": True, "credit_limit": "5.50"})
    assert (history.currency, history.billing_day, history.months, history.fixed_price) == ("USD", 1, 12, True)
    assert (
        history.account_class.credit_limit,
        {key: one.price for key, one in history.plan.resources.items()},
        history.until,
    ) == (
        Decimal("5.50"),
        {"seats": Decimal("10.00")},
        date(2018, 8, 31),
    )
    assert [(event.day.day, event.do, dict(event.quantities)) for event in history.events] == [
        (20, "order", {"seats": 5}),
        (25, "change", {"seats": 2}),
    ]


def test_events_are_taken_by_day_and_keep_their_order_within_one() -> None:
    events = [
        {"day": day, "do": do}
        for day, do in [("2018-08-02", "stop"), ("2018-08-01", "pay"), ("2018-08-02", "activate")]
    ]
    assert [event.do for event in read_history({**G_I3, "events": events}).events] == ["pay", "stop", "activate"]


SEATS = {"key": "seats", "price": "10"}
BIG: dict[str, Any] = {"resources": [{"key": "desks", "price": "12"}]}
ROOT: dict[str, Any] = {"reseller": "root", "retail": {"seats": "8.00"}}
TERM: dict[str, Any] = {"period": {"months": 12}}
ENDLESS = {"period": "endless"}
FINITE = ("csp_annual", "reservation", "pay_in_full", "non_refund", "gsuite")
BY_USE = ("payg_internal", "payg_external")
TERMS: dict[str, dict[str, Any]] = (
    dict.fromkeys(("csp_monthly", *BY_USE), ENDLESS)
    | dict.fromkeys(FINITE, TERM)
    | {"gsuite": {"period": {"months": 1}}}
)

USE = {Use.UNIT_HOURS: {"units": "2", "hours": "0.5"}, Use.COST: {"cost": "0.0123456789"}}


def _but(*taking: str) -> dict[str, dict[str, Any]]:
    return {kind: terms for kind, terms in TERMS.items() if kind not in taking}


RESOURCE_FEES_NOT_TAKEN = {"setup_fee": _but("reservation", *BY_USE), "renewal_fee": _but("reservation")}
PLAN_FEES_NOT_TAKEN = {
    "setup_fee": _but("reservation", *BY_USE),
    **dict.fromkeys(("recurring_fee", "renewal_fee", "transfer_fee"), _but("reservation")),
}
BAD: list[tuple[dict[str, Any], str]] = [
    # ---- the account and the terms
    ({"currency": "usd"}, "currency: must be a three-letter ISO 4217 code"),
    ({"currency": 5}, "currency: must be a three-letter ISO 4217 code"),
    ({"currency": "CLF"}, "currency: the books keep at most 3 decimals"),
    ({"billing_type": "azure"}, "billing_type: must be one of csp_monthly, csp_annual, reservation, pay_in_full"),
    ({"payment_model": "credit"}, "payment_model: must be one of prepay, postpay"),
    *(
        (
            {"billing_type": kind, "period": {"months": months}, "payment_model": "postpay"},
            f"payment_model: must be prepay with {kind}, postpay is only for csp_monthly, csp_annual, reservation",
        )
        for kind, months in (("pay_in_full", 1), ("non_refund", 12), ("gsuite", 1))
    ),
    ({"billing_day": 0}, "billing_day: must be a whole number from 1 to 31"),
    ({"billing_day": 32}, "billing_day: must be a whole number from 1 to 31"),
    ({"billing_day": True}, "billing_day: must be a whole number from 1 to 31"),
    ({"billing_day": "1"}, "billing_day: must be a whole number from 1 to 31"),
    ({"billing_day": 29, "payment_model": "postpay"}, "billing_day: must be a whole number from 1 to 28 with csp_mo"),
    ({**TERM, "billing_type": "csp_annual", "billing_day": 29}, "billing_day: must be a whole number from 1 to 28"),
    ({**TERM, "billing_type": "pay_in_full", "billing_day": 5}, "billing_day: must be 1 with pay_in_full"),
    ({**ENDLESS, "billing_type": "payg_internal", "billing_day": 29}, "billing_day: must be a whole number from 1 to"),
    ({"period": {"months": 0}}, "period.months: must be a whole number from 1 to 1200"),
    ({"period": {"months": 1201}}, "period.months: must be a whole number from 1 to 1200"),
    ({"period": {"months": "12"}}, "period.months: must be a whole number from 1 to 1200"),
    ({"period": {}}, "period.months: is missing"),
    ({"period": {"years": 1}}, "period.years: is not known here"),
    ({"period": "month"}, 'period: must be "endless" or an object'),
    ({"period": None}, 'period: must be "endless" or an object'),
    *(({**ENDLESS, "billing_type": kind}, "period: must be an object") for kind in FINITE),
    *(({"billing_type": kind, "period": {"months": 61}}, "period.months: must be") for kind in FINITE),
    ({"billing_type": "gsuite", "period": {"months": 2}}, "period.months: must be 1 with gsuite"),
    ({"billing_type": "non_refund", "period": {"months": 1}}, "period.months: must be 12 with non_refund"),
    *(({**TERM, "billing_type": kind}, f'period: must be "endless" with {kind}') for kind in BY_USE),
    ({"fixed_price": "no"}, "fixed_price: must be true or false"),
    ({"credit_limit": 0}, 'credit_limit: must be a decimal number in quotes, not negative, such as "10.00"'),
    ({"credit_limit": "-1"}, "credit_limit: must be a decimal number in quotes, not negative"),
    ({"credit_limit": "1_000"}, "credit_limit: must be a decimal number in quotes"),
    ({"credit_limit": "NaN"}, "credit_limit: must be a decimal number in quotes"),
    ({"currency": "JPY", "credit_limit": "0.5"}, "credit_limit: must have at most 0 decimals"),
    ({"auto_renew": 1}, "auto_renew: must be true or false"),
    ({"auto_renew": True}, "auto_renew: must be false with an endless period"),
    ({"trial": "yes"}, "trial: must be true or false"),
    # ---- plans
    ({"resources": []}, "resources: must be a list of at least one resource"),
    ({"resources": {}}, "resources: must be a list of resources"),
    ({"resources": ["seats"]}, "resources[0]: must be an object"),
    ({"resources": [{"key": "a", "price": "-1"}]}, "resources[0].price: must be a decimal number"),
    ({"resources": [{"key": "a", "price": 1}]}, "resources[0].price: must be a decimal number"),
    ({"resources": [{"price": "1"}]}, "resources[0].key: is missing"),
    ({"resources": [{"key": "", "price": "1"}]}, "resources[0].key: must be a name"),
    ({"resources": [SEATS, SEATS]}, "resources[1].key: must be a name of its own"),
    ({"resources": [{**SEATS, "limit": 0, "minimum": 1}]}, "resources[0].limit: must be a whole number from 1 to"),
    ({"resources": [{**SEATS, "included": -1}]}, "resources[0].included: must be a whole number from 0 to"),
    ({"resources": [{**SEATS, "colour": "red"}]}, "resources[0].colour: is not known here, only included, key, limit"),
    *(
        (
            {**terms, "billing_type": kind, "resources": [{**SEATS, fee: "1"}]},
            f'resources[0].{fee}: must be "0", {kind} takes no such fee',
        )
        for fee, kinds in RESOURCE_FEES_NOT_TAKEN.items()
        for kind, terms in kinds.items()
    ),
    *(
        ({**terms, "billing_type": kind, "plan": {fee: "1"}}, f'plan.{fee}: must be "0", {kind} takes no such fee')
        for fee, kinds in PLAN_FEES_NOT_TAKEN.items()
        for kind, terms in kinds.items()
    ),
    *(
        ({**ENDLESS, "billing_type": kind, "resources": [{**SEATS, name: 1}]}, f"resources[0].{name}: must be left out")
        for kind in BY_USE
        for name in ("included", "minimum")
    ),
    ({"plan": {"markup": "10"}}, 'plan.markup: must be "0", csp_monthly has prices'),
    ({"plan": {"fee": "10"}}, "plan.fee: is not known here, only markup, recurring_fee"),
    ({"plan": []}, "plan: must be an object"),
    ({"plans": []}, "plans: must be an object"),
    ({"plans": {"": BIG}}, "plans: must be a name of 1 to"),
    ({"plans": {"big": {}}}, "plans.big.resources: is missing"),
    ({"plans": {"big": {"resources": [SEATS]}}}, "plans.big.resources[0].key: must be a name of its own"),
    ({"plans": {"a": BIG, "b": BIG}}, "plans.b.resources[0].key: must be a name of its own"),
    ({"plans": {"big": {**BIG, "plan": {"setup_fee": "1"}}}}, 'plans.big.plan.setup_fee: must be "0", csp_monthly'),
    ({"plans": {"big": {**BIG, "billing_type": "azure"}}}, "plans.big.billing_type: must be one of"),
    ({"plans": {"big": {**BIG, "period": "endless"}}}, "plans.big.period: is not known here"),
    # ---- timers, discount, taxes, chain
    ({"service_term": {"grace_days": -1}}, "service_term.grace_days: must be a whole number from 0"),
    ({"service_term": {"stop_days": "5"}}, "service_term.stop_days: must be a whole number from 0"),
    ({"service_term": {"renew_point": -1}}, "service_term.renew_point: must be a whole number from 0"),
    ({"service_term": {"manual_renew_point": -2}}, "service_term.manual_renew_point: must be a whole number from -1"),
    ({"service_term": {"days": 1}}, "service_term.days: is not known here"),
    ({"account_class": {"subzero_days": -2}}, "account_class.subzero_days: must be a whole number from -1 to 3650"),
    ({"account_class": {"cancel_unpaid_after": -1}}, "account_class.cancel_unpaid_after: must be a whole number"),
    ({"account_class": {"negative_allowed": 1}}, "account_class.negative_allowed: must be true or false"),
    ({"account_class": {"subscription_credit_limit": 100}}, "account_class.subscription_credit_limit: must be a dec"),
    ({"account_class": {"payment_expiration_days": -1}}, "account_class.payment_expiration_days: must be a whole"),
    (
        {"account_class": {"payment_days": 1}},
        "account_class.payment_days: is not known here, only cancel_unpaid_after, negative_allowed, payment_expiration",
    ),
    ({"discount": {}}, "discount.percent: is missing"),
    ({"discount": {"percent": 10}}, "discount.percent: must be a decimal number"),
    ({"discount": {"percent": "100.01"}}, 'discount.percent: must be a percentage in quotes from "0" to "100"'),
    ({"discount": {"percent": "10", "on": ["fees"]}}, "discount.on[0]: must be one of setup, renewal, recurring"),
    ({"discount": {"percent": "10", "on": "setup"}}, "discount.on: must be a list of"),
    ({"taxes": {"inclusive": True}}, "taxes.rate: is missing"),
    ({"taxes": {"rate": "20", "inclusive": "no"}}, "taxes.inclusive: must be true or false"),
    ({"taxes": {"rate": "20", "name": "VAT"}}, "taxes.name: is not known here"),
    ({"taxes": [{"rate": "20"}, {"rate": "x"}]}, "taxes[1].rate: must be a decimal number"),
    ({"taxes": [{"rate": "20", "resources": ["chairs"]}]}, "taxes[0].resources[0]: must be one of seats"),
    ({"chain": {}}, "chain: must be a list of resellers"),
    ({"chain": [{"retail": {}}]}, "chain[0].reseller: is missing"),
    ({"chain": [{"reseller": "root"}]}, "chain[0].retail: is missing"),
    ({"chain": [{"reseller": "seller", "retail": {}}]}, "chain[0].reseller: must be a name of its own"),
    ({"chain": [ROOT, ROOT]}, "chain[1].reseller: must be a name of its own"),
    ({"chain": [{**ROOT, "retail": {"chairs": "1"}}]}, "chain[0].retail.chairs: is not known here"),
    ({"chain": [{**ROOT, "retail": {"seats": 8}}]}, "chain[0].retail.seats: must be a decimal number"),
    ({"chain": [{**ROOT, "discount": "101"}]}, "chain[0].discount: must be a percentage"),
    ({"chain": [ROOT, {**ROOT, "reseller": "b", "net_cost": {}}]}, "chain[1].net_cost: must be left out, only the"),
    # ---- events
    ({"events": {}}, "events: must be a list"),
    ({"events": [5]}, "events[0]: must be an object"),
    ({"events": [{"do": "stop"}]}, "events[0].day: is missing"),
    ({"events": [{"day": "2018-08-20"}]}, "events[0].do: is missing"),
    ({"until": "soon"}, "until: must be a day such as 2018-08-20"),
    ({"untill": "2018-08-20"}, "untill: is not known here"),
]


@pytest.mark.parametrize(("change", "sentence"), BAD)
def test_what_is_wrong_is_named(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadHistory) as fault:
        read_history({**G_I3, **change})
    assert str(fault.value).startswith(sentence)


@pytest.mark.parametrize("given", [None, [], "x", 5])
def test_what_is_no_object_is_refused(given: object) -> None:
    with pytest.raises(BadHistory, match="history: must be an object"):
        read_history(given)


@pytest.mark.parametrize("name", ["currency", "resources", "events", "until"])
def test_what_is_missing_is_named(name: str) -> None:
    with pytest.raises(BadHistory, match=f"{name}: is missing"):
        read_history({key: value for key, value in G_I3.items() if key != name})


@pytest.mark.parametrize("kind", TERMS)
def test_every_type_and_all_that_it_may_say_is_read(kind: str) -> None:
    shape = SHAPES[kind]
    terms = TERMS[kind]
    fees = {str(fee): "1" for fee in shape.resource_fees}
    events = [{"day": "2018-08-21", "do": "usage", "resource": "seats", **USE[shape.use]}] if shape.use else []
    story = read_history({
        **G_I3, **terms, "billing_type": kind, "resources": [{**SEATS, **fees}], "events": events,
        "plan": {str(fee): "2" for fee in shape.plan_fees} | ({"markup": "15"} if shape.use is Use.COST else {}),
        "account_class": {"subscription_credit_limit": "100", "payment_expiration_days": 5},
        **({"payment_model": "postpay"} if shape.postpay else {}),
    })  # fmt: skip
    assert (story.plan.billing_type, story.postpay, story.auto_renew) == (kind, shape.postpay, kind == "gsuite")
    assert {fee for fee, amount in story.plan.part.fees.items() if amount} == shape.plan_fees
    assert story.account_class.subscription_credit_limit == Decimal(100)
    for rules in filter(None, [TYPES.get(kind)]):
        assert rules.allows.endless == shape.endless
        assert rules.allows.longest == (shape.months and shape.months[1])


def test_plans_discount_taxes_and_the_chain_are_read() -> None:
    story = read_history({
        **G_I3,
        "plans": {"big": BIG},
        "discount": {"percent": "33.33", "on": ["setup"]},
        "taxes": [{"rate": "20", "inclusive": True, "name": "VAT", "resources": ["seats", "desks"]}, {"rate": "0"}],
        "chain": [
            {**ROOT, "discount": "50", "net_cost": {"seats": "3.50", "setup_fee:": "1"}},
            {"reseller": "below", "retail": {"seats": "9", "setup_fee:desks": "2"}},
        ],
    })  # fmt: skip
    assert list(story.plans["big"].resources) == ["desks"]
    assert story.discount == Discount(Decimal("33.33"), frozenset({"setup"}))
    assert story.taxes[0] == Tax(Decimal(20), True, "VAT", frozenset({"seats", "desks"}))
    assert (story.taxes[1].inclusive, story.taxes[1].resources) == (False, None)
    root, below = story.chain
    assert root.net_cost == {(LineType.RECURRING_FEE, "seats"): Decimal("3.50"), (LineType.SETUP_FEE, ""): Decimal(1)}
    assert (root.discount, below.discount) == (Decimal(50), Decimal(0))
    assert below.retail[LineType.SETUP_FEE, "desks"] == Decimal(2)
    assert read_history({**G_I3, "taxes": {"rate": "7.7"}}).taxes == (Tax(Decimal("7.7"), False),)
