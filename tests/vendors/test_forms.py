"""One function makes form fields of a plugin's inputs, each behind a prefix; what follows from answers is asked on."""

from collections.abc import Mapping
from urllib.parse import urlencode

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile

from brokerage import web_server
from core.errors import Refused
from vendors.answers import LONGEST
from vendors.fields import Field, FieldKind, content_of
from vendors.forms import (
    ANSWER,
    LARGEST_FILE,
    LONGEST_IN_ADDRESS,
    SETTING,
    answers_told,
    ask_on,
    inputs_of,
    values_of,
)

KINDS = tuple(Field(kind.value, kind.value, kind, required=False, choices=(("n1", "N1"),)) for kind in FieldKind)
GIVEN = {
    "text": "a", "long_text": "a\nb", "number": "7", "yes_no": "on", "secret": "hidden", "url": "http://sandbox:80/",
    "choice": "n1", "country": "DE",
}  # fmt: skip


def form_of(fields: tuple[Field, ...], data: Mapping[str, str], **files: SimpleUploadedFile) -> forms.Form:
    form = forms.Form(
        {SETTING + name: value for name, value in data.items()}, {SETTING + name: one for name, one in files.items()}
    )
    form.fields.update(inputs_of(fields, prefix=SETTING))
    return form


def test_every_kind_has_an_input_whose_answer_is_a_text() -> None:
    form = form_of(KINDS, GIVEN, file=SimpleUploadedFile("key.p12", b"\x00key"))
    assert form.is_valid(), form.errors
    values = values_of(form.cleaned_data, SETTING)
    assert content_of(values.pop("file")) == b"\x00key"
    assert values == GIVEN | {"yes_no": "yes"}
    empty = form_of(KINDS, {})
    assert empty.is_valid()
    assert set(values_of(empty.cleaned_data, SETTING).values()) == {""}


def test_answers_are_told_as_they_were_shown_and_no_secret_is() -> None:
    form = form_of(KINDS, GIVEN, file=SimpleUploadedFile("key.p12", b"\x00key"))
    assert form.is_valid()
    told = {label: value for label, value, _url in answers_told(form, SETTING)}
    given = {"text": "a", "number": 7, "yes_no": "yes", "url": "http://sandbox:80/", "choice": "N1"}
    assert told == given | {"country": told["country"]}
    assert str(told["country"]) == "Germany"


def test_input_of_a_vendor_is_never_taken_for_one_of_ours() -> None:
    form = forms.Form({"name": "ours", "settings.name": "theirs"})
    form.fields["name"] = forms.CharField()
    form.fields.update(inputs_of([Field("name", "Name")], prefix=SETTING))
    assert form.is_valid()
    assert (form.cleaned_data["name"], values_of(form.cleaned_data, SETTING)) == ("ours", {"name": "theirs"})


def test_file_that_is_no_key_is_refused() -> None:
    form = form_of(KINDS, {}, file=SimpleUploadedFile("film.mp4", b"x" * (LARGEST_FILE + 1)))
    assert not form.is_valid()
    assert form.errors["settings.file"] == ["The file is larger than 64 KB: it is no key and no certificate."]


@pytest.mark.parametrize("kind", [FieldKind.SECRET, FieldKind.FILE])
def test_secret_that_is_stored_is_not_shown_and_may_stay(kind: FieldKind) -> None:
    (field,) = inputs_of([Field("key", "Key", kind)], prefix=SETTING, now={"key": "stored"}).values()
    assert (field.required, field.initial or "", field.help_text) == (False, "", "Empty: the stored one stays.")
    (new,) = inputs_of([Field("key", "Key", kind)], prefix=SETTING).values()
    assert new.required


def asked(data: Mapping[str, str]) -> forms.Form:
    form = forms.Form(data)
    form.fields.update(inputs_of([Field("site", "Site")], prefix=ANSWER))

    def follow_up(answers: Mapping[str, str]) -> tuple[Field, ...]:
        if answers["site"] == "moon":
            raise Refused("There is none.", field="site")
        return (Field("room", "Room", FieldKind.CHOICE, choices=(("n1", "N1"),), after=("site",)),)

    return ask_on(form, follow_up)


def test_what_follows_from_an_answer_is_asked_once_that_is_given() -> None:
    assert list(asked({}).fields) == ["parameters.site"]
    form = asked({"parameters.site": "north"})
    assert list(form.fields) == ["parameters.site", "parameters.room"]
    assert form.errors == {"parameters.room": ["One more answer, which follows from the others."]}
    assert not asked({"parameters.site": "north", "parameters.room": "n2"}).is_valid()
    form = asked({"parameters.site": "north", "parameters.room": "n1"})
    assert form.is_valid()
    assert values_of(form.cleaned_data, ANSWER) == {"site": "north", "room": "n1"}


def test_a_long_answer_of_an_order_fits_into_an_address() -> None:
    field = Field("csr", "CSR", FieldKind.LONG_TEXT)
    (asked,), (kept,) = (inputs_of([field], prefix=prefix).values() for prefix in (ANSWER, SETTING))
    assert (asked.max_length, kept.max_length) == (LONGEST_IN_ADDRESS, LONGEST[FieldKind.LONG_TEXT])
    usual = "\r\n".join("Aa0b" * 15 + "+/aA" for _line in range(LONGEST_IN_ADDRESS // 66))
    assert len(urlencode({ANSWER + field.name: usual})) < web_server.limit_request_line - 500


def test_answer_that_leads_nowhere_is_refused_at_its_field() -> None:
    assert asked({"parameters.site": "moon"}).errors == {"parameters.site": ["There is none."]}


def test_file_is_kept_where_the_form_asks_on() -> None:
    form = forms.Form({ANSWER + "more": "b"}, {ANSWER + "file": SimpleUploadedFile("key.p12", b"\x00key")})
    form.fields.update(inputs_of((Field("file", "File", FieldKind.FILE),), prefix=ANSWER))
    ask_on(form, lambda _answers: (Field("more", "More"),))
    values = values_of(form.cleaned_data, ANSWER)
    assert (content_of(values["file"]), values["more"]) == (b"\x00key", "b")
