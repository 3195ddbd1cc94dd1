"""Subscriptions: bought, found, changed within their plan's rules, suspended, cancelled, transferred."""

from typing import Any

import pytest

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, RESELLER, STARTER, Asker, wish


def test_a_new_customers_is_suspended_until_the_terms_are_accepted(asker: Asker, google: Google) -> None:
    customer = asker.customer()["customerId"]
    made = asker.subscription(customer, purchaseOrderId="order:1")
    assert (made["status"], made["suspensionReasons"]) == ("SUSPENDED", ["PENDING_TOS_ACCEPTANCE"])
    assert (made["customerDomain"], made["purchaseOrderId"]) == (DOMAIN, "order:1")
    assert int(made["creationTime"]) > 10**12
    google.accept_terms(domain=DOMAIN)
    path = f"{RESELLER}/customers/{DOMAIN}/subscriptions/{made['subscriptionId']}"
    told = asker.told("GET", path)
    assert (told["status"], "suspensionReasons" in told) == ("ACTIVE", False)
    assert told["seats"] == {"kind": "subscriptions#seats", "licensedNumberOfSeats": 0, "maximumNumberOfSeats": 5}
    assert asker.subscription(customer, skuId="1010020028")["status"] == "ACTIVE", "the terms are accepted already"


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (wish("FLEXIBLE", 5, skuId="unknown"), (400, "invalid")),
        (wish("MONTHLY", 5), (400, "invalid")),
        (wish("FLEXIBLE", 0), (400, "invalid")),
        (wish("TRIAL", 11), (400, "invalid")),
        (wish("FLEXIBLE", 5, seats={"numberOfSeats": 5}), (400, "invalid")),
        (wish("ANNUAL_MONTHLY_PAY", 5, seats={"maximumNumberOfSeats": 5}), (400, "invalid")),
        (wish("FLEXIBLE", 5, seats={"maximumNumberOfSeats": 5, "licensedNumberOfSeats": 1}), (400, "invalid")),
        (wish("FLEXIBLE", 5, purchaseOrderId="x" * 81), (400, "invalid")),
        (wish("FLEXIBLE", 5, renewalSettings={"renewalType": "CANCEL"}), (412, "conditionNotMet")),
        (wish("ANNUAL_YEARLY_PAY", 5, renewalSettings={"renewalType": "MAYBE"}), (400, "invalid")),
    ],
)
def test_what_cannot_be_bought(asker: Asker, body: dict[str, Any], answer: tuple[int, str]) -> None:
    customer = asker.customer()["customerId"]
    assert asker.refused("POST", f"{RESELLER}/customers/{customer}/subscriptions", body) == answer


def test_a_sku_is_bought_once(asker: Asker) -> None:
    path, customer = asker.active()
    answer = asker.refused("POST", f"{RESELLER}/customers/{customer}/subscriptions", wish("FLEXIBLE", 1))
    assert answer == (409, "duplicate")
    asker.told("DELETE", path, deletionType="cancel")
    assert asker.told("GET", path)["status"] == "CANCELLED"
    assert asker.subscription(customer)["status"] == "ACTIVE"


def test_seats_follow_the_plan_and_those_in_use(asker: Asker, google: Google) -> None:
    path, _customer = asker.active(seats=5)
    google.use(domain=DOMAIN, sku=STARTER, users=3)
    changed = f"{path}/changeSeats"
    assert asker.told("POST", changed, {"maximumNumberOfSeats": 3})["seats"]["maximumNumberOfSeats"] == 3
    assert asker.refused("POST", changed, {"maximumNumberOfSeats": 2}) == (400, "invalid")
    assert asker.refused("POST", changed, {"numberOfSeats": 4}) == (400, "invalid")
    asker.told("POST", f"{path}/suspend")
    assert asker.refused("POST", changed, {"maximumNumberOfSeats": 9}) == (400, "badRequest")


def test_an_annual_plan_does_not_go_down_and_has_an_end(asker: Asker) -> None:
    path, _customer = asker.active("ANNUAL_MONTHLY_PAY", 5)
    told = asker.told("GET", path)
    assert told["plan"]["planName"] == "ANNUAL"
    assert told["plan"]["isCommitmentPlan"] is True
    assert told["renewalSettings"]["renewalType"] == "AUTO_RENEW_MONTHLY_PAY"
    begin, end = (int(told["plan"]["commitmentInterval"][name]) for name in ("startTime", "endTime"))
    assert (end - begin) // 86_400_000 == 365
    assert asker.refused("POST", f"{path}/changeSeats", {"numberOfSeats": 4}) == (400, "invalid")
    asker.told("POST", f"{path}/changeSeats", {"numberOfSeats": 6})
    ends = asker.told("POST", f"{path}/changeRenewalSettings", {"renewalType": "CANCEL"})
    assert ends["renewalSettings"] == {"kind": "subscriptions#renewalSettings", "renewalType": "CANCEL"}


