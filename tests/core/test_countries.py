"""Countries by ISO 3166, their names, and the rules of their addresses."""

import pytest
from django.utils import translation

from core import countries
from core.countries import CountryUnknown, PostalCodeWrong, RegionWrong
from vendors.microsoft.demands import REGISTRATION_NUMBERS


def test_every_country_of_iso_3166_is_there_and_nothing_else():
    found = countries.codes()
    assert (len(found), found & {"EU", "ZZ", "AC", "UN", "PO", "XA"}) == (250, set())  # 249 and Kosovo
    assert found >= {"PL", "KZ", "US", "SS", "CW", *REGISTRATION_NUMBERS}


def test_the_list_is_named_and_sorted_in_the_readers_language():
    for language, name in (("en", "Poland"), ("ru", "Польша")):
        with translation.override(language):
            listed = countries.countries()
            assert listed[0] == ("", "—")
            assert [label for _code, label in listed[1:]] == sorted(label for _code, label in listed[1:])
            assert (countries.country_name("PL"), countries.country_name("Po")) == (name, "Po")


@pytest.mark.parametrize("code", sorted(countries.codes()))
def test_every_countrys_own_examples_keep_its_rules(code):
    rules = countries.address_rules(code)
    assert all(rules.has_postal_code(example) for example in rules.postal_code_examples)
    assert all(rules.has_region(name) for name in rules.region_names)


@pytest.mark.parametrize(
    ("country", "good", "bad"),
    [
        ("PL", "00-950", "00950"),
        ("US", "10001-1234", "1000"),
        ("KZ", "050012", "50-12"),
        ("KZ", "a15e3x5", "A15E3XX"),  # refused before: the library knows the older form only
    ],
)
def test_a_postal_code_has_the_form_of_its_country(country, good, bad):
    countries.refuse_postal_code(country, good)
    countries.refuse_postal_code(country, "")
    with pytest.raises(PostalCodeWrong, match=rf"“{bad}” is not a postal code of this country \(.+\)\. Write it like "):
        countries.refuse_postal_code(country, bad)


@pytest.mark.parametrize(
    ("country", "region"), [("US", "NY"), ("US", "new york"), ("RU", "Moscow"), ("PL", "Mazowsze")]
)
def test_regions_are_known_by_code_and_name_where_they_have_codes(country, region):
    countries.refuse_region(country, region)


def test_what_is_no_state_or_no_country_is_refused_with_the_remedy():
    with pytest.raises(RegionWrong, match=r"“Kalifornien” is not a region of this country .+ California"):
        countries.refuse_region("US", "Kalifornien")
    with pytest.raises(CountryUnknown, match="There is no country “Po”"):
        countries.refuse_country("Po")
    assert countries.address_rules("Po") == countries.AddressRules((), ())
