"""The only upward road: four signals, in one file, with somebody listening to those that are sent."""

from django.dispatch import Signal

from billing import signals


def test_there_are_five_signals() -> None:
    assert {name for name, value in vars(signals).items() if isinstance(value, Signal)} == {
        "payment_completed",
        "balance_moved",
        "credit_hold_entered",
        "credit_hold_left",
        "books_opening",
    }


def test_subscriptions_listens_to_money() -> None:
    assert signals.payment_completed.has_listeners()
    assert signals.books_opening.has_listeners()
