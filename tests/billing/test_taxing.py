"""Invoices bear the taxes of their day: per rate and document, on what they are on (section 9)."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.models import InvoiceLine, Tax
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.switching import switch_plan
from subscriptions.simulation.playing import simulate
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay

pytestmark = pytest.mark.django_db


def invoiced(taxes: Any, prices: dict[str, str], **more: Any) -> dict[str, Any]:
    cast.operator()
    books = simulate(
        {
            "currency": "USD",
            "billing_day": 1,
            "taxes": taxes,
            "resources": [{"key": key, "price": price} for key, price in prices.items()],
            "events": [
                {"day": "2018-09-01", "do": "top_up", "amount": "100.00"},
                {"day": "2018-09-01", "do": "order", "quantities": dict.fromkeys(prices, 1), "pay": "balance"},
            ],
            "until": "2018-10-02",
            **more,
        }
    )
    (invoice,) = books["invoices"]
    return {**books, "invoice": invoice, "shown": [line["tax"] for line in invoice["lines"]]}


def test_an_exclusive_tax_is_added_to_the_document_and_to_nothing_else():
    books = invoiced({"rate": "20"}, dict.fromkeys("abc", "0.33"))
    assert (books["invoice"]["tax"], books["invoice"]["total"]) == ("0.20", "1.19")
    assert books["shown"] == ["0.07", "0.06", "0.07"]
    assert books["orders"][0]["amount"] == "0.99"
    assert books["balance"] == "99.01"


def test_an_inclusive_tax_is_part_of_it():
    books = invoiced({"rate": "20", "inclusive": True}, dict.fromkeys("abc", "10.00"))
    assert (books["invoice"]["tax"], books["invoice"]["total"]) == ("5.00", "30.00")
    assert books["shown"] == ["1.67", "1.66", "1.67"]


def test_taxes_of_some_resources():
    taxes = [{"name": "VAT", "rate": "20", "resources": ["a", "b", "c"]}, {"rate": "10", "resources": ["d", "e"]}]
    books = invoiced(taxes, {**dict.fromkeys("abc", "0.33"), **dict.fromkeys("de", "0.25")})
    assert (books["invoice"]["tax"], books["invoice"]["total"]) == ("0.25", "1.74")
    assert books["shown"] == ["0.07", "0.06", "0.07", "0.03", "0.02"]


def test_in_postpay_what_reaches_the_balance_is_net():
    books = invoiced({"rate": "20"}, {"a": "10.00"}, payment_model="postpay", events=[
        {"day": "2018-09-01", "do": "order", "quantities": {"a": 1}},
    ])  # fmt: skip
    (payment,) = [one for one in books["payments"] if one["purpose"] == "rendered_services"]
    assert (books["invoice"]["total"], books["invoice"]["tax"], payment["amount"]) == ("12.00", "2.00", "10.00")


def test_without_taxes_an_invoice_has_none():
    books = invoiced([], {"a": "10.00"})
    assert (books["invoice"]["tax"], books["invoice"]["total"]) == ("0.00", "10.00")


def test_a_tax_of_a_plan_is_on_what_was_charged_for_it_after_a_switch_too(acme: Account) -> None:
    """Five days of a plan that bears 20 %, and seven of another that bears none, on one invoice."""
    before, after = make.plan(), make.plan(prices={"seats": "20.00"})
    tax = Tax.objects.create(reseller=acme.reseller, percent=Decimal(20), valid_from=make.EARLY)
    tax.plans.add(before)
    seats = make.subscription(account=acme, plan=before, today=ORDERED_ON)
    order = switch_plan(
        actor=SYSTEM,
        subscription=seats,
        period=after.periods.get(),
        quantities={"seats": 5},
        today=date(2018, 8, 25),
        now=make.noon(date(2018, 8, 25)),
    )
    pay(order=order, today=date(2018, 8, 25))
    renew_accounts(account_ids=[acme.pk], today=date(2018, 9, 2))
    lines = InvoiceLine.objects.values_list("amount", "tax")
    assert sorted(lines) == [(Decimal("8.06"), Decimal("1.61")), (Decimal("22.58"), Decimal(0))]
