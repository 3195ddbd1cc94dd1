"""What an order wants of Google, and what it may not."""

from dataclasses import replace
from typing import Any

import pytest

from tests.vendors.gsuite.bench import ACCOUNT, GSuiteBench, answers_of
from vendors.base import Resource
from vendors.errors import Rejected
from vendors.gsuite.wanted import Wanted, problems_of

DOMAIN = "shop1.example.com"


def wanted(bench: GSuiteBench, **changes: Any) -> Wanted:
    return Wanted.of(bench.order(reference="order:1:provision", **changes))


def test_the_customers_record_is_the_account(bench: GSuiteBench) -> None:
    found = wanted(bench)
    assert (found.admin, found.names, problems_of(found)) == (f"tania@{DOMAIN}", ("Tania", "Carr"), [])
    record = found.customer
    assert record["phoneNumber"] == "+14255550100"
    assert record["postalAddress"] == {
        "kind": "customers#address", "contactName": "Tania Carr", "organizationName": "Acme", "countryCode": "US",
        "addressLine1": "One Main Street", "locality": "Redmond", "region": "WA", "postalCode": "98052",
    }  # fmt: skip
    assert wanted(bench, answers=answers_of("ПРИМЕР.бел.")).domain == "xn--e1afmkfd.xn--90ais"


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"domain": "www.example.com"}, "domain"),
        ({"domain": "office@example.com"}, "domain"),
        ({"domain": ""}, "domain"),
        ({"domain": "a..b"}, "domain"),
        ({"alternate_email": "none"}, "alternate_email"),
        ({"alternate_email": f"me@{DOMAIN}"}, "alternate_email"),
        ({"alternate_email": f"me@mail.{DOMAIN.upper()}"}, "alternate_email"),
        ({"admin_login": "a@b"}, "admin_login"),
        ({"admin_login": "a" * 65}, "admin_login"),
    ],
)
def test_answers_that_google_would_not_take(bench: GSuiteBench, answers: dict[str, str], field: str) -> None:
    problems = problems_of(wanted(bench, answers={**answers_of(DOMAIN), **answers}))
    assert [problem.field for problem in problems] == [field]


def test_all_that_the_account_lacks_is_told_at_once(bench: GSuiteBench) -> None:
    bare = replace(ACCOUNT, company="", postal_code=" ", country="")
    fields = [problem.field for problem in problems_of(wanted(bench, account=bare))]
    assert fields == ["primary_name", "zip", "country"]


def test_a_trial_has_ten_seats_and_a_subscription_one_product(bench: GSuiteBench) -> None:
    assert [one.field for one in problems_of(wanted(bench, options={"plan": "TRIAL"}, quantity=11))] == ["seats"]
    with pytest.raises(Rejected, match="one product"):
        wanted(bench, resources={"a": Resource("1010020027", 1), "b": Resource("1010020028", 1)})
    with pytest.raises(Rejected, match="sells no"):
        wanted(bench, resources={"a": Resource("unknown", 1)})


def test_who_has_no_contact_person_is_named_after_the_company(bench: GSuiteBench) -> None:
    found = wanted(bench, account=replace(ACCOUNT, contact=replace(ACCOUNT.contact, first_name="", last_name="")))
    assert found.names == ("Acme", "Acme")
    assert found.customer["postalAddress"]["contactName"] == "Acme"
