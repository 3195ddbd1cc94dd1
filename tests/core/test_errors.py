"""An anticipated "no" keeps its sentence lazy and names its field."""

from django.utils import translation
from django.utils.translation import gettext_lazy

from core.errors import Refused


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
