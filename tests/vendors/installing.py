"""Makes the example plugin's package visible as if pip had installed it: its folder carries a .dist-info."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vendors import registry

PACKAGE = Path(__file__).parent / "example_plugin"
LOCALE = PACKAGE / "brokerage_example_vendor" / "locale"


@contextmanager
def example_installed() -> Iterator[None]:
    """Find the example plugin through its entry point; forget it afterwards, for the sake of other tests."""
    known = dict(registry._plugins)
    sys.path.insert(0, str(PACKAGE))
    importlib.invalidate_caches()
    try:
        registry.discover_entry_points()
        yield
    finally:
        sys.path.remove(str(PACKAGE))
        registry._plugins.clear()
        registry._plugins.update(known)
