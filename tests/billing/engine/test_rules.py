"""Every billing type answers everything that the Protocol asks, with the same arguments."""

import inspect

import pytest

from billing.engine.rules import Metered, Rules
from billing.engine.types import TYPES

ASKED = [name for name in vars(Rules) if not name.startswith("_")]


def parameters(function) -> list[tuple[str, object]]:
    """The names of the arguments and how they are given; an argument that is not looked at has a leading underscore."""
    found = inspect.signature(function).parameters.values()
    return [(one.name.lstrip("_"), one.kind) for one in found if one.name != "self"]


@pytest.mark.parametrize("key", TYPES)
@pytest.mark.parametrize("name", ASKED)
def test_a_type_answers(key: str, name: str):
    asked, answer = inspect.getattr_static(Rules, name), getattr(TYPES[key], name)
    if isinstance(asked, property):
        assert not callable(answer)
        return
    mine, theirs = parameters(answer), parameters(asked)
    assert len(mine) >= len(theirs) - sum(kind is inspect.Parameter.KEYWORD_ONLY for _, kind in theirs)
    by_name = {one for one, kind in theirs if kind is inspect.Parameter.KEYWORD_ONLY}
    assert by_name <= {one for one, _ in mine}, "what is given by its name has that name"


def test_what_is_used_is_charged_by_types_that_say_so():
    assert [key for key, rules in TYPES.items() if isinstance(rules, Metered)] == [
        "payg_internal",
        "payg_external",
    ]
