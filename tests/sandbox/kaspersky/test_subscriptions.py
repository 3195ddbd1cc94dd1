"""What the calls do, and what they refuse."""

import re
from typing import Any

import pytest

from sandbox.kaspersky import Kaspersky
from tests.sandbox.kaspersky.asking import ORDER, PREFIX, SKU, Asker

NOWHERE = "00000000-0000-0000-0000-000000000000"


def test_a_subscription_is_made_changed_cancelled_and_runs_again_with_its_code(
    asker: Asker, kaspersky: Kaspersky
) -> None:
    made = asker.made()
    assert set(made) == {"SubscriptionId", "ActivationCode", "LicenseId"}
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["SubscriptionId"])
    assert re.fullmatch(r"[A-Z0-9]{5}(-[A-Z0-9]{5}){3}", made["ActivationCode"])
    mine = {"SubscriptionId": made["SubscriptionId"]}
    details = asker.details(made["SubscriptionId"])
    assert (details["Status"], details["PeriodType"], details["PeriodEnd"]) == (
        "Active",
        "Free",
        "2026-12-01T00:00:00Z",
    )
    assert asker.told("getdetails", **mine) == details, "one client posts it"
    kaspersky.advance(days=25)
    asker.told("modifyquantity", **mine, Quantity=8)
    asker.told("modifyattributes", **mine, ApprovalCode="APR-1")
    asker.told("modifyexpiration", **mine, Expiration={"PeriodCount": 3})
    (kept,) = kaspersky.subscriptions()
    assert (kept["Quantity"], kept["ApprovalCode"], kept["Expiration"]) == (8, "APR-1", {"PeriodCount": 3})
    assert asker.details(made["SubscriptionId"])["PeriodType"] == "Paid"
    asker.told("hardcancel", **mine)
    assert asker.details(made["SubscriptionId"])["Status"] == "HardCancel"
    for call in ("hardcancel", "modifyattributes"):
        assert asker.refused(call, **mine) == (400, "Subscription is already hard-cancelled.")
    asker.told("renew", **mine)
    (again,) = kaspersky.subscriptions()
    assert (again["Status"], again["Quantity"], again["ActivationCode"]) == ("Active", 8, made["ActivationCode"])
    assert asker.refused("renew", **mine) == (400, "Subscription is active already.")
    assert asker.post("renew", SubscriptionId=made["SubscriptionId"].upper()).status_code == 400


def test_what_is_free_keeps_its_quantity_and_only_the_first_is_free(asker: Asker, kaspersky: Kaspersky) -> None:
    first = asker.made()["SubscriptionId"]
    assert asker.refused("modifyquantity", SubscriptionId=first, Quantity=6)[0] == 400
    asker.told("modifyquantity", SubscriptionId=first, Quantity=5)
    second = asker.made(Sku="KL48633A*FS", BillingPlan="Yearly")["SubscriptionId"]
    assert asker.details(second)["PeriodType"] == "Paid"
    assert asker.details(second)["PeriodEnd"] == "2027-12-01T00:00:00Z"
    kaspersky.behave(first_order_is_free=False)
    other = {"Contacts": {"CompanyName": "Bolt"}, "Address": {"Country": "DEU"}}
    assert asker.details(asker.made(Customer=other)["SubscriptionId"])["PeriodType"] == "Paid"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"Sku": "office"}, "Unknown product"),
        ({"Sku": None}, "Unknown product"),
        ({"Quantity": 0}, "Quantity"),
        ({"Quantity": True}, "Quantity"),
        ({"Quantity": "5"}, "Quantity"),
        ({"BillingPlan": "Weekly"}, "BillingPlan"),
        ({"Customer": None}, "CompanyName"),
        ({"Customer": {"Contacts": {"CompanyName": "Acme"}}}, "Country"),
    ],
)
def test_what_cannot_be_made_is_refused(
    asker: Asker, kaspersky: Kaspersky, wrong: dict[str, Any], message: str
) -> None:
    assert message in asker.refused("create", **{**ORDER, **wrong})[1]
    assert kaspersky.subscriptions() == []


def test_unknown_ones_of_others_and_duplicates_are_refused(asker: Asker, kaspersky: Kaspersky) -> None:
    assert asker.refused("renew", SubscriptionId=NOWHERE)[0] == 404
    kaspersky.behave(unknown_status=400)
    assert asker.refused("getdetails", SubscriptionId=NOWHERE)[0] == 400
    made = asker.made()["SubscriptionId"]
    assert asker.refused("create", **ORDER) == (400, "Duplicate order.")
    kaspersky.behave(refuses_duplicates=False)
    asker.made()
    kaspersky.register_partner(fingerprint="ab")
    kaspersky.behave(plain_fingerprint="ab")
    assert asker.refused("hardcancel", SubscriptionId=made) == (400, "Subscription was not found.")


def test_a_sku_is_one_with_its_star(asker: Asker) -> None:
    for sku in (SKU, "KL4863XAKFS"):
        asker.made(Sku=sku)


def test_successes_may_be_empty_and_details_may_tell_the_published_members_alone(
    asker: Asker, kaspersky: Kaspersky
) -> None:
    made = asker.made()["SubscriptionId"]
    kaspersky.behave(empty_success=True, details_tell=[])
    assert asker.told("hardcancel", SubscriptionId=made) is None
    assert set(asker.details(made)) == {"Status", "PeriodType", "PeriodEnd"}


def test_what_is_no_json_and_what_is_read_where_it_is_to_be_posted_is_refused(asker: Asker) -> None:
    answer = asker.http.post(f"{asker.base_url}{PREFIX}create", data="{", timeout=5)
    assert (answer.status_code, answer.json()["Message"]) == (400, "The request is invalid.")
    assert asker.http.get(f"{asker.base_url}{PREFIX}create", timeout=5).status_code == 405
    assert "No HTTP resource" in asker.refused("suspend")[1]
