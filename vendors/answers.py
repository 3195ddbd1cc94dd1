"""What was answered to a plugin's inputs, checked in one place for pages, the API and commands."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from core.countries import is_country
from core.errors import Refusals, Refused
from vendors.base import VendorPlugin
from vendors.certificates import opened_certificate
from vendors.fields import YES, Field, FieldKind, content_of

LONGEST = {FieldKind.LONG_TEXT: 20_000, FieldKind.FILE: 100_000}
LONGEST_LINE = 500


class SettingRefused(Refused):
    """An answer to one of a plugin's inputs is missing or malformed; `field` names it."""

    code = "setting_refused"


def checked_all(
    fields: Iterable[Field],
    values: Mapping[str, str],
    *,
    stored: Mapping[str, str] | None = None,
    one_of: Iterable[tuple[str, ...]] = (),
) -> dict[str, str]:
    """Return the values as they are kept; all that is missing or wrong is refused at once.

    A secret left empty stays what is `stored` of it. Of each group of `one_of` at least one is filled in.
    """
    answers: dict[str, str] = {}
    refusals = Refusals()
    known, listed = stored or {}, list(fields)
    for field in listed:
        with refusals.gathered():
            answers[field.name] = checked(field, values.get(field.name), stored=known.get(field.name, ""))
            for group in one_of:
                if field.name == group[0] and not any(values.get(name) or known.get(name) for name in group):
                    raise _none_of(field, [str(one.label) for one in listed if one.name in group])
    refusals.raise_any()
    return answers


def _none_of(field: Field, labels: list[str]) -> SettingRefused:
    """Return the refusal of a group of which one has to be filled in, and none is, at its first field."""
    named = " / ".join(f"“{label}”" for label in labels)
    return SettingRefused(_("Fill in one of these: %(fields)s.") % {"fields": named}, field=field.name)


def checked(field: Field, value: object, *, stored: str = "") -> str:
    """Return the value as it is kept; None is no answer. Raises SettingRefused, naming the field, with the remedy."""
    given = "" if value is None else str(value).strip()
    if field.is_secret:
        given = given or stored
    if value is None or field.kind is not FieldKind.YES_NO:  # an empty answer to yes or no is the answer no
        given = given or field.default
    if not given:
        if field.required:
            raise _refused(field, _("“%(field)s” is missing: fill it in."))
        return ""
    longest = LONGEST.get(field.kind, LONGEST_LINE)
    if len(given) > longest:
        raise _refused(field, ngettext_lazy(
            "“%(field)s” is longer than %(longest)s character: shorten it.",
            "“%(field)s” is longer than %(longest)s characters: shorten it.", longest), longest=longest)  # fmt: skip
    sentence = _wrong(field, given)
    if sentence is not None:
        raise _refused(field, sentence, minimum=field.minimum, maximum=field.maximum)
    return given


def certificate_expiry(plugin: VendorPlugin, answers: Mapping[str, str]) -> datetime | None:
    """Return until when the client certificate among the answers is valid; None where there is none.

    Raises SettingRefused, naming its field, for a file that cannot be used with its password.
    """
    if plugin.tls is None or not answers.get(plugin.tls.file):
        return None
    try:
        content = content_of(answers[plugin.tls.file])
        return opened_certificate(content, answers.get(plugin.tls.password, "")).expires_at
    except ValueError as fault:
        sentence = _(
            "The certificate cannot be opened: upload a .pfx, .p12 or .pem file that holds certificate and key, and"
            " enter its password."
        )
        raise SettingRefused(sentence, field=plugin.tls.file) from fault


def _wrong(field: Field, value: str) -> object:
    """Return what is wrong with a value, None where nothing is."""
    if field.kind is FieldKind.NUMBER:
        return _wrong_number(field, value)
    if field.kind is FieldKind.URL and _is_address(value) and "@" in urlsplit(value).netloc:
        return _("“%(field)s” holds a user name or a password, which everybody sees there: leave them out.")
    fits, sentence = _TESTS.get(field.kind, (lambda _field, _value: True, None))
    return None if fits(field, value) else sentence


def _wrong_number(field: Field, value: str) -> object:
    if not value.removeprefix("-").isascii() or not value.removeprefix("-").isdigit():
        return _("“%(field)s” is no whole number: write it in digits.")
    if field.minimum is not None and int(value) < field.minimum:
        return _("“%(field)s” is at least %(minimum)s.")
    if field.maximum is not None and int(value) > field.maximum:
        return _("“%(field)s” is at most %(maximum)s.")
    return None


def _refused(field: Field, sentence: object, **values: object) -> SettingRefused:
    return SettingRefused(sentence % {"field": field.label, **values}, field=field.name)


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a bracket that is not closed, a port beyond all ports
        return False


def _is_file(value: str) -> bool:
    try:
        return bool(content_of(value))
    except ValueError:
        return False


def _is_choice(field: Field, value: str) -> bool:
    """Return whether it is one of the choices; those that follow from earlier answers only the vendor knows."""
    return not field.choices or value in {choice for choice, _label in field.choices}


# Whether a value fits its kind, and what is said where it does not.
_TESTS: dict[FieldKind, tuple[Callable[[Field, str], bool], object]] = {
    FieldKind.URL: (
        lambda _field, value: _is_address(value),
        _("“%(field)s” is not an address: write it as https://server/path."),
    ),
    FieldKind.COUNTRY: (
        lambda _field, value: is_country(value),
        _("“%(field)s” is not the code of a country: choose one from the list."),
    ),
    FieldKind.CHOICE: (_is_choice, _("“%(field)s” has no such choice: pick one from the list.")),
    FieldKind.YES_NO: (lambda _field, value: value == YES, _("“%(field)s” is yes, or left empty.")),
    FieldKind.FILE: (lambda _field, value: _is_file(value), _("“%(field)s” is no file: upload it anew.")),
}
