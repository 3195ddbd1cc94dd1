"""The requests that Google publishes, sent as they are: the order of its codelab, and the annual plan of its guide."""

import json
from pathlib import Path
from typing import Any

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, RESELLER, USERS, Asker

FIXTURES = Path(__file__).parents[1] / "fixtures" / "google"


def published(name: str) -> Any:
    """Return a published request."""
    return json.loads((FIXTURES / f"{name}.json").read_text())


def test_the_codelab_from_end_to_end(asker: Asker, google: Google) -> None:
    told = asker.told("POST", "/siteVerification/v1/token", published("codelab_siteverification_getToken_request"))
    assert told["token"]
    assert asker.refused("GET", f"{RESELLER}/customers/{DOMAIN}") == (404, "notFound")
    customer = asker.told("POST", f"{RESELLER}/customers", published("codelab_customer_insert_request"))
    user = asker.told("POST", USERS, published("codelab_user_insert_request"))
    asker.told("POST", f"{USERS}/{user['id']}/makeAdmin", published("codelab_user_makeAdmin_request"))
    path = f"{RESELLER}/customers/{customer['customerId']}/subscriptions"
    bought = asker.told("POST", path, published("codelab_subscription_insert_request"))
    assert bought["suspensionReasons"] == ["PENDING_TOS_ACCEPTANCE"]
    assert bought["renewalSettings"]["renewalType"] == "RENEW_CURRENT_USERS_MONTHLY_PAY"
    google.place_record(domain=DOMAIN)
    site = published("codelab_siteverification_insert_request")
    assert asker.told("POST", "/siteVerification/v1/webResource", site, verificationMethod="DNS_TXT")["owners"]
    google.accept_terms(domain=DOMAIN)
    assert asker.told("GET", f"{path}/{bought['subscriptionId']}")["status"] == "ACTIVE"


def test_the_guides_annual_plan(asker: Asker) -> None:
    customer = asker.customer()["customerId"]
    body = published("subscription_insert_annual_request")
    told = asker.told("POST", f"{RESELLER}/customers/{customer}/subscriptions", body)
    assert (told["skuName"], told["seats"]["numberOfSeats"]) == ("G Suite Basic", 10)
    assert told["purchaseOrderId"] == "my_example.com_annual_1"
