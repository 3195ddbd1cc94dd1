"""Rules for addresses, phone and registration numbers of each country, and the address check."""

import json
import re
from dataclasses import dataclass
from html import escape
from typing import Any

from sandbox.microsoft.errors import PartnerCenterError, invalid_property, written
from sandbox.microsoft.shapes import Fields, Json
from sandbox.microsoft.world import World
from sandbox.wsgi import Request, Response

_US_STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR"
    " PA RI SC SD TN TX UT VA VT WA WI WV WY"
)
US_STATES = tuple(_US_STATES.split())
_BR_STATES = "AC AL AM AP BA CE DF ES GO MA MG MS MT PA PB PE PI PR RJ RN RO RR RS SC SE SP TO"
BR_STATES = tuple(_BR_STATES.split())
_CA_STATES = "AB BC MB NB NL NS NT NU ON PE QC SK YT"
CA_STATES = tuple(_CA_STATES.split())
_IN_STATES = (
    "AN AP AR AS BR CG CH DH DL GA GJ HP HR JH JK KA KL LA LD MH ML MN MP MZ NL OD PB PY RJ SK TN TR TS UK UP WB"
)
IN_STATES = tuple(_IN_STATES.split())


@dataclass(frozen=True)
class Country:
    """What Partner Center demands of a customer in one country."""

    culture: str
    languages: tuple[str, ...]
    calling_code: str
    postal_code: str | None = None
    states: tuple[str, ...] = ()
    registration: str | None = None
    phone: str = r"^\+?[0-9 ()\-]{5,20}$"
    vat_id: bool = False


US_PHONE = r"^(1[ \-\/\.]?)?(\((\d{3})\)|(\d{3}))[ \-\/\.]?(\d{3})[ \-\/\.]?(\d{4})$"

