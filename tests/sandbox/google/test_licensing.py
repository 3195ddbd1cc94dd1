"""Licences: assigned as long as there are seats, listed by pages, and counted in reports some days late."""

from datetime import UTC, datetime, timedelta

from sandbox.google import Google
from tests.sandbox.google.asking import DOMAIN, STARTER, Asker

SKU = f"/apps/licensing/v1/product/Google-Apps/sku/{STARTER}"
BASIC = "Google-Apps-For-Business"


def test_licences_are_assigned_up_to_the_seats_and_taken_back(asker: Asker) -> None:
    path, _customer = asker.active(seats=1)
    user = {"userId": f"one@{DOMAIN}"}
    told = asker.told("POST", f"{SKU}/user", user)
    assert (told["userId"], told["skuId"], told["productId"]) == (user["userId"], STARTER, "Google-Apps")
    assert asker.told("GET", path)["seats"]["licensedNumberOfSeats"] == 1
    assert asker.refused("POST", f"{SKU}/user", {"userId": f"two@{DOMAIN}"}) == (412, "conditionNotMet")
    assert asker.told("GET", f"{SKU}/user/one@{DOMAIN}") == told
    asker.told("DELETE", f"{SKU}/user/one@{DOMAIN}")
    assert asker.refused("GET", f"{SKU}/user/one@{DOMAIN}") == (404, "notFound")
    assert asker.refused("POST", f"{SKU}/user", {}) == (400, "invalid")
    assert asker.refused("GET", "/apps/licensing/v1/product/Google-Apps/sku/x/users", customerId=DOMAIN)[0] == 404


def test_lists_come_by_pages_of_one_sku_and_of_a_product(asker: Asker, google: Google) -> None:
    asker.active(seats=3)
    google.use(domain=DOMAIN, sku=STARTER, users=3)
    first = asker.told("GET", f"{SKU}/users", customerId=DOMAIN, maxResults=2)
    rest = asker.told("GET", f"{SKU}/users", customerId=DOMAIN, maxResults=2, pageToken=first["nextPageToken"])
    assert [row["userId"] for row in (*first["items"], *rest["items"])] == [f"user{n}@{DOMAIN}" for n in (1, 2, 3)]
    product = asker.told("GET", "/apps/licensing/v1/product/Google-Apps/users", customerId=DOMAIN)
    assert len(product["items"]) == 3
    assert asker.refused("GET", f"{SKU}/users", customerId=DOMAIN, maxResults=1001) == (400, "invalid")


def test_reports_lag_by_days(asker: Asker, google: Google) -> None:
    asker.active(skuId=BASIC)
    google.use(domain=DOMAIN, sku=BASIC, users=4)
    today = datetime.fromtimestamp(google.world.now(), UTC).date()
    path, asked = "/admin/reports/v1/usage/dates", {"customerId": DOMAIN}
    told = asker.told(
        "GET", f"{path}/{today - timedelta(days=3)}", parameters="accounts:gsuite_basic_used_licenses", **asked
    )
    (report,) = told["usageReports"]
    assert report["parameters"] == [{"name": "accounts:gsuite_basic_used_licenses", "intValue": "4"}]
    assert asker.refused("GET", f"{path}/{today}", **asked) == (400, "invalid")
    assert asker.refused("GET", f"{path}/yesterday", **asked) == (400, "invalid")
