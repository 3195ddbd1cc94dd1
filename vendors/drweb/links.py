"""What a customer needs of each station: the installers for their systems and the configuration file, as links."""

from collections.abc import Iterable, Iterator
from xml.etree.ElementTree import Element

from django.utils.translation import gettext, gettext_noop

from core.spreadsheet import csv_lines
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


def table_of(stations: Stations, keys: Iterable[str]) -> bytes:
    """Return every station with its links as CSV, titles in the reader's language."""
    titles = [gettext("Station"), "ID", *(gettext(label) for label in {**SYSTEMS, "config": CONFIG}.values())]
    return b"".join(csv_lines(titles, _rows(stations, keys)))


def _rows(stations: Stations, keys: Iterable[str]) -> Iterator[list[str]]:
    for station in (station for key in sorted(keys) for station in stations.of(key)):
        node = stations.info(station.id)
        links = dict(links_of(node)) if node is not None else {}
        yield [station.name, station.id, *(links.get(name, "") for name in (*SYSTEMS, "config"))]


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