COUNTRIES: dict[str, Country] = {
    "US": Country("en-US", ("en", "es"), "1", r"^\d{5}(-\d{4})?$", US_STATES, phone=US_PHONE),
    "AM": Country("en-US", ("en",), "374", r"^\d{4}$", registration=r"^\d{8}$"),
    "AZ": Country("en-US", ("en",), "994", r"^(AZ)?\d{4}$", registration=r"^\d{10}$"),
    "BY": Country("ru-RU", ("ru", "en"), "375", r"^\d{6}$", registration=r"^\d{9}$"),
    "DE": Country("de-DE", ("de", "en"), "49", r"^\d{5}$", vat_id=True),
    "FR": Country("fr-FR", ("fr", "en"), "33", r"^\d{5}$", vat_id=True),
    "GB": Country("en-GB", ("en",), "44", r"^[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}$", vat_id=True),
    "HU": Country("hu-HU", ("hu", "en"), "36", r"^\d{4}$", registration=r"^\d{8}(-\d-\d{2})?$", vat_id=True),
    "KG": Country("ru-RU", ("ru", "en"), "996", r"^\d{6}$", registration=r"^\d{14}$"),
    "KZ": Country("ru-RU", ("ru", "kk", "en"), "7", r"^\d{6}$", registration=r"^\d{12}$"),
    "MD": Country("ru-RU", ("ro", "ru", "en"), "373", r"^(MD-?)?\d{4}$", registration=r"^\d{13}$"),
    "NL": Country("nl-NL", ("nl", "en"), "31", r"^\d{4} ?[A-Za-z]{2}$", vat_id=True),
    "RU": Country("ru-RU", ("ru", "en"), "7", r"^\d{6}$", registration=r"^(\d{10}|\d{12})$"),
    "TJ": Country("ru-RU", ("ru", "en"), "992", r"^\d{6}$", registration=r"^\d{9}$"),
    "UA": Country("uk-UA", ("uk", "ru", "en"), "380", r"^\d{5}$", registration=r"^(\d{8}|\d{10}|\d{12})$"),
    "UZ": Country("ru-RU", ("ru", "en"), "998", r"^\d{6}$", registration=r"^\d{9}$"),
    # The lists of 2021 name the countries; that their numbers look as their registers say, and which of them have
    # states, is ours: Microsoft publishes the shapes only in its answers (600050).
    "AE": Country("ar-AE", ("ar", "en"), "971", registration=r"^\d{15}$", vat_id=True),
    "BR": Country(
        "pt-BR",
        ("pt", "en"),
        "55",
        r"^\d{5}-?\d{3}$",
        BR_STATES,
        registration=r"^(\d{14}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2})$",
    ),
    "CA": Country("en-CA", ("en", "fr"), "1", r"^[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d$", CA_STATES, phone=US_PHONE),
    "IN": Country("en-IN", ("en",), "91", r"^\d{6}$", IN_STATES, registration=r"^[A-Z]{5}\d{4}[A-Z]$"),
    "IQ": Country("ar-IQ", ("ar", "en"), "964", r"^\d{5}$", registration=r"^[A-Za-z0-9/-]{3,20}$"),
    "MM": Country("en-US", ("en",), "95", r"^\d{5}$", registration=r"^[A-Za-z0-9/-]{3,20}$"),
    "PL": Country("pl-PL", ("pl", "en"), "48", r"^\d{2}-\d{3}$", registration=r"^\d{10}$", vat_id=True),
    "SA": Country("ar-SA", ("ar", "en"), "966", r"^\d{5}(-\d{4})?$", registration=r"^\d{15}$", vat_id=True),
    "SS": Country("en-US", ("en",), "211", registration=r"^[A-Za-z0-9/-]{3,20}$"),
    "TH": Country("th-TH", ("th", "en"), "66", r"^\d{5}$", registration=r"^\d{13}$"),
    "TR": Country("tr-TR", ("tr", "en"), "90", r"^\d{5}$", registration=r"^\d{10,11}$", vat_id=True),
    "VE": Country("es-VE", ("es", "en"), "58", r"^\d{4}$", registration=r"^[JGVEPC]-?\d{8}-?\d$"),
    "VN": Country("vi-VN", ("vi", "en"), "84", r"^\d{5,6}$", registration=r"^\d{10}(-?\d{3})?$"),
    "ZA": Country("en-ZA", ("en",), "27", r"^\d{4}$", registration=r"^(\d{4}/\d{6}/\d{2}|\d{12})$"),
}
# What else belongs to Microsoft's region of the European Union and EFTA (its page of the programme's markets): culture,
# calling code, postal code. The shapes of postal codes are those of the Universal Postal Union.
_EUROPE = r"""
AT de-AT 43 ^\d{4}$
BE nl-BE 32 ^\d{4}$
BG bg-BG 359 ^\d{4}$
CH de-CH 41 ^\d{4}$
CY el-CY 357 ^\d{4}$
CZ cs-CZ 420 ^\d{3} ?\d{2}$
DK da-DK 45 ^\d{4}$
EE et-EE 372 ^\d{5}$
ES es-ES 34 ^\d{5}$
FI fi-FI 358 ^\d{5}$
GR el-GR 30 ^\d{3} ?\d{2}$
HR hr-HR 385 ^\d{5}$
IS is-IS 354 ^\d{3}$
IT it-IT 39 ^\d{5}$
LI de-LI 423 ^94\d{2}$
LT lt-LT 370 ^(LT-)?\d{5}$
LU fr-LU 352 ^\d{4}$
LV lv-LV 371 ^(LV-)?\d{4}$
MT en-MT 356 ^[A-Za-z]{3} ?\d{2,4}$
NO nb-NO 47 ^\d{4}$
PT pt-PT 351 ^\d{4}-\d{3}$
RO ro-RO 40 ^\d{6}$
SE sv-SE 46 ^\d{3} ?\d{2}$
SI sl-SI 386 ^\d{4}$
SK sk-SK 421 ^\d{3} ?\d{2}$
"""
COUNTRIES |= {
    code: Country(culture, (culture.partition("-")[0], "en"), calling, postal, vat_id=True)
    for code, culture, calling, postal in (line.split(maxsplit=3) for line in _EUROPE.split("\n") if line)
}
COUNTRIES["IE"] = Country("en-IE", ("en",), "353", r"^[A-Za-z]\d[\dWw] ?[A-Za-z\d]{4}$", vat_id=True)
# The countries in which the registration number is mandatory (600049, 600050): eleven in 2019, thirteen more in 2021.
REGISTERED = tuple(code for code, rules in COUNTRIES.items() if rules.registration)
# In the first eleven the phone is mandatory too (600051).
_PHONED = "AM AZ BY HU KG KZ MD RU TJ UA UZ"
PHONED = tuple(_PHONED.split())

