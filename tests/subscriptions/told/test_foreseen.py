"""Hands that write nothing: there is not one that they have from those that write."""

from subscriptions.contract.hands import Hands
from subscriptions.told.foreseen import Foresight


def test_every_hand_of_the_night_has_one_that_writes_nothing() -> None:
    writing = {name for name in vars(Hands) if not name.startswith("_")}
    assert writing
    assert writing <= set(vars(Foresight))
