"""Each order has a customer of its own at ESET, whose name nobody else's has."""

from dataclasses import replace

import pytest
from django.test import override_settings

from tests.vendors.eset.bench import ACCOUNT, EsetBench
from tests.vendors.memory import MemoryBook
from vendors.errors import LostAnswer, Rejected
from vendors.eset import companies
from vendors.eset.client import Ema
from vendors.steps import OnceOnly


def steps(bench: EsetBench, book: MemoryBook) -> OnceOnly:
    once = OnceOnly(book, reference="order:1:provision")
    once.begin(now=bench.now, visible_after=bench.plugin.visible_after, sent=bench.connection().http.sent)
    return once


def test_a_name_tells_the_account_and_is_of_one_order_of_one_installation(bench: EsetBench) -> None:
    order = bench.order(reference="order:1:provision", quantity=5)
    name = companies.name_of(order)
    assert name.startswith("Acme & Söhne [")
    assert name == companies.name_of(order)
    assert name != companies.name_of(replace(order, reference="order:2:provision"))
    with override_settings(BASE_URL="https://another.example"):
        assert name != companies.name_of(order)
    long = replace(order, account=replace(ACCOUNT, company="A" * 300))
    assert len(companies.name_of(long)) < 100


def test_a_customer_is_made_with_what_is_known_of_the_account(bench: EsetBench) -> None:
    order = bench.order(reference="order:1:provision", quantity=5)
    made = companies.make(Ema(bench.connection()), order, steps(bench, MemoryBook()))
    kept = bench.vendor.world.company(made)
    assert kept is not None
    assert kept["address"] == {"state": "Praha", "city": "Praha", "streetAddress": "Hlavní 1", "zipCode": "110 00"}
    assert (kept["email"], kept["customIdentifier"], kept["comment"]) == ("tania@acme.example", "12", "Acme anti-virus")
    assert companies.find(Ema(bench.connection()), order) == made
    assert companies.find(Ema(bench.connection()), replace(order, reference="order:2:provision")) is None


def test_customers_stand_below_the_parent_that_the_connection_names(bench: EsetBench) -> None:
    parent = companies.make(
        Ema(bench.connection()), bench.order(reference="order:0:provision", quantity=1), steps(bench, MemoryBook())
    )
    bench.vendor.world.store.put("company", parent, {**bench.vendor.world.company(parent)})
    order = bench.order(reference="order:1:provision", quantity=5)
    ema = Ema(bench.connection(parent_company=parent))
    made = companies.make(ema, order, steps(bench, MemoryBook()))
    assert bench.vendor.world.company(made)["parent"] == parent
    assert companies.find(ema, order) == made


def test_a_customer_that_no_list_shows_yet_is_waited_for_and_made_once(bench: EsetBench) -> None:
    order, book = bench.order(reference="order:1:provision", quantity=5), MemoryBook()
    bench.vendor.behave(list_lag_seconds=600)
    bench.vendor.fail("drop_after", path="/Create/customer")
    with pytest.raises(LostAnswer):
        companies.make(Ema(bench.connection()), order, steps(bench, book))
    bench.advance(1200)
    assert companies.make(Ema(bench.connection()), order, steps(bench, book))
    assert bench.vendor.counts()["companies"] == 1


def test_another_refusal_than_a_taken_name_stays_one(bench: EsetBench) -> None:
    order = replace(bench.order(reference="order:1:provision", quantity=5), account=replace(ACCOUNT, city=""))
    with pytest.raises(Rejected) as refusal:
        companies.make(Ema(bench.connection()), order, steps(bench, MemoryBook()))
    assert "address" in str(refusal.value)


def test_all_that_is_missing_is_told_at_its_field() -> None:
    empty = replace(ACCOUNT, company=" ", email="", address1="", city="", postal_code="")
    fields = [
        problem.field for problem in companies.problems_of(replace(empty, contact=replace(ACCOUNT.contact, email="")))
    ]
    assert fields == ["primary_name", "email", "street", "city", "zip"]
    assert companies.problems_of(ACCOUNT) == []
