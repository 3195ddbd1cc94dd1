"""Lists that are behind: what was made or changed a moment ago stands in them later, while by its id it is there."""

from zlib import crc32

from sandbox.microsoft.shapes import Json
from sandbox.microsoft.world import World


def lag(world: World, identity: str) -> float:
    """Return by how many seconds lists are behind for one thing: the longest lag, or a part of it that is its own."""
    longest = float(world.switch("list_lag_seconds"))
    return longest * (crc32(identity.encode()) % 1000) / 1000 if world.switch("list_lag_varies") else longest


def keep(world: World, kind: str, document: Json) -> Json:
    """Keep a document by its id, and while lists may be behind, what lists still show of it."""
    key = document["id"].lower()
    before = world.store.get(kind, key)
    longest, now = float(world.switch("list_lag_seconds")), world.now()
    past = [entry for entry in (before or {}).get("past", ()) if now - entry["until"] < longest]
    if before is not None and longest:
        past.append({"until": now, "was": {name: value for name, value in before.items() if name != "past"}})
    return world.store.put(kind, key, {**document, "past": past})


def listed(world: World, kind: str) -> list[Json]:
    """Return the documents of a kind as lists show them now, the oldest first."""
    shown = (_as_listed(world, document) for document in world.store.all(kind))
    return [document for document in shown if document is not None]


def _as_listed(world: World, document: Json) -> Json | None:
    behind, now = lag(world, document["id"]), world.now()
    if now - document["created"] < behind:
        return None
    for entry in document.get("past", ()):
        if now - entry["until"] < behind:
            was: Json = entry["was"]
            return was
    return document
