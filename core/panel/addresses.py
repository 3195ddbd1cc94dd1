"""The inputs of an address, the same in every form: one select of countries, regions and postal codes by its rules."""

from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.countries import address_rules, countries


class CountryField(forms.ChoiceField):
    """One of the countries of ISO 3166, named in the reader's language."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"label": gettext_lazy("Country"), "required": False, **options, "choices": countries})


class RegionInput(forms.TextInput):
    """A text that browsers complete from the country's regions."""

    regions: tuple[str, ...] = ()

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """Draw the input and, where there are any, the regions that it offers."""
        if not self.regions:
            return super().render(name, value, attrs, renderer)
        known = f"{(attrs or {}).get('id', name)}_regions"
        options = format_html_join("", '<option value="{}"></option>', ((region,) for region in self.regions))
        drawn = super().render(name, value, {**(attrs or {}), "list": known}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', drawn, known, options)


def fit_address(form: forms.Form) -> forms.Form:
    """Return the form with its address inputs fitted to the country that stands in it: regions, postal code's form."""
    if "country" not in form.fields:
        return form
    country = str(form["country"].value() or "")
    rules = address_rules(country)
    if "region" in form.fields:
        widget = RegionInput(attrs=form.fields["region"].widget.attrs)
        widget.regions = tuple(rules.region_names)
        form.fields["region"].widget = widget
    if "zip" in form.fields and rules.postal_code_examples and not form.fields["zip"].help_text:
        form.fields["zip"].help_text = _("For example %(example)s.") % {"example": rules.postal_code_examples[0]}
    return form
