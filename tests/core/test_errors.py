"""An anticipated "no" keeps its sentence lazy and names its field."""

import pytest
from django.utils import translation
from django.utils.translation import gettext_lazy

from core.errors import Refusals, Refused


class NothingToChange(Refused):
    """A refusal with a code and a field of its own."""

    code = "nothing_to_change"
    field = "quantities"


def test_a_refusal_shows_its_sentence():
    assert str(Refused("Top up the balance by 3.10 USD.")) == "Top up the balance by 3.10 USD."


def test_a_refusal_has_a_code_for_programs_and_no_field_by_default():
    refusal = Refused("No.")
    assert (refusal.code, refusal.field) == ("refused", None)


def test_a_subclass_gives_its_code_and_field():
    refusal = NothingToChange("The quantities are the same.")
    assert (refusal.code, refusal.field) == ("nothing_to_change", "quantities")


def test_the_raiser_may_name_another_code_and_field_without_touching_the_class():
    refusal = NothingToChange("No.", code="other", field="seats")
    assert (refusal.code, refusal.field) == ("other", "seats")
    assert (NothingToChange.code, NothingToChange.field) == ("nothing_to_change", "quantities")


def test_a_lazy_sentence_becomes_text_in_the_language_in_which_it_is_shown():
    refusal = Refused(gettext_lazy("Monday"))
    with translation.override("ru"):
        assert str(refusal) == "Понедельник"
    with translation.override("en"):
        assert str(refusal) == "Monday"


def test_everything_that_is_wrong_is_gathered_and_said_at_once():
    refusals = Refusals()
    with refusals.gathered():
        raise Refused("Fill in the city.", field="city")
    with refusals.gathered():
        raise NothingToChange("Nothing changes.")
    refusals.add(Refused("Fill in the city.", field="city"))
    with pytest.raises(Refused) as refused:
        refusals.raise_any()
    said = [(problem.code, problem.field, problem.sentence) for problem in refused.value.problems]
    assert said == [
        ("refused", "city", "Fill in the city."),
        ("nothing_to_change", "quantities", "Nothing changes."),
    ]
    assert str(refused.value) == "Fill in the city. Nothing changes."


def test_what_was_gathered_below_is_gathered_above_flat_and_once():
    below, above = Refusals(), Refusals()
    below.add(Refused("One.", field="a"))
    below.add(Refused("Two.", field="b"))
    for _turn in range(2):
        with above.gathered():
            below.raise_any()
    above.add(Refused("Three."))
    with pytest.raises(Refused) as refused:
        above.raise_any()
    assert [problem.sentence for problem in refused.value.problems] == ["One.", "Two.", "Three."]


def test_nothing_gathered_raises_nothing():
    refusals = Refusals()
    refusals.raise_any()
    assert not refusals
