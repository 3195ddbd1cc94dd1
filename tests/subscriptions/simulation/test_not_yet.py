"""What the books cannot do yet is refused by the name of its member, and not half done."""

from typing import Any

import pytest

from billing.engine.types import TYPES
from subscriptions.simulation.history import read_history
from subscriptions.simulation.not_yet import NOT_YET, refuse_not_yet
from subscriptions.simulation.reading import BadHistory
from subscriptions.simulation.shapes import SHAPES
from tests.subscriptions.simulation.test_history import G_I3, TERMS

ASKED: dict[str, dict[str, Any]] = {
    "payment_model": {"payment_model": "postpay"},
}


def test_what_asks_for_nothing_new_is_carried_out() -> None:
    refuse_not_yet(read_history({**G_I3, "plan": {"setup_fee": "0"}, "plans": {}, "taxes": [], "chain": []}))


@pytest.mark.parametrize("member", NOT_YET)
def test_what_is_not_there_yet_is_named(member: str) -> None:
    events: list[Any] = []
    with pytest.raises(BadHistory, match=f"^{member}: is not carried out here yet"):
        refuse_not_yet(read_history({**G_I3, "events": events, **ASKED[member]}))


@pytest.mark.parametrize("kind", [kind for kind in SHAPES if kind not in TYPES] or [None])
def test_a_type_without_rules_is_named(kind: str | None) -> None:
    if kind is not None:
        with pytest.raises(BadHistory, match=f"^billing_type: {kind} is not charged here yet, only"):
            refuse_not_yet(read_history({**G_I3, **TERMS[kind], "billing_type": kind, "events": []}))
