"""What the format has and the books cannot do yet: read like all else, and refused by its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from billing.engine.types import TYPES
from subscriptions.simulation.history import History
from subscriptions.simulation.reading import BadHistory

# By the path of a member: whether a history asks for it. Whoever builds it takes the line out.
NOT_YET: Mapping[str, Callable[[History], bool]] = {}


def refuse_not_yet(story: History) -> None:
    """Raise BadHistory for what the history asks for and the books cannot do yet."""
    if story.plan.billing_type not in TYPES:
        raise BadHistory(
            f"billing_type: {story.plan.billing_type} is not charged here yet, only {', '.join(sorted(TYPES))}"
        )
    for path, asks in NOT_YET.items():
        if asks(story):
            raise BadHistory(f"{path}: is not carried out here yet, leave it out")
