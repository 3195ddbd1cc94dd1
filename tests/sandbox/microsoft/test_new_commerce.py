"""What only the new commerce sells."""

from sandbox.microsoft.new_commerce import NEW_COMMERCE
from sandbox.microsoft.offers import SOLD
from sandbox.microsoft.qualifications import SEGMENTS


def test_each_has_a_sku_of_its_own_a_segment_and_no_legacy_offer() -> None:
    assert not any(offer.legacy for offer in NEW_COMMERCE)
    skus = [offer.modern for offer in SOLD if offer.modern]
    assert len(skus) == len(set(skus))
    assert {offer.segment for offer in NEW_COMMERCE} == set(SEGMENTS)
