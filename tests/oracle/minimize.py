"""Makes a history that shows a difference as short as it can be, by leaving out what the difference does not need."""

from __future__ import annotations

from collections.abc import Callable


def minimized(history: dict, differs: Callable[[dict], bool]) -> dict:
    """Return the history with every event, resource and unit left out without which it still `differs`."""
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in smaller_than(history):
            if still(differs, smaller):
                history, shrinking = smaller, True
                break
    return history


def still(differs: Callable[[dict], bool], history: dict) -> bool:
    """Tell whether a history differs; one that breaks an implementation differs from one that does not."""
    try:
        return differs(history)
    except (AssertionError, LookupError, ValueError):
        return True


def smaller_than(history: dict):
    """Yield histories with one thing less."""
    events = history["events"]
    for index in range(len(events) - 1, -1, -1):
        yield {**history, "events": events[:index] + events[index + 1 :]}
    if events and history["until"] != events[-1]["day"]:
        yield {**history, "until": events[-1]["day"]}
    if len(history["resources"]) > 1:
        yield {**history, "resources": history["resources"][:1], "events": [first_resource(e) for e in events]}
    for setting, plain in (("fixed_price", False), ("credit_limit", "0"), ("billing_day", 1), ("currency", "USD")):
        if history[setting] != plain:
            yield {**history, setting: plain}
    for index, event in enumerate(events):
        for key, count in event.get("quantities", {}).items():
            if count > 1:
                less = {**event, "quantities": {**event["quantities"], key: count - 1}}
                yield {**history, "events": [*events[:index], less, *events[index + 1 :]]}


def first_resource(event: dict) -> dict:
    """Return an event that speaks of seats only."""
    return {
        **event,
        **{
            part: {key: value for key, value in event[part].items() if key == "seats"}
            for part in ("quantities", "prices")
            if part in event
        },
    }
