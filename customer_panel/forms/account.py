"""What a customer changes about its account: contact person and contact information (CR-544)."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms import name_company_or_person
from core.panel.addresses import CountryField, fit_address

CONTACT_PERSON = ("contact_first_name", "contact_middle_name", "contact_last_name", "contact_email", "contact_phone")
# What is corrected by taking it away, too.
MAY_BE_EMPTY = frozenset({"contact_middle_name", "office", "phone", "contact_phone"})


# Which of them are demanded follows from the country, while that is still to be chosen.
DEPENDS = frozenset({"building", "region", "zip", "phone", "tax_id"})


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
    country = CountryField()
    region = forms.CharField(label=_("Region"), max_length=100, required=False)
    city = forms.CharField(label=_("City"), max_length=100, required=False)
    street = forms.CharField(label=_("Street"), max_length=200, required=False)
    building = forms.CharField(label=_("Building"), max_length=40, required=False)
    office = forms.CharField(label=_("Office"), max_length=40, required=False)
    zip = forms.CharField(label=_("Postal code"), max_length=20, required=False)

    def __init__(self, *args: Any, needed: Collection[str] = (), **kwargs: Any) -> None:
        """Ask for everything, or for exactly the `needed` fields, which then are demanded."""
        super().__init__(*args, **kwargs)
        fit_address(self)
        if not needed:
            name_company_or_person(self)
            return
        self.order_fields([*needed])
        for name in [name for name in self.fields if name not in needed]:
            del self.fields[name]
        for name, field in self.fields.items():
            if "country" in needed and name in DEPENDS:
                field.depends_on_country = True
            else:
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
