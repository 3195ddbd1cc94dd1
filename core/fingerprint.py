"""A fingerprint of what was asked or shown: two requests have the same one only where they say the same."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def fingerprint_of(content: Any) -> str:
    """Return 64 hexadecimal digits for plain values; the order of a mapping does not count, that of a list does.

    What JSON has no form for (a Decimal, a day) counts as its text.
    """
    text = json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(content: Any) -> Any:
    """Return the content with the keys of mappings as texts, so that any of them can be sorted."""
    match content:
        case Mapping():
            return {str(key): _plain(value) for key, value in content.items()}
        case list() | tuple():
            return [_plain(value) for value in content]
        case _:
            return content
