"""The plain values of the contract, to payloads and back."""

from datetime import date

import pytest

from vendors.values import Fact, Order, Resource, Service, Term

YEAR = Term(12, trial=True, expires_on=date(2027, 11, 28))


@pytest.mark.parametrize("term", [Term(), Term(1), YEAR])
def test_term_comes_back_from_its_payload(term: Term) -> None:
    assert Term.from_payload(term.payload) == term


def test_order_and_service_bring_their_term_and_what_was_told() -> None:
    resources = {"seats": {"offer": "backup", "quantity": 5}}
    account = {"id": "12", "company": "Acme", "email": "office@acme.example"}
    order = Order.from_payload(
        "order:1", {"label": "A", "account": account, "resources": resources, "term": YEAR.payload}
    )
    known = {"vendor_ids": {}, "resources": resources, "term": YEAR.payload, "facts": {"expires": "2027-11-28"}}
    service = Service.from_payload(known)
    assert order.term == service.term == YEAR
    assert service.facts == {"expires": "2027-11-28"}
    assert Service.from_payload({"vendor_ids": {}, "resources": {}}).term == Term()
    assert order.resources == {"seats": Resource("backup", 5)}


@pytest.mark.parametrize(
    "fact",
    [Fact("a", "A", "1"), Fact("panel", "Panel", "https://panel.example", way_in=True), Fact("a", "A", "1", of="PC 3")],
)
def test_fact_comes_back_from_what_rows_keep(fact: Fact) -> None:
    assert Fact.from_kept(fact.kept) == fact


def test_fact_is_titled_by_its_label_behind_what_it_is_of() -> None:
    assert Fact("a", "Server", "1").title == "Server"
    assert Fact("a", "Server", "1", of="PC 3").title == "PC 3: Server"
