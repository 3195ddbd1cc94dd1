"""What is sold."""

from sandbox.microsoft.offers import BY_ID, OFFERS, SOLD
from sandbox.microsoft.users import SERVICE_NAMES


def test_every_reference_between_offers_exists() -> None:
    assert len(BY_ID) == len(SOLD)
    modern = {offer.modern for offer in SOLD if offer.modern}
    for offer in SOLD:
        assert set(offer.becomes) <= modern
        assert [
            other for other in (*offer.prerequisites, *offer.upgrades, *offer.conversions) if other.lower() not in BY_ID
        ] == []
        assert [name for name in offer.services if name not in SERVICE_NAMES] == []


def test_billing_cycles_follow_the_kind_of_offer() -> None:
    kinds = {(offer.trial, offer.usage): offer.billing_cycles for offer in OFFERS}
    assert kinds == {
        (False, False): ["annual", "monthly"],
        (True, False): ["none"],
        (False, True): ["monthly"],
    }
