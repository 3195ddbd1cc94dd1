"""What is sold."""

from sandbox.microsoft.offers import BY_ID, OFFERS, availability_id, catalogue_item_id
from sandbox.microsoft.users import SERVICE_NAMES


def test_every_reference_between_offers_exists() -> None:
    assert len(BY_ID) == len(OFFERS)
    for offer in OFFERS:
        assert [
            other for other in (*offer.prerequisites, *offer.upgrades, *offer.conversions) if other.lower() not in BY_ID
        ] == []
        assert [name for name in offer.services if name not in SERVICE_NAMES] == []


def test_ids_of_the_modern_catalogue_are_stable_within_a_generation() -> None:
    offer = OFFERS[0]
    assert catalogue_item_id(offer, 1) == catalogue_item_id(offer, 1)
    assert availability_id(offer, 1) != availability_id(offer, 2)


def test_billing_cycles_follow_the_kind_of_offer() -> None:
    kinds = {(offer.trial, offer.usage): offer.billing_cycles for offer in OFFERS}
    assert kinds == {
        (False, False): ["annual", "monthly"],
        (True, False): ["none"],
        (False, True): ["monthly"],
    }