# The little that the address check knows beyond formats: enough to correct a city, as the published answer does.
US_CITIES = {"98007": "BELLEVUE", "98052": "REDMOND", "10001": "NEW YORK", "94105": "SAN FRANCISCO"}


def country_rules(_world: World, _request: Request, country: str) -> Json:
    """Return the rules for one country."""
    code = country.upper()
    rules = COUNTRIES.get(code)
    if rules is None:
        raise PartnerCenterError(404, 1000, "Not found")
    return {
        "iso2Code": code,
        "defaultCulture": rules.culture,
        "isStateRequired": bool(rules.states),
        "supportedStatesList": list(rules.states) or None,
        "supportedLanguagesList": list(rules.languages),
        "supportedCulturesList": [f"{language}-{code}" for language in rules.languages],
        "isPostalCodeRequired": rules.postal_code is not None,
        "postalCodeRegex": rules.postal_code,
        "isCityRequired": True,
        "isVatIdSupported": rules.vat_id,
        "vatIdRegex": "^[A-Z]{2}[0-9A-Z]{8,12}$" if rules.vat_id else None,
        "phoneNumberRegex": rules.phone,
        "isTaxIdSupported": code == "US",
        "isTaxIdOptional": True,
        "countryCallingCodesList": [rules.calling_code],
        "attributes": {"objectType": "CountryValidationRules"},
    }


def check_address(address: Fields, *, prefix: str) -> str:
    """Return the code of the address's country; raise the published error for what breaks them."""
    code = address.text("country").upper()
    rules = COUNTRIES.get(code)
    if rules is None:
        raise PartnerCenterError(400, 20000, "The country is not supported.")
    for name, longest in (("addressLine1", 200), ("city", 100), ("firstName", 50), ("lastName", 50)):
        if not 1 <= len(address.text(name)) <= longest:
            raise invalid_property(f"{prefix}.{name}", f"must have 1 to {longest} characters")
    if len(address.text("addressLine2")) > 200:
        raise invalid_property(f"{prefix}.addressLine2", "must have at most 200 characters")
    state = address.text("state") or (address.text("region") if rules.states else "")
    if len(address.text("state")) > 2 or (rules.states and state.upper() not in rules.states):
        raise invalid_property("StateInvalid - Details")
    if rules.states and address.text("region").upper() not in ("", state.upper()):
        raise invalid_property("StateInvalid - Details")
    if rules.postal_code and not re.match(rules.postal_code, address.text("postalCode")):
        raise invalid_property("PostalCodeInvalid - Details", f"does not match {rules.postal_code}")
    if address.text("phoneNumber") and not re.match(rules.phone, address.text("phoneNumber")):
        raise invalid_property(f"{prefix}.phoneNumber", f"does not match {rules.phone}")
    return code


def check_registration(code: str, registration: str, phone: str) -> None:
    """Raise 600049 to 600051 or 600002 where registration number or phone are not what the country demands."""
    rules = COUNTRIES[code]
    if rules.registration is None:
        if registration:
            raise PartnerCenterError(400, 600002, "Organization registration id value is not supported")
        return
    if not registration:
        raise PartnerCenterError(400, 600049, "Organization registration id information is missing")
    if not re.match(rules.registration, registration):
        description = (
            f"Organization registration id information is invalid and should be of the format {rules.registration}"
        )
        raise PartnerCenterError(400, 600050, description)
    if not phone and code in PHONED:
        raise PartnerCenterError(400, 600051, "Customer phone number is missing")