def test_the_echo_of_a_monthly_plan_is_switched(asker: Asker, google: Google) -> None:
    google.behave(echoes_annual=False)
    path, _customer = asker.active("ANNUAL_MONTHLY_PAY", 5)
    assert asker.told("GET", path)["plan"]["planName"] == "ANNUAL_MONTHLY_PAY"


def test_a_stop_of_ours_is_taken_back_and_nothing_else(asker: Asker) -> None:
    customer = asker.customer()["customerId"]
    path = f"{RESELLER}/customers/{customer}/subscriptions/{asker.subscription(customer)['subscriptionId']}"
    told = asker.told("POST", f"{path}/suspend")
    assert told["suspensionReasons"] == ["PENDING_TOS_ACCEPTANCE", "RESELLER_INITIATED"]
    assert asker.told("POST", f"{path}/activate")["suspensionReasons"] == ["PENDING_TOS_ACCEPTANCE"]


def test_add_ons_are_cancelled_first(asker: Asker) -> None:
    path, customer = asker.active()
    asker.subscription(customer, skuId="Google-Vault")
    assert asker.refused("POST", f"{path}/suspend") == (412, "conditionNotMet")


def test_ways_to_end(asker: Asker) -> None:
    path, _customer = asker.active()
    assert asker.refused("DELETE", path) == (400, "invalid")
    assert asker.refused("DELETE", path, deletionType="transfer_to_direct") == (412, "conditionNotMet")
    asker.user()
    asker.told("POST", f"/admin/directory/v1/users/admin@{DOMAIN}/makeAdmin", {"status": True})
    assert asker.told("DELETE", path, deletionType="transfer_to_direct") is None
    assert asker.refused("GET", path) == (404, "notFound")


def test_lists_come_by_pages_by_customer_and_by_name_and_may_lag(asker: Asker, google: Google) -> None:
    google.behave(list_lag_seconds=60)
    path, customer = asker.active()
    listed = f"{RESELLER}/subscriptions"
    assert asker.told("GET", listed, customerId=customer)["subscriptions"] == []
    google.behave(list_lag_seconds=0)
    asker.subscription(customer, skuId="1010020028")
    first = asker.told("GET", listed, customerId=customer, maxResults=1)
    second = asker.told("GET", listed, customerId=customer, maxResults=1, pageToken=first["nextPageToken"])
    assert first["subscriptions"] == [asker.told("GET", path)]
    assert (len(second["subscriptions"]), "nextPageToken" in second) == (1, False)
    assert len(asker.told("GET", listed, customerNamePrefix="ACME")["subscriptions"]) == 2
    assert asker.told("GET", listed, customerNamePrefix="Other")["subscriptions"] == []
    assert asker.refused("GET", listed, maxResults=101) == (400, "invalid")
    assert asker.refused("GET", listed, customerId="nobody.example") == (404, "notFound")


def test_a_transfer_takes_at_least_what_is_used_or_committed_to(asker: Asker, google: Google) -> None:
    google.sold_elsewhere(domain=DOMAIN, sku=STARTER, seats=7, plan="ANNUAL_YEARLY_PAY")
    token = google.transfer_token(domain=DOMAIN)
    listed = asker.told("GET", f"{RESELLER}/subscriptions", customerId=DOMAIN, customerAuthToken=token)
    (row,) = listed["subscriptions"]
    assert row["transferInfo"] == {"minimumTransferableSeats": 7}
    asker.told("POST", f"{RESELLER}/customers", _record(), customerAuthToken=token)
    path = f"{RESELLER}/customers/{DOMAIN}/subscriptions"
    assert asker.refused("POST", path, wish("FLEXIBLE", 6), customerAuthToken=token) == (400, "invalid")
    assert asker.refused("POST", path, wish("FLEXIBLE", 7), customerAuthToken="wrong") == (400, "invalid")
    assert asker.told("POST", path, wish("FLEXIBLE", 7), customerAuthToken=token)["status"] == "ACTIVE"
    assert len(google.subscriptions()) == 1


def _record() -> dict[str, Any]:
    address = {"contactName": "M", "organizationName": "Acme", "postalCode": "1", "countryCode": "US"}
    return {"customerDomain": DOMAIN, "alternateEmail": "m@elsewhere.example", "postalAddress": address}


def test_skus_are_not_switched_here(asker: Asker) -> None:
    _path, customer = asker.active()
    path = f"{RESELLER}/customers/{customer}/subscriptions"
    body = wish("FLEXIBLE", 5, skuId="1010020028")
    assert asker.refused("POST", path, body, action="switch", sourceSkuId=STARTER) == (412, "conditionNotMet")
