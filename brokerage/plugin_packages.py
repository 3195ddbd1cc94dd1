"""What other installed packages bring along beside their plugins: translations, in a folder `locale` of their own.

A package is found by its entry point, as its plugin is (vendors/registry.py), and is not imported for it: settings are
read before anything of Django works.
"""

from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

# As vendors/registry.py has it, which cannot be asked yet.
GROUP = "brokerage.vendor_plugins"


def locale_paths() -> list[Path]:
    """Return the folders of translations of the packages whose plugins are installed, each once, by name."""
    packages = sorted({point.module.partition(".")[0] for point in entry_points(group=GROUP)})
    return [folder for package in packages for folder in _locale_of(package)]


def _locale_of(package: str) -> list[Path]:
    spec = find_spec(package)
    places = spec.submodule_search_locations if spec is not None else None
    return [Path(place, "locale") for place in places or () if Path(place, "locale").is_dir()]
