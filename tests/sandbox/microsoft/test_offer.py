"""What an offer is."""

from sandbox.microsoft.offer import CYCLE_MONTHS, MONTHS, availability_id, catalogue_item_id
from sandbox.microsoft.offers import OFFERS, SOLD


def test_ids_of_the_modern_catalogue_are_stable_within_a_generation() -> None:
    offer = OFFERS[0]
    assert catalogue_item_id(offer, 1) == catalogue_item_id(offer, 1)
    assert availability_id(offer, 1) != availability_id(offer, 2)


def test_every_plan_has_a_length_that_its_term_holds() -> None:
    for offer in SOLD:
        for term, cycle in offer.plans:
            assert cycle == "none" or CYCLE_MONTHS[cycle] <= MONTHS[term]
