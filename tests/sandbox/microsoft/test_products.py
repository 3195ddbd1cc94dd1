"""The modern catalogue: products, SKUs, availabilities, and for whom they are."""

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import BUSINESS_STANDARD, Asker

PREMIUM = "/products/CFQ7TTC0LCHC/skus"


@pytest.mark.parametrize("owner", [False, True])
def test_modern_catalogue_leads_from_product_to_availability(partner: Asker, owner: bool) -> None:
    prefix = f"/customers/{partner.new_customer()}" if owner else ""
    products = partner.get(f"{prefix}/products?country=US&targetView=OnlineServices").json["items"]
    product = next(item for item in products if item["title"] == "Microsoft 365 Business Basic")
    assert partner.get(f"{prefix}/products/{product['id']}?country=US").json == product
    sku = partner.get(product["links"]["skus"]["uri"]).json["items"][0]
    assert partner.get(f"{prefix}/products/{product['id']}/skus/{sku['id']}?country=US").json == sku
    availability = partner.get(sku["links"]["availabilities"]["uri"]).json["items"][0]
    assert availability["catalogItemId"] == f"{product['id']}:{sku['id']}:{availability['id']}"
    assert availability["defaultCurrency"] == {"code": "USD", "symbol": "$"}
    plans = [(term["duration"], term["billingCycle"]) for term in availability["terms"]]
    assert plans == [("P1M", "monthly"), ("P1Y", "monthly"), ("P1Y", "annual")]
    refunds = [term["cancellationPolicies"][0]["refundOptions"] for term in availability["terms"]]
    assert refunds == [[{"sequenceId": 0, "type": "Partial", "expiresAfter": "P7D"}]] * 3
    renewals = availability["renewalInstructions"][0]
    assert renewals["applicableTermIds"] == [term["id"] for term in availability["terms"]]
    assert {option["renewToId"] for option in renewals["renewalOptions"]} == set(renewals["applicableTermIds"])
    assert partner.get(availability["links"]["self"]["uri"]).json == availability


def test_availability_ids_change_over_time(partner: Asker, microsoft: Microsoft) -> None:
    path = "/products/CFQ7TTC0LH18/skus/0001/availabilities?country=US"
    before = partner.get(path).json["items"][0]["catalogItemId"]
    microsoft.behave(availabilities=2)
    assert partner.get(path).json["items"][0]["catalogItemId"] != before


@pytest.mark.parametrize(
    ("path", "refusal"),
    [
        ("/products?country=US", (400, 400000)),
        ("/products/none?country=US", (404, 400013)),
        ("/products/CFQ7TTC0LH18/skus/9999?country=US", (404, 400018)),
    ],
)
def test_modern_refusals(partner: Asker, path: str, refusal: tuple[int, int]) -> None:
    assert partner.get(path).refused == refusal


def test_other_views_of_the_modern_catalogue_are_empty(partner: Asker) -> None:
    assert partner.get("/products?country=US&targetView=Azure").json["items"] == []


def test_view_names_legacy_products_too(partner: Asker) -> None:
    products = partner.get("/products?country=US&targetView=OnlineServices").json["items"]
    kinds = {product["id"]: product["productType"]["id"] for product in products}
    assert kinds["CFQ7TTC0LDPB"] == "OnlineServicesNCE"
    assert kinds[BUSINESS_STANDARD] == "OnlineServices"
    legacy = f"/products/{BUSINESS_STANDARD}/skus"
    (sku,) = partner.get(f"{legacy}?country=US").json["items"]
    (item,) = partner.get(f"{legacy}/{sku['id']}/availabilities?country=US").json["items"]
    assert (item["catalogItemId"], "terms" in item) == (BUSINESS_STANDARD, False)


def test_segment_is_shown_where_it_is_asked_for_and_to_those_who_qualify(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()

    def skus(path: str) -> list[str]:
        return [sku["id"] for sku in partner.get(path).json["items"]]

    assert skus(f"{PREMIUM}?country=US") == ["0002"]
    assert skus(f"{PREMIUM}?country=US&targetSegment=nonprofit") == ["000B"]
    assert skus(f"/customers/{customer}{PREMIUM}?targetSegment=nonprofit") == []
    microsoft.qualify(domain="acme.onmicrosoft.com", qualification="Nonprofit")
    assert skus(f"/customers/{customer}{PREMIUM}?targetSegment=nonprofit") == ["000B"]
    assert skus("/products/CFQ7TTC0LH0J/skus?country=US") == ["0001"]
    assert skus(f"/customers/{customer}/products/CFQ7TTC0LH0J/skus") == []
    assert partner.get(f"{PREMIUM}?country=US&targetSegment=aliens").refused == (400, 27002)


def test_trial_is_a_sku_of_its_own_that_renews_to_what_is_paid(partner: Asker) -> None:
    path = "/products/CFQ7TTC0LDPB/skus"
    trial = next(sku for sku in partner.get(f"{path}?country=US").json["items"] if sku["isTrial"])
    assert (trial["maximumQuantity"], trial["supportedBillingCycles"]) == (25, ["none"])
    (item,) = partner.get(f"{path}/{trial['id']}/availabilities?country=US").json["items"]
    paid = partner.get(f"{path}/0001/availabilities?country=US").json["items"][0]["terms"]
    options = item["renewalInstructions"][0]["renewalOptions"]
    assert {term["id"] for term in paid} < {option["renewToId"] for option in options}


def test_attestation_is_announced(partner: Asker) -> None:
    skus = partner.get("/products/CFQ7TTC0QW5P/skus?country=US").json["items"]
    assert [sku["attestationProperties"]["enforceAttestation"] for sku in skus] == [True]
