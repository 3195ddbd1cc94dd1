"""What a customer needs of each station: the installers for their systems and the configuration file, as links."""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from django.utils.translation import gettext_noop

from vendors.base import Fact
from vendors.drweb.stations import Stations

# Of so many stations the links stand among the service's facts; the list to download has all of them.
SHOWN = 10
CONFIG = gettext_noop("Configuration file")
# The systems as AV-Desk names them, in the order shown.
SYSTEMS = {
    "windows": gettext_noop("Installer for Windows"),
    "macosx": gettext_noop("Installer for macOS"),
    "linux": gettext_noop("Installer for Linux"),
    "android": gettext_noop("Installer for Android"),
}


def facts_of(stations: Stations, keys: Iterable[str]) -> tuple[Fact, ...]:
    """Return the links of the first stations; a place where no station is any more is told empty, and so forgotten."""
    rows = [station for key in sorted(keys) for station in stations.of(key)][:SHOWN]
    facts: list[Fact] = []
    for place in range(SHOWN):
        station = rows[place] if place < len(rows) else None
        node = stations.info(station.id) if station else None
        links = dict(links_of(node)) if node is not None else {}
        for name, label in {**SYSTEMS, "config": CONFIG}.items():
            title = station.name if station else ""
            facts.append(Fact(f"station_{place + 1}_{name}", label, links.get(name, ""), way_in=False, of=title))
    return tuple(facts)


def links_of(node: Element) -> Iterator[tuple[str, str]]:
    """Yield the links of a station as its server tells them: (system or "config", address), the first of each."""
    told: set[str] = set()
    for package in node.iterfind("packages/package"):
        system = package.get("os", "").casefold()
        if system in SYSTEMS and system not in told and package.get("url"):
            told.add(system)
            yield system, package.get("url", "")
    config = node.find("config")
    if config is not None and config.get("url"):
        yield "config", config.get("url", "")
