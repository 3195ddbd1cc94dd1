"""Trouble is told in the reader's language, from the sentence and the values that rows keep."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from vendors.errors import (
    ConsentDeclined,
    ConsentNeeded,
    NotFound,
    NotYet,
    Rejected,
    Transient,
    VendorError,
    bounded_wait,
    just_made,
    sentence,
)


def test_sentence_is_filled_with_its_values_when_it_is_read() -> None:
    error = Rejected("Refused: %(reason)s (%(times)s)", reason="no", times=3)
    assert str(error) == "Refused: no (3)"
    assert error.values == {"reason": "no", "times": "3"}


def test_code_is_the_vendors_or_that_of_the_class() -> None:
    assert Transient("x").code == "transient"
    assert Transient("x", code="429").code == "429"


def test_declined_consent_is_consent_that_is_needed() -> None:
    assert issubclass(ConsentDeclined, ConsentNeeded)
    assert issubclass(ConsentNeeded, VendorError)


def test_sentence_is_looked_up_in_the_active_language() -> None:
    error = Rejected("Yes")  # a word that Django itself translates
    with translation.override("ru"):
        assert str(error) == "Да"


def test_value_of_ours_is_kept_untranslated_whoever_works() -> None:
    with translation.override("ru"):
        error = Rejected("%(field)s: %(told)s", field=gettext_lazy("Yes"), told="Yes")
    assert error.values == {"field": {"text": "Yes"}, "told": "Yes"}
    assert str(error) == "Yes: Yes"
    with translation.override("ru"):
        assert str(error) == sentence(error.message, error.values) == "Да: Yes"


def test_no_message_is_no_sentence() -> None:
    assert sentence("", {}) == ""


def test_error_within_an_error_is_told_in_one_language() -> None:
    inner = Rejected("Yes, %(percent)s", percent="5 %")
    outer = Rejected("%(reason)s. No", reason=inner)
    assert outer.values == {"reason": {"text": "Yes, %(percent)s", "values": {"percent": "5 %"}}}
    assert str(outer) == sentence(outer.message, outer.values) == "Yes, 5 %. No"
    whole = Rejected("%(reason)s", reason=Rejected("Yes"))
    with translation.override("ru"):
        assert str(whole) == "Да"


@pytest.mark.parametrize(
    ("asked", "waits"),
    [
        (None, None),
        (7, 7.0),
        (0, 1.0),
        (-5, 1.0),
        (86_400 * 365, 3600.0),
        (float("inf"), 3600.0),
        (float("-inf"), 1.0),
        (float("nan"), None),
    ],
)
def test_no_vendor_makes_us_wait_for_ever_or_in_a_circle(asked: float | None, waits: float | None) -> None:
    assert bounded_wait(asked) == waits
    assert Transient("busy", retry_after=asked).retry_after == waits


def test_not_found_of_what_was_just_made_is_not_yet() -> None:
    with pytest.raises(NotYet) as trouble, just_made():
        raise NotFound("gone", sought="orders/7", code="20000")
    assert (trouble.value.code, type(trouble.value.refusal)) == ("20000", NotFound)
