"""Inputs that a vendor's plugin asks for, as form fields."""

from collections.abc import Mapping, Sequence

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from core.panel.addresses import CountryField
from vendors.base import Field, FieldKind


def inputs_of(
    fields: Sequence[Field], *, now: Mapping[str, str] | None = None, addresses: bool = True
) -> dict[str, forms.Field]:
    """Return form fields by name, filled in with the values of `now`; a secret is never filled in, and may stay.

    Without `addresses`, those of the vendor's servers are shown and cannot be changed.
    """
    inputs = {field.name: _input(field, now) for field in fields}
    for field in fields:
        if field.kind is FieldKind.URL and not addresses:
            inputs[field.name].disabled = True
            inputs[field.name].help_text = _("Set by the operator.")
    return inputs


def _input(field: Field, now: Mapping[str, str] | None) -> forms.Field:
    common = {"label": field.label, "help_text": field.help, "required": field.required and not field.default}
    initial = (now or {}).get(field.name, field.default)
    if field.kind is FieldKind.CHOICE:
        return forms.ChoiceField(**common, choices=field.choices, initial=initial)
    if field.kind is FieldKind.COUNTRY:
        return CountryField(**common, initial=initial)
    if field.kind is FieldKind.SECRET:
        common["required"] = field.required and now is None and not field.default
        if now is not None:
            common["help_text"] = _("Empty: the stored one stays.")
        # A secret that every installation of the demo has may be seen; any other never leaves the server.
        shown = field.default if settings.DEMO and now is None else ""
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=bool(shown))
        return forms.CharField(**common, max_length=500, widget=widget, strip=True, initial=shown)
    return forms.CharField(**common, max_length=500, initial=initial)
