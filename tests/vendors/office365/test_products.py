"""The catalogue of the new commerce as the sandbox lists it, and which availability an item is sold as."""

import pytest

from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.of_today import ARCHIVE, BASIC, CHARITYS, E3, FACULTY, ROOMS, TRIAL, of_today
from vendors.base import Service
from vendors.errors import Rejected
from vendors.microsoft.plugin import partner_center_of
from vendors.office365.lines import same_item
from vendors.office365.options import terms_of
from vendors.office365.products import catalogue, chosen, sold_as


def test_catalogue_has_every_segment_with_terms_bounds_trials_and_add_ons(bench: Office365Bench) -> None:
    offers = {offer.id: offer for offer in catalogue(partner_center_of(bench.connection()), "US")}
    basic, trial, archive = offers[BASIC], offers[TRIAL], offers[ARCHIVE]
    assert (basic.name, basic.minimum, basic.maximum) == ("Microsoft 365 Business Basic", 1, 300)
    assert basic.terms == ("one month", "one year, billed monthly", "one year, billed at once")
    assert "three years, billed yearly" in offers[E3].terms
    assert (trial.is_trial, trial.terms, trial.maximum) == (True, ("one month, free",), 25)
    assert (archive.is_add_on, basic.is_add_on) == (True, False)
    assert [offers[one].segment for one in (BASIC, CHARITYS, FACULTY)] == ["", "Charities", "Education"]
    assert {offer.category for offer in offers.values()} == {"New commerce"}


def test_item_is_sold_for_what_its_availability_lists_and_for_nothing_else(bench: Office365Bench) -> None:
    connection = bench.connection()
    partner_center = partner_center_of(connection)

    def item(offer: str, **options: str) -> str:
        terms = terms_of(connection, Service({}, {}, options=of_today(**options)))
        return chosen(sold_as(partner_center, offer, terms, country="US"), offer, terms).catalogue_item

    assert same_item(item(BASIC), BASIC)
    assert item(ROOMS).count(":") == 2
    with pytest.raises(Rejected, match=r"for the term P3Y billed annual.*P1M monthly, P1Y monthly, P1Y annual") as no:
        item(BASIC, term_duration="P3Y", billing_cycle="annual")
    assert no.value.field == "term_duration"
    with pytest.raises(Rejected, match="is bought for a term"):
        item(BASIC, term_duration="")
    for offer, segment in ((FACULTY, "Commercial"), ("CFQ7TTC0NONE:0001", "Commercial"), (BASIC, "Education")):
        with pytest.raises(Rejected, match="to this segment"):
            item(offer, segment=segment)
