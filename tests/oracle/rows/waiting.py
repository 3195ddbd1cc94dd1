"""What the books cannot do yet: rows and histories that ask for it are passed over. Empty when all is built."""

from __future__ import annotations

# By the member of a history; a billing type or an event that is not there yet, by its name.
WAITING: tuple[str, ...] = ()


def waits(history: dict) -> str | None:
    """Return the first thing that a history asks for and that is not built yet; None where all is there."""
    asked = {name for name in history if history[name]}
    if history.get("payment_model", "prepay") == "prepay":
        asked.discard("payment_model")
    asked |= {history["billing_type"], *(event["do"] for event in history["events"])}
    return next((name for name in WAITING if name in asked), None)
