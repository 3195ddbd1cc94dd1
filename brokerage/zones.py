"""Which time-zone data Python reads: the package's, pinned with the platform, not the system's of any age."""

import importlib.util
import zoneinfo


def read_pinned() -> None:
    """Read time zones from the package from now on, where it is installed."""
    if importlib.util.find_spec("tzdata"):
        zoneinfo.reset_tzpath(to=())
        zoneinfo.ZoneInfo.clear_cache()
