"""What Microsoft demands of the account that becomes its customer: all that is missing or malformed, each at its field.

The rules of a country are those that Partner Center publishes (countryvalidationrules): whether it sells there, states,
the shape of postal codes and phones. What it publishes elsewhere only, or not at all (which countries demand a
registration number, lengths), stands here with its source. Fields are named as the platform's account names them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import Party
from vendors.errors import Country, Rejected
from vendors.microsoft.errors import unsold
from vendors.microsoft.partner_center import Members
from vendors.microsoft.states import state_code

NAME_LENGTH, LINE_LENGTH, CITY_LENGTH = 50, 200, 100
# Where Microsoft demands a registration number (lists of 2019 and 2021, 600049, 600050); elsewhere it refuses one.
# The shapes are those of the countries' own registers: ИНН, УНП, БИН, CNPJ, PAN, NIP and so on. None: any shape.
REGISTRATION_NUMBERS: dict[str, str | None] = {
    "AM": r"\d{8}",
    "AZ": r"\d{10}",
    "BY": r"\d{9}",
    "HU": r"\d{8}(-\d-\d{2}|\d{3})?",
    "KZ": r"\d{12}",
    "KG": r"\d{14}",
    "MD": r"\d{13}",
    "RU": r"\d{10}|\d{12}",
    "TJ": r"\d{9}",
    "UZ": r"\d{9}",
    "UA": r"\d{8}|\d{10}|\d{12}",
    "BR": r"\d{14}|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}",
    "IN": r"[A-Z]{5}\d{4}[A-Z]",
    "ZA": r"\d{4}/\d{6}/\d{2}|\d{12}",
    "PL": r"\d{10}",
    "AE": r"\d{15}",
    "SA": r"\d{15}",
    "TR": r"\d{10,11}",
    "TH": r"\d{13}",
    "VN": r"\d{10}(-?\d{3})?",
    "MM": None,
    "IQ": None,
    "SS": None,
    "VE": r"[JGVEPC]-?\d{8}-?\d",
}
PHONE_COUNTRIES = frozenset(["AM", "AZ", "BY", "HU", "KZ", "KG", "MD", "RU", "TJ", "UZ", "UA"])

INCOMPLETE = gettext_noop("The account lacks “%(field)s”, which Microsoft demands. Fill it in on the account.")
TOO_LONG = gettext_noop("“%(name)s” is too long for Microsoft: at most %(longest)s characters.")
STATE_WRONG = gettext_noop(
    "Microsoft knows no state “%(typed)s” in the country “%(country)s”. Enter one of: %(allowed)s."
)
POSTAL_CODE_WRONG = gettext_noop(
    "The postal code “%(typed)s” has not the form that the country “%(country)s” demands. Correct the postal code."
)
PHONE_WRONG = gettext_noop(
    "The phone number “%(typed)s” has not the form that the country “%(country)s” demands. Enter it with its area code,"
    " for example %(example)s."
)
NUMBER_WRONG = gettext_noop(
    "The tax number “%(typed)s” has not the form of a registration number of the country “%(country)s”. Correct it."
)


@dataclass(frozen=True)
class Demanded:
    """A value that must not be empty, and how long it may be."""

    field: str
    label: object
    value: str
    longest: int | None = None

    def problem(self) -> Rejected | None:
        """Return what is wrong with it, if anything."""
        if not self.value.strip():
            return Rejected(INCOMPLETE, code="order_incomplete", at=self.field, field=self.label)
        if self.longest is not None and len(self.value.strip()) > self.longest:
            return Rejected(TOO_LONG, code="order_incomplete", at=self.field, name=self.label, longest=self.longest)
        return None


def signer_problems(account: Party) -> list[Rejected]:
    """Return what is missing of the contact person, who signs the agreement (CR-544)."""
    contact = account.contact
    return _wrong_among(
        Demanded("contact_first_name", _("Contact person: first name"), contact.first_name),
        Demanded("contact_last_name", _("Contact person: last name"), contact.last_name),
        Demanded("contact_email", _("Contact person: e-mail"), contact.email),
    )


def problems_of(account: Party, rules_of: Callable[[str], Members | None]) -> list[Rejected]:
    """Return all that Microsoft would not accept of the account as its customer, each naming its field.

    `rules_of` gives the published rules of a country, None for one in which Microsoft does not sell. The account's
    e-mail is the main contact's (CR-494).
    """
    found = signer_problems(account) + _wrong_among(
        Demanded("email", _("E-mail"), account.email),
        Demanded("country", _("Country"), account.country),
        Demanded("street", _("Street"), account.address1, LINE_LENGTH),
    )
    if len(account.address2) > LINE_LENGTH:
        found.append(Rejected(TOO_LONG, at="office", name=_("Office"), longest=LINE_LENGTH))
    if not account.country.strip():
        return found + _wrong_among(Demanded("city", _("City"), account.city, CITY_LENGTH))
    rules = rules_of(account.country)
    if rules is None:
        found.append(unsold(account.country))
        rules = Members()
    return [*found, *_against_rules(account, rules)]


def state_of(account: Party, rules: Members) -> str | None:
    """Return the state as Microsoft wants it: the published code that the account's region means, None for no such."""
    return state_code(account.country, account.region, [str(code) for code in rules.get("supportedStatesList") or ()])


