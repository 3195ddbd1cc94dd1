"""What a customer changes about its account: contact person and contact information (CR-544)."""

from collections.abc import Collection
from functools import lru_cache
from typing import Any

from babel import Locale
from django import forms
from django.utils.translation import gettext_lazy as _

from core.panel.formats import locale_code

CONTACT_PERSON = ("contact_first_name", "contact_middle_name", "contact_last_name", "contact_email", "contact_phone")
# What is corrected by taking it away, too.
MAY_BE_EMPTY = frozenset({"contact_middle_name", "office", "phone", "contact_phone"})
COUNTRY_CODE_LENGTH = 2
# Codes of unions and of what is reserved; no customer has an address there.
NO_COUNTRIES = frozenset({"EU", "EZ", "UN", "ZZ", "XA", "XB", "QO"})


@lru_cache(maxsize=8)
def _countries(locale: str) -> tuple[tuple[str, str], ...]:
    names = Locale.parse(locale).territories
    known = [
        (code, name)
        for code, name in names.items()
        if len(code) == COUNTRY_CODE_LENGTH and code.isalpha() and code not in NO_COUNTRIES
    ]
    return tuple(sorted(known, key=lambda pair: pair[1]))


def countries() -> list[tuple[str, str]]:
    """Return the countries by ISO 3166 alpha-2 code, named in the reader's language; nothing comes first."""
    return [("", "—"), *_countries(locale_code())]


def country_name(code: str) -> str:
    """Return a country's name in the reader's language; the code itself where it is not known."""
    return dict(_countries(locale_code())).get(code, code)


class AccountForm(forms.Form):
    """The contact person, then the contact information."""

    contact_first_name = forms.CharField(label=_("First name"), max_length=50, required=False)
    contact_middle_name = forms.CharField(label=_("Middle name"), max_length=50, required=False)
    contact_last_name = forms.CharField(label=_("Last name"), max_length=50, required=False)
    contact_email = forms.EmailField(label=_("E-mail"), required=False)
    contact_phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    primary_name = forms.CharField(label=_("Company name"), max_length=200, required=False)
    tax_id = forms.CharField(label=_("Tax number"), max_length=40, required=False)
    email = forms.EmailField(label=_("E-mail"), help_text=_("Vendors write to this address."))
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    country = forms.ChoiceField(label=_("Country"), choices=countries, required=False)
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    building = forms.CharField(label=_("Building"), max_length=40, required=False)
    office = forms.CharField(label=_("Office"), max_length=40, required=False)
    zip = forms.CharField(label=_("Postal code"), max_length=20, required=False)

    def __init__(self, *args: Any, needed: Collection[str] = (), **kwargs: Any) -> None:
        """Ask for everything, or for exactly the `needed` fields, which then are demanded."""
        super().__init__(*args, **kwargs)
        if not needed:
            return
        self.order_fields([*needed])
        for name in [name for name in self.fields if name not in needed]:
            del self.fields[name]
        for name, field in self.fields.items():
            field.required = field.required or name not in MAY_BE_EMPTY
            if name in CONTACT_PERSON:
                field.label = _("Contact person: %(field)s") % {"field": str(field.label).lower()}

    @property
    def contact_person(self) -> list[forms.BoundField]:
        """The fields of the person who signs agreements."""
        return [self[name] for name in CONTACT_PERSON if name in self.fields]

    @property
    def contact_information(self) -> list[forms.BoundField]:
        """The fields of the company and its address."""
        return [self[name] for name in self.fields if name not in CONTACT_PERSON]
