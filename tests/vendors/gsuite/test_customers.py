"""Customers at Google: free, this account's, another account's, another reseller's."""

import pytest

from tests.sandbox.google.asking import STARTER
from tests.vendors.gsuite.bench import GSuiteBench, answers_of, domain_of
from tests.vendors.gsuite.working import REFERENCE, finished, once, ordering, sold
from tests.vendors.memory import MemoryBook
from vendors.base import Resource
from vendors.errors import Rejected
from vendors.gsuite import customers
from vendors.gsuite.client import Google

DOMAIN = domain_of(REFERENCE)


def refusal(bench: GSuiteBench, **changes: object) -> Rejected:
    """Return the refusal of an order before anybody pays."""
    with pytest.raises(Rejected) as refused:
        bench.plugin.validate_order(bench.connection(), bench.order(reference=REFERENCE, **changes))
    return refused.value


def test_a_domain_of_another_account_is_refused(bench: GSuiteBench) -> None:
    sold(bench)
    answers = answers_of(DOMAIN, alternate_email="other@elsewhere.example")
    found = refusal(bench, answers=answers)
    assert (found.field, found.code) == ("domain", "domain_refused")
    task = ordering(bench, reference="order:2:provision", answers=answers)
    with pytest.raises(Rejected, match="belongs to another customer"):
        once(bench, task)


def test_an_account_is_one_customer_and_buys_more_in_its_domain(bench: GSuiteBench) -> None:
    service = sold(bench)
    ids = {"vendor_ids": service.vendor_ids}
    assert refusal(bench, answers=answers_of("other.example"), **ids).field == "domain"
    assert "has Google Workspace Business Starter at Google already" in str(refusal(bench, **ids))
    more = {"resources": {"seats": Resource("1010020028", 3)}, "answers": answers_of(DOMAIN), **ids}
    task = ordering(bench, reference="order:2:provision", **more)
    done = finished(bench, task)
    assert done.vendor_ids["customer_id"] == service.vendor_ids["customer_id"]
    assert bench.vendor.counts() == {"customers": 1, "users": 1, "subscriptions": 2}


def test_what_an_order_that_was_given_up_has_made_is_taken_up(bench: GSuiteBench) -> None:
    bench.vendor.fail("refused", method="POST", path="/users$", times=1)
    with pytest.raises(Rejected):
        once(bench, ordering(bench))
    anew = ordering(bench, reference="order:2:provision", answers=answers_of(DOMAIN))
    assert anew.order is not None
    bench.plugin.validate_order(bench.connection(), anew.order)
    finished(bench, anew)
    assert bench.vendor.counts()["customers"] == 1


def test_anothers_customer_needs_a_token_and_all_that_is_to_be_transferred(bench: GSuiteBench) -> None:
    customer = bench.vendor.sold_elsewhere(domain=DOMAIN, sku=STARTER, seats=7, plan="ANNUAL_YEARLY_PAY")
    assert refusal(bench).code == "token_needed"
    assert refusal(bench, answers=answers_of(DOMAIN, transfer_token="wrong")).field == "transfer_token"
    token = bench.vendor.transfer_token(domain=DOMAIN)
    answers = answers_of(DOMAIN, transfer_token=token)
    few = refusal(bench, answers=answers)
    assert (few.field, "At least 7 seats" in str(few)) == ("seats", True)
    done = finished(bench, ordering(bench, answers=answers, quantity=7), MemoryBook())
    assert done.vendor_ids["customer_id"] == customer
    assert bench.vendor.counts()["users"] == 0, "it has administrators of its own"
    written = "\n".join(repr(exchange) for exchange in bench.journal.exchanges)
    assert token not in written


def test_a_transfer_of_what_is_not_there_is_refused(bench: GSuiteBench) -> None:
    bench.vendor.sold_elsewhere(domain=DOMAIN, sku="1010020028", seats=1)
    token = bench.vendor.transfer_token(domain=DOMAIN)
    found = refusal(bench, answers=answers_of(DOMAIN, transfer_token=token))
    assert found.code == "nothing_to_transfer"


def test_who_is_not_ours_is_known_by_how_little_is_told(bench: GSuiteBench) -> None:
    google = Google(bench.connection())
    assert customers.told(google, DOMAIN) is None
    bench.vendor.sold_elsewhere(domain=DOMAIN, sku=STARTER, seats=1)
    assert not customers.is_ours(customers.told(google, DOMAIN))
