"""A plugin's inputs as form fields: of a connection's page, of a template's, of an order's, in both panels.

Each name stands behind a prefix, so that a vendor's `name` is never taken for one of ours.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.addresses import CountryField
from core.panel.confirming import put_refusal
from vendors.answers import LONGEST, LONGEST_LINE
from vendors.fields import YES, Field, FieldKind, packed

SETTING, OPTION, ANSWER, RESELLER = "settings.", "options.", "parameters.", "reseller."
LARGEST_FILE = 64 * 1024
# The answers of an order stand in an address (brokerage/web_server.py): a long text in it is shorter than elsewhere.
LONGEST_IN_ADDRESS = 6_000


class PackedFileField(forms.FileField):
    """An uploaded file as the text that is kept of it; empty where none was uploaded."""

    # Never compared with what the row holds: it is not shown.
    of_the_row = False

    def clean(self, data: Any, initial: Any = None) -> str:
        """Return the file's bytes, packed; raises ValidationError for one beyond LARGEST_FILE."""
        upload = super().clean(data, initial)
        if not upload:
            return ""
        if upload.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 64 KB: it is no key and no certificate."))
        upload.seek(0)  # a form that asks on (`ask_on`) is cleaned twice
        return packed(upload.read())


def inputs_of(
    fields: Iterable[Field], *, prefix: str, now: Mapping[str, str] | None = None, addresses: bool = True
) -> dict[str, forms.Field]:
    """Return form fields by prefixed name, filled in with the values of `now`; a secret is never filled in, may stay.

    Without `addresses`, those of the vendor's servers are shown and cannot be changed.
    """
    inputs = {}
    for field in fields:
        inputs[prefix + field.name] = made = _input(field, now, in_address=prefix == ANSWER)
        made.helper = field.helper  # type: ignore[attr-defined]  # read by components/field.html
        if field.kind is FieldKind.URL and not addresses:
            made.disabled = True
            made.help_text = _("Set by the operator.")
    return inputs


def values_of(answers: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """Return what was answered to a plugin's inputs, as texts by the plugin's names."""
    return {name.removeprefix(prefix): _text(value) for name, value in answers.items() if name.startswith(prefix)}


def answers_told(form: forms.Form, prefix: str = ANSWER) -> list[tuple[object, object, str]]:
    """Return what a valid form's answers to a plugin's inputs were, as facts of a confirmation: label, value, "".

    What is no line to read again (a request of many lines, a file, a secret) is left out, as what was left empty.
    """
    told = []
    for name, field in form.fields.items():
        answer = form.cleaned_data.get(name)
        unread = isinstance(field, forms.FileField) or isinstance(field.widget, (forms.Textarea, forms.PasswordInput))
        if not name.startswith(prefix) or unread or not answer:
            continue
        names = dict(getattr(field, "choices", ()))
        told.append((field.label or name, _("yes") if answer is True else names.get(answer, answer), ""))
    return told


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    return "" if value is None else str(value)


def _input(field: Field, now: Mapping[str, str] | None, *, in_address: bool) -> forms.Field:
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required and not field.default,
    }
    if field.is_secret:
        return _secret_input(field, common, is_new=now is None)
    common["initial"] = (now or {}).get(field.name, field.default)
    if field.kind is FieldKind.CHOICE and not field.choices:
        return _line(field, common)  # its choices are the vendor's to tell, and nobody asks here
    if field.kind is FieldKind.LONG_TEXT:
        return _long_text(common, LONGEST_IN_ADDRESS if in_address else LONGEST[field.kind])
    return _INPUTS.get(field.kind, _line)(field, common)


def _line(_field: Field, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(**common, max_length=LONGEST_LINE)


def _choice(field: Field, common: dict[str, Any]) -> forms.Field:
    nothing = () if field.required else (("", "—"),)
    return forms.ChoiceField(**common, choices=(*nothing, *field.choices))


def _tick(field: Field, common: dict[str, Any]) -> forms.Field:
    return forms.BooleanField(**common | {"initial": common["initial"] == YES, "required": field.required})


def _number(field: Field, common: dict[str, Any]) -> forms.Field:
    return forms.IntegerField(**common, min_value=field.minimum, max_value=field.maximum)


def _long_text(common: dict[str, Any], longest: int) -> forms.Field:
    box = forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "autocomplete": "off"})
    return forms.CharField(**common, max_length=longest, widget=box)


def _address(_field: Field, common: dict[str, Any]) -> forms.Field:
    return forms.CharField(**common, max_length=LONGEST_LINE, widget=forms.URLInput(attrs={"spellcheck": "false"}))


_INPUTS: dict[FieldKind, Callable[[Field, dict[str, Any]], forms.Field]] = {
    FieldKind.CHOICE: _choice,
    FieldKind.COUNTRY: lambda _field, common: CountryField(**common),
    FieldKind.YES_NO: _tick,
    FieldKind.NUMBER: _number,
    FieldKind.URL: _address,
}


def _secret_input(field: Field, common: dict[str, Any], *, is_new: bool) -> forms.Field:
    common["required"] = common["required"] and is_new
    if not is_new:
        common["help_text"] = _("Empty: the stored one stays.")
    if field.kind is FieldKind.FILE:
        return PackedFileField(**common, widget=forms.FileInput())
    # A secret that every installation of the demo has may be seen; any other never leaves the server.
    shown = field.default if settings.DEMO and is_new else ""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=bool(shown))
    return forms.CharField(**common, max_length=LONGEST_LINE, widget=widget, strip=True, initial=shown)


def ask_on(form: forms.Form, follow_up: Callable[[Mapping[str, str]], Iterable[Field]]) -> forms.Form:
    """Add to a form that is answered so far what its answers lead to (a certificate's domain, those who may approve).

    `follow_up` gets the answers and may raise Refused, which is told at its field.
    """
    if not form.is_bound or not form.is_valid():
        return form
    try:
        more = inputs_of(follow_up(values_of(form.cleaned_data, ANSWER)), prefix=ANSWER)
    except Refused as refusal:
        put_refusal(form, refusal)
        return form
    for field in more.values():
        field.error_messages["required"] = _("One more answer, which follows from the others.")
    if more:
        form.fields.update(more)
        form.full_clean()
        unanswered = {name for name in more if form.add_prefix(name) not in form.data}
        # Nothing is wrong where all that is missing is asked here for the first time; read by form_errors.html.
        form.asks_on = set(form.errors) <= unanswered  # type: ignore[attr-defined]  # the template reads it
    return form