def phone_of(account: Party, rules: Members) -> str | None:
    """Return the account's phone number in a spelling that the country's published expression accepts; None for none.

    The account's own phone, else the contact person's where it is one of the country. The United States' expression
    takes no plus sign, others no calling code: what people write in front is left out where that helps. Empty where
    there is none.
    """
    typed = account.phone.strip()
    if not typed:
        # The contact person may be reached in another country: such a number is no company's phone.
        return _spelled(account.contact.phone.strip(), rules) or ""
    return _spelled(typed, rules)


def _spelled(typed: str, rules: Members) -> str | None:
    expression = str(rules.get("phoneNumberRegex") or "")
    if not typed or not expression:
        return typed
    spellings = [typed, typed.removeprefix("+").strip()]
    for calling_code in rules.get("countryCallingCodesList") or ():
        spellings.append(typed.removeprefix(f"+{calling_code}").strip(" -./"))
    return next((spelling for spelling in spellings if _matches(expression, spelling)), None)


def registration_number_of(account: Party) -> str:
    """Return the registration number as it is sent: without the spaces that people group digits with."""
    return "".join(account.registration_number.split())


def _against_rules(account: Party, rules: Members) -> Iterator[Rejected]:
    if rules.get("isCityRequired", True) or account.city:
        yield from _wrong_among(Demanded("city", _("City"), account.city, CITY_LENGTH))
    yield from _state_problems(account, rules)
    yield from _postal_code_problems(account, rules)
    yield from _phone_problems(account, rules)
    yield from _number_problems(account)


def _state_problems(account: Party, rules: Members) -> Iterator[Rejected]:
    if not rules.get("isStateRequired"):
        return
    if not account.region.strip():
        yield from _wrong_among(Demanded("region", _("Region"), ""))
        return
    allowed = [str(code) for code in rules.get("supportedStatesList") or ()]
    if allowed and state_of(account, rules) is None:
        values = {"typed": account.region, "country": Country(account.country), "allowed": ", ".join(allowed)}
        yield Rejected(STATE_WRONG, code="address_refused", at="region", **values)


def _postal_code_problems(account: Party, rules: Members) -> Iterator[Rejected]:
    typed, expression = account.postal_code.strip(), str(rules.get("postalCodeRegex") or "")
    if not typed:
        if rules.get("isPostalCodeRequired"):
            yield from _wrong_among(Demanded("zip", _("Postal code"), ""))
    elif expression and not _matches(expression, typed):
        values = {"typed": typed, "country": Country(account.country)}
        yield Rejected(POSTAL_CODE_WRONG, code="address_refused", at="zip", **values)


def _phone_problems(account: Party, rules: Members) -> Iterator[Rejected]:
    phone = phone_of(account, rules)
    if phone == "" and account.country in PHONE_COUNTRIES:
        yield from _wrong_among(Demanded("phone", _("Phone"), ""))
    if phone is None:
        code = next((str(code) for code in rules.get("countryCallingCodesList") or ()), "")
        values = {"typed": account.phone, "country": Country(account.country), "example": f"+{code} 425 555 0100"}
        yield Rejected(PHONE_WRONG, code="address_refused", at="phone", **values)


def _number_problems(account: Party) -> Iterator[Rejected]:
    if account.country not in REGISTRATION_NUMBERS:
        return
    number, expression = registration_number_of(account), REGISTRATION_NUMBERS[account.country]
    if not number:
        yield from _wrong_among(Demanded("tax_id", _("Tax number"), ""))
    elif expression is not None and not re.fullmatch(expression, number):
        values = {"typed": number, "country": Country(account.country)}
        yield Rejected(NUMBER_WRONG, code="600050", at="tax_id", **values)


def _wrong_among(*demanded: Demanded) -> list[Rejected]:
    return [problem for value in demanded if (problem := value.problem()) is not None]


def _matches(expression: str, text: str) -> bool:
    """Return whether a published expression accepts the text; one that cannot be read here is left to Microsoft."""
    try:
        return re.search(expression, text) is not None
    except re.error:
        return True
