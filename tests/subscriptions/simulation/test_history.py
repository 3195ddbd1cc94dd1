"""Reading a history: what is wrong is named by its field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from subscriptions.simulation.history import read_history
from subscriptions.simulation.reading import BadHistory
from tests.subscriptions.simulation.test_playing import G_I3


def test_a_good_history_is_read() -> None:
    history = read_history({**G_I3, "period": {"months": 12}, "fixed_price": True, "credit_limit": "5.50"})
    assert (history.currency, history.billing_day, history.months, history.fixed_price) == ("USD", 1, 12, True)
    assert (
        history.account_class.credit_limit,
        {key: one.price for key, one in history.resources.items()},
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


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"currency": "usd"}, "currency: must be a three-letter ISO 4217 code"),
        ({"currency": 5}, "currency: must be a three-letter ISO 4217 code"),
        ({"currency": "CLF"}, "currency: the books keep at most 3 decimals"),
        ({"billing_type": "azure"}, "billing_type: must be one of csp_monthly"),
        ({"payment_model": "postpay"}, "payment_model: must be one of prepay"),
        ({"billing_day": 32}, "billing_day: must be a whole number from 1 to 31"),
        ({"billing_day": True}, "billing_day: must be a whole number from 1 to 31"),
        ({"period": {"months": 0}}, "period.months: must be a whole number from 1 to 1200"),
        ({"period": {"years": 1}}, "period.years: is not known here"),
        ({"period": "month"}, "period: must be an object"),
        ({"fixed_price": "no"}, "fixed_price: must be true or false"),
        ({"credit_limit": 0}, 'credit_limit: must be a decimal number in quotes, not negative, such as "10.00"'),
        ({"billing_type": "pay_in_full", "period": "endless"}, "period: must be an object"),
        (
            {"billing_type": "pay_in_full", "period": {"months": 61}},
            "period.months: must be a whole number from 1 to 60",
        ),
        ({"billing_type": "pay_in_full", "period": {"months": 1}, "billing_day": 5}, "billing_day: must be 1"),
        ({"billing_type": "payg_internal", "period": {"months": 1}}, 'period: must be "endless" with payg_internal'),
        ({"billing_type": "payg_internal", "billing_day": 29}, "billing_day: must be a whole number from 1 to 28"),
        (
            {"resources": [{"key": "seats", "price": "1", "setup_fee": "1"}]},
            "resources[0].setup_fee: csp_monthly takes no",
        ),
        ({"events": [{"day": "2018-08-20", "do": "usage"}]}, "events[0].do: nothing is used with the billing type"),
        ({"resources": []}, "resources: must be a list of at least one resource"),
        ({"resources": [{"key": "a", "price": "-1"}]}, "resources[0].price: must be a decimal number"),
        ({"resources": [{"price": "1"}]}, "resources[0].key: is missing"),
        ({"events": {}}, "events: must be a list"),
        ({"events": [5]}, "events[0]: must be an object"),
        ({"events": [{"do": "stop"}]}, "events[0].day: is missing"),
        ({"events": [{"day": "20.08.2018", "do": "stop"}]}, "events[0].day: must be a day such as 2018-08-20"),
        ({"events": [{"day": "2018-08-20", "do": "sleep"}]}, "events[0].do: must be one of top_up, order"),
        ({"events": [{"day": "2018-08-20", "do": "stop", "pay": "soon"}]}, "events[0].pay: must be one of"),
        ({"events": [{"day": "2018-08-20", "do": "order"}]}, "events[0].quantities: is missing"),
        (
            {"events": [{"day": "2018-08-20", "do": "order", "quantities": {"chairs": 1}}]},
            "events[0].quantities.chairs: is not known here",
        ),
        (
            {"events": [{"day": "2018-08-20", "do": "change", "quantities": {"seats": -1}}]},
            "events[0].quantities.seats: must be a whole number from 0 to 1000000",
        ),
        (
            {"events": [{"day": "2018-08-20", "do": "top_up", "amount": "0"}]},
            "events[0].amount: must be more than zero",
        ),
        (
            {"events": [{"day": "2018-08-20", "do": "top_up", "amount": "1.001"}]},
            "events[0].amount: must have at most 2 decimals",
        ),
        (
            {"events": [{"day": "2018-08-20", "do": "hold", "kind": "credit"}]},
            "events[0].kind: must be one of administrative",
        ),
        ({"events": [{"day": "2018-08-20", "do": "limit"}]}, "events[0].credit_limit: is missing"),
        ({"events": [{"day": "2018-08-20", "do": "stop", "priority": 1}]}, "events[0].priority: is not known here"),
        (
            {"events": [{"day": "2018-08-20", "do": "order", "quantities": {"seats": 1}, "priority": "1"}]},
            "events[0].priority: must be a whole number from -16000 to 16000",
        ),
        (
            {"account_class": {"subzero_days": -2}},
            "account_class.subzero_days: must be a whole number from -1 to 3650",
        ),
        ({"account_class": {"negative_allowed": 1}}, "account_class.negative_allowed: must be true or false"),
        (
            {"account_class": {"payment_days": 1}},
            "account_class.payment_days: is not known here, only cancel_unpaid_after, negative_allowed, subzero_days",
        ),
        ({"currency": "JPY", "credit_limit": "0.5"}, "credit_limit: must have at most 0 decimals"),
        ({"plan": {"setup_fee": "1"}}, "plan.setup_fee: csp_monthly takes no such fee"),
        ({"until": "soon"}, "until: must be a day such as 2018-08-20"),
        ({"untill": "2018-08-20"}, "untill: is not known here"),
    ],
)
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
