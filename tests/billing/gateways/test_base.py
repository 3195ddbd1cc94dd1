"""Each gateway answers what the Protocol asks, with the same arguments."""

import inspect

import pytest

from billing.gateways.base import Gateway
from billing.gateways.registry import GATEWAYS

ASKED = [name for name, _member in inspect.getmembers(Gateway, inspect.isfunction) if not name.startswith("_")]


@pytest.mark.parametrize("key", GATEWAYS)
def test_a_gateway_answers_all_that_is_asked(key: str) -> None:
    assert ASKED == ["page", "read", "receipt"]
    for name in ASKED:
        asked, answered = (inspect.signature(getattr(kind, name)) for kind in (Gateway, type(GATEWAYS[key])))
        assert list(asked.parameters) == list(answered.parameters)