def validate_address(world: World, request: Request) -> Response:
    """Check an address by the contract of 2021 (always 200) or of 2019 (empty 200, or 400 with 2007)."""
    address = Fields.of(request.json())
    corrected, reason = _corrected(address)
    if world.switch("address_contract") == "2019":
        if reason is None:
            return written(None)
        raise PartnerCenterError(400, 2007, json.dumps(_nested_error(corrected, reason), separators=(",", ":")))
    answer: Json = {
        "originalAddress": _echo(address),
        "suggestedAddresses": [corrected] if reason and corrected else [],
    }
    if reason is None:
        answer["status"] = "VerifiedShippable"
    else:
        answer["status"] = "InteractionRequired" if corrected else "NotValidated"
        answer["validationMessage"] = reason
    return written(answer)


def _echo(address: Fields) -> Json:
    names = ("country", "region", "city", "state", "addressLine1", "addressLine2", "postalCode", "phoneNumber")
    return {name: address.text(name) for name in names if address.text(name)}


def _corrected(address: Fields) -> tuple[Json | None, str | None]:
    """Return the better address and why, (None, why) where there is none to suggest, (None, None) for a good one."""
    rules = COUNTRIES.get(address.text("country").upper())
    if rules is None:
        return None, "CountryInvalid - Details: the country is not supported."
    malformed = _malformed(address, rules)
    if malformed:
        return None, malformed
    city = US_CITIES.get(address.text("postalCode")[:5]) if address.text("country").upper() == "US" else None
    if city and city != address.text("city").upper():
        reason = (
            f"ZipCityInvalid - Details: Field - 'City' is corrected from OldValue: '{address.text('city')}'"
            f" to NewValue: '{city}'."
        )
        return {**_echo(address), "city": city}, reason
    return None, None


def _malformed(address: Fields, rules: Country) -> str | None:
    """Return the reason for which an address breaks the rules of its country, None for one that keeps them."""
    for name in ("addressLine1", "city", *(("postalCode",) if rules.postal_code else ())):
        title = f"{name[0].upper()}{name[1:]}"
        if not address.text(name):
            return f"{title}Missing - Details: Field - '{title}' is required."
    for name, longest in (("addressLine1", 200), ("addressLine2", 200), ("city", 100)):
        title = f"{name[0].upper()}{name[1:]}"
        if len(address.text(name)) > longest:
            return f"{title}Invalid - Details: Field - '{title}' has more than {longest} characters."
    if rules.postal_code and not re.match(rules.postal_code, address.text("postalCode")):
        return f"ZipInvalid - Details: Field - 'PostalCode' does not match {rules.postal_code}."
    if rules.states and address.text("state").upper() not in rules.states:
        return "StateInvalid - Details: Field - 'State' is not a state of the country."
    if address.text("phoneNumber") and not re.match(rules.phone, address.text("phoneNumber")):
        return f"PhoneNumberInvalid - Details: Field - 'PhoneNumber' does not match {rules.phone}."
    return None


def _nested_error(corrected: Json | None, reason: str) -> dict[str, Any]:
    nested: dict[str, Any] = {"code": "60071", "reason": escape(reason).replace("&#x27;", "&#39;")}
    if corrected:
        nested["corrected_address"] = {
            "country": corrected["country"],
            "region": corrected.get("state") or corrected.get("region"),
            "city": corrected["city"],
            "address_line1": corrected["addressLine1"],
            "postal_code": corrected["postalCode"],
        }
    return {**nested, "object_type": "AddressValidation", "resource_status": "Active"}


ROUTES = [
    ("GET", "/countryvalidationrules/{country}", country_rules),
    ("POST", "/validations/address", validate_address),
]
