"""What is sold, by both catalogues, and what is told at once of an order that cannot be placed."""

from tests.vendors.office365.bench import E3 as LEGACY_E3
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.of_today import BASIC, of_today, ordering, told


def test_catalogue_has_offers_of_before_and_products_of_the_new_commerce(bench: Office365Bench) -> None:
    offers = {offer.id: offer for offer in bench.plugin.catalogue(bench.connection())}
    assert {LEGACY_E3, BASIC} <= set(offers)
    assert (offers[LEGACY_E3].category, offers[LEGACY_E3].terms) == ("Enterprise", ())
    bench.microsoft.live_today()
    today = [offer.id for offer in bench.plugin.catalogue(bench.connection())]
    assert BASIC in today
    assert LEGACY_E3 not in today


def test_all_that_is_wrong_with_an_order_is_told_at_once(bench: Office365Bench) -> None:
    order = ordering(BASIC, 301, options=of_today(term_duration="P3Y"), answers={"domain_prefix": "not a domain"})
    assert [field for field, _sentence in told(bench, order)] == ["domain_prefix", "term_duration"]
