"""Promotions, and whether a purchase gets one."""

from typing import Any

import pytest

from sandbox.microsoft import Microsoft
from tests.sandbox.microsoft.asking import E3_SKU, PREMIUM_SKU, Asker

PREMIUM_YEAR = "39NFJQT1PJQB:0001:39NFJQT1Q5KN"
E3_NEW = "39NFJQT1PJQC:0001:39NFJQT1Q5KM"


def eligibilities(partner: Asker, customer: str, **item: Any) -> list[Any]:
    """Return what one purchase gets."""
    answer = partner.post(f"/customers/{customer}/promotionEligibilities", {"items": [item]})
    return list(answer.json["items"][0]["eligibilities"])


def test_promotions_of_today_are_listed_for_a_segment(partner: Asker, microsoft: Microsoft) -> None:
    path = "/productpromotions?country=US&segment=commercial"
    promotion = partner.get(path).json["items"][0]
    assert promotion["requiredProducts"][0]["term"] == {"duration": "P1Y", "billingCycle": "Annual"}
    assert partner.get("/productpromotions?country=US&segment=education").json["items"] == []
    assert partner.get("/productpromotions?country=US").refused == (400, 400000)
    microsoft.set_clock(at="2027-07-01T00:00:00")
    assert partner.sign_in(microsoft).get(path).json["items"] == []


@pytest.mark.parametrize(
    ("item", "kinds"),
    [
        ({}, []),
        ({"billingCycle": "Monthly"}, ["Term"]),
        ({"quantity": 2401, "termDuration": "P1M"}, ["Term", "SeatCount"]),
        ({"promotionId": E3_NEW}, ["InvalidPromotion"]),
        ({"promotionId": "none"}, ["InvalidPromotion"]),
        ({"catalogItemId": "a:b:c"}, ["InvalidCatalogItemId"]),
    ],
)
def test_purchase_is_told_why_not(partner: Asker, item: dict[str, Any], kinds: list[str]) -> None:
    asked = {"quantity": 5, "termDuration": "P1Y", "billingCycle": "Annual", "promotionId": PREMIUM_YEAR} | item
    catalogue_item = asked.pop("catalogItemId", None) or partner.item(*PREMIUM_SKU)
    (found,) = eligibilities(partner, partner.new_customer(), catalogItemId=catalogue_item, **asked)
    assert (found["isEligible"], [error["type"] for error in found.get("errors", [])]) == (not kinds, kinds)


def test_all_of_a_sku_are_judged_where_none_is_named(partner: Asker) -> None:
    customer = partner.new_customer()
    plan = {"quantity": 10, "termDuration": "P1Y", "billingCycle": "monthly"}
    item = partner.item(*E3_SKU)
    (found,) = eligibilities(partner, customer, catalogItemId=item, **plan)
    assert (found["promotionId"], found["isEligible"]) == (E3_NEW, True)
    partner.buy(customer, E3_SKU)
    (found,) = eligibilities(partner, customer, catalogItemId=item, **plan)
    assert found["errors"][0]["type"] == "OfferPurchasedPreviously"
    none = eligibilities(partner, customer, catalogItemId=partner.item("CFQ7TTC0LH16", "0001"), **plan)
    assert none[0]["errors"][0]["type"] == "NoPromotionsAvailable"


def test_wrong_term_is_the_full_price_without_a_word(partner: Asker) -> None:
    customer = partner.new_customer()
    wanted = {"promotionId": PREMIUM_YEAR}
    assert partner.buy(customer, PREMIUM_SKU, plan="P1Y/annual", **wanted)["promotionId"] == PREMIUM_YEAR
    assert "promotionId" not in partner.buy(customer, PREMIUM_SKU, plan="P1Y/monthly", **wanted)
