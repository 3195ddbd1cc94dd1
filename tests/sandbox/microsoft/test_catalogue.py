"""Offers, add-ons, categories."""

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import ARCHIVING, BUSINESS_STANDARD, E3, Asker


def test_offers_are_those_for_sale(partner: Asker) -> None:
    offers = partner.get("/offers?country=US").json["items"]
    names = [offer["name"] for offer in offers]
    assert names[:3] == [f"Microsoft 365 Business {edition}" for edition in ("Basic", "Standard", "Premium")]
    assert [offer["name"] for offer in offers if offer["isTrial"]] == ["Microsoft 365 Business Standard Trial"]
    assert [offer["id"] for offer in offers if offer["billing"] == "usage"] == ["MS-AZR-0145P"]
    assert all(offer["isAvailableForPurchase"] for offer in offers)


def test_offers_turn_pages_by_offset(partner: Asker) -> None:
    everything = partner.get("/offers?country=RU").json
    assert "next" not in everything["links"]
    page = partner.get("/offers?country=RU&size=10").json
    assert page["links"]["next"]["uri"] == "/offers?country=RU&size=10&offset=10"
    second = partner.get(page["links"]["next"]["uri"]).json
    assert second["links"]["previous"]["uri"] == "/offers?country=RU&size=10&offset=0"
    assert page["items"] + second["items"] == everything["items"]


def test_offers_speak_the_language_and_country_asked_for(partner: Asker) -> None:
    offer = partner.get(f"/offers/{E3.lower()}?country=DE", X_Locale="de-DE").json
    assert (offer["id"], offer["locale"], offer["country"]) == (E3, "de-DE", "DE")
    assert offer["links"]["self"]["uri"] == f"/offers/{E3}?country=DE"


def test_offers_of_one_category(partner: Asker) -> None:
    trials = partner.get("/offers?country=US&offer_category_id=Trial_Key").json["items"]
    assert [offer["category"]["id"] for offer in trials] == ["Trial_Key"]
    categories = partner.get("/offercategories?country=US").json["items"]
    assert [category["rank"] for category in categories] == [20, 30, 60, 70]


@pytest.mark.parametrize(
    ("path", "refusal"),
    [("/offers?country=XX", (400, 20000)), ("/offers/none?country=US", (404, 1000)), ("/offers?size=x", (400, 800002))],
)
def test_refused_questions(partner: Asker, path: str, refusal: tuple[int, int]) -> None:
    assert partner.get(path).refused == refusal


def test_add_ons_of_an_offer(partner: Asker) -> None:
    items = partner.get(f"/offers/{BUSINESS_STANDARD}/addons?country=US").json["items"]
    assert ARCHIVING in [item["id"] for item in items]
    assert all(item["isAddOn"] and BUSINESS_STANDARD in item["prerequisiteOffers"] for item in items)


def test_offers_of_a_customer_are_those_of_its_country(partner: Asker) -> None:
    customer = partner.new_customer()
    assert {offer["country"] for offer in partner.get(f"/customers/{customer}/offers").json["items"]} == {"US"}


def test_legacy_offers_are_sold_until_a_day(partner: Asker, microsoft: Microsoft) -> None:
    customer = partner.new_customer()
    assert partner.order(customer).status == 201
    microsoft.behave(legacy_offers_until="2026-01-01")
    for path in (
        "/offers?country=US",
        f"/customers/{customer}/offers",
        f"/offers/{BUSINESS_STANDARD}/addons?country=US",
    ):
        assert partner.get(path).json["items"] == []
    assert partner.get(f"/offers/{E3}?country=US").status == 200
    assert partner.order(customer).refused == (403, 2091)


def test_what_only_the_new_commerce_has_is_no_offer(partner: Asker) -> None:
    assert partner.get("/offers/CFQ7TTC0LF8S-0002?country=US").refused == (404, 1000)
