"""A difference in words: in one sentence, its values as people read them, and what each choice does."""

import pytest
from django.utils import translation

from subscriptions.models import Choice, Difference, DifferenceKind
from subscriptions.told.differing import does, said_of, value_of


@pytest.mark.parametrize("kind", DifferenceKind.values)
def test_each_kind_has_its_sentence_and_both_choices_theirs(kind: str) -> None:
    one = Difference(kind=kind, name="Seats", ours="5", theirs="8")
    assert "Seats" in said_of(one)
    assert {bool(does(choice, one)) for choice in Choice.values} == {True}
    with translation.override("ru"):
        assert said_of(one)


def test_values_as_people_read_them() -> None:
    assert [value_of(one) for one in ("8", "suspended", "active 5", "P1Y monthly", "")] == [
        "8", "suspended", "in use, 5", "1 year, Monthly", "nothing",
    ]  # fmt: skip
