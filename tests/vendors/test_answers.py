"""What was answered to a plugin's inputs is checked by their kinds, and refused with the field and the remedy."""

import pytest

from core.errors import Refused
from vendors.answers import LONGEST_LINE, SettingRefused, checked, checked_all
from vendors.fields import Field, FieldKind, packed

NUMBER = Field("days", "Days", FieldKind.NUMBER, minimum=1, maximum=30)
CHOICE = Field("room", "Room", FieldKind.CHOICE, choices=(("n1", "N1"),))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        (Field("a", "A"), " ", "“A” is missing: fill it in."),
        (Field("a", "A"), "x" * (LONGEST_LINE + 1), "“A” is longer than 500 characters: shorten it."),
        (NUMBER, "many", "“Days” is no whole number: write it in digits."),
        (NUMBER, "1.5", "“Days” is no whole number: write it in digits."),
        (NUMBER, "٣", "“Days” is no whole number: write it in digits."),
        (NUMBER, "0", "“Days” is at least 1."),
        (NUMBER, "31", "“Days” is at most 30."),
        (CHOICE, "n2", "“Room” has no such choice: pick one from the list."),
        (Field("a", "A", FieldKind.YES_NO), "maybe", "“A” is yes, or left empty."),
        (Field("a", "A", FieldKind.COUNTRY), "XX", "“A” is not the code of a country: choose one from the list."),
        (Field("a", "A", FieldKind.URL), "ftp://a", "“A” is not an address: write it as https://server/path."),
        *(
            (
                Field("a", "A", FieldKind.URL),
                address,
                "“A” holds a user name or a password, which everybody sees there: leave them out.",
            )
            for address in ("https://admin:canary@av.example", "http://admin@av.example:9080/x")
        ),
        (Field("a", "A", FieldKind.FILE), "-----BEGIN", "“A” is no file: upload it anew."),
    ],
)
def test_answer_that_does_not_fit_is_refused_at_its_field(field: Field, value: str, said: str) -> None:
    with pytest.raises(SettingRefused) as refusal:
        checked(field, value)
    assert (str(refusal.value), refusal.value.field) == (said, field.name)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (NUMBER, "30"),
        (CHOICE, "n1"),
        (Field("room", "Room", FieldKind.CHOICE, after=("site",)), "whatever the vendor has told"),
        (Field("a", "A", FieldKind.YES_NO), "yes"),
        (Field("a", "A", FieldKind.LONG_TEXT), "x" * 10_000),
        (Field("a", "A", FieldKind.FILE), packed(b"key")),
        (Field("a", "A", required=False), ""),
    ],
)
def test_answer_that_fits_is_kept(field: Field, value: str) -> None:
    assert checked(field, value) == value


def test_yes_by_default_may_be_answered_with_no() -> None:
    fields = (Field("renew", "Renew", FieldKind.YES_NO, required=False, default="yes"),)
    assert [checked_all(fields, given)["renew"] for given in ({}, {"renew": "yes"}, {"renew": ""})] == [
        "yes",
        "yes",
        "",
    ]


def test_everything_wrong_is_told_at_once_and_secrets_left_empty_stay() -> None:
    fields = (NUMBER, CHOICE, Field("key", "Key", FieldKind.SECRET), Field("file", "File", FieldKind.FILE))
    with pytest.raises(Refused) as refusal:
        checked_all(fields, {"days": "0"})
    assert [problem.field for problem in refusal.value.problems] == ["days", "room", "key", "file"]
    stored = {"key": "kept", "file": packed(b"kept"), "room": "not a secret"}
    assert checked_all(fields, {"days": "2", "room": "n1"}, stored=stored) == {
        "days": "2", "room": "n1", "key": "kept", "file": packed(b"kept"),
    }  # fmt: skip
