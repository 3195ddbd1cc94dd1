"""The sandbox's answers have the same elements and attributes as those that Doctor Web published.

Read from ../shared/samples/drweb where that folder exists; fixtures of our own in the same shapes, with invented
values, are compared everywhere.
"""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.sandbox.drweb.asking import STANDARD, Asker

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT.parent / "shared" / "samples" / "drweb"
OWN = Path(__file__).parents[1] / "fixtures" / "drweb"
PLACES = [OWN, PUBLISHED] if PUBLISHED.is_dir() else [OWN]
# Of the 3.x branch still on that page.
ONLY_PUBLISHED = {"tariff_delete": {"local_timestamp"}}
Shape = tuple[str, frozenset[str], tuple["Shape", ...]]


def shape_of(node: ElementTree.Element, *, without: frozenset[str] | set[str] = frozenset()) -> Shape:
    """Return an element's tag, its attributes' names, and the shapes of its children, each once."""
    children = dict.fromkeys(shape_of(child) for child in node)
    return node.tag, frozenset(set(node.attrib) - without), tuple(children)


def asked(admin: Asker, name: str) -> bytes:
    """Return what the sandbox answers to the call that the sample is of."""
    for number in range(2):
        admin.add(f"pc-{number}", user_id="u-1", name="My station")
    own = admin.xml("tariffs/add", name="New Year").find("group").get("id")
    script, parameters = {
        "group_add": ("groups/add", {"name": "Acme"}),
        "server_info": ("server/info", {}),
        "station_add_4x": ("stations/add", {"rate": STANDARD}),
        "station_delete": ("stations/delete", {"id": ["pc-0", "pc-1"]}),
        "station_state": ("stations/state", {"id": "pc-0"}),
        "station_list_by_user_id": ("stations/list-by-user-id", {"user_id": "u-1"}),
        "tariff_add": ("tariffs/add", {"name": "Easter"}),
        "tariff_delete": ("tariffs/delete", {"id": own}),
    }[name]
    return admin.raw(script, **parameters).content


def samples(kind: str) -> list[Path]:
    """Return the files of AV-Desk; the sister product's root is another one."""
    found = [path for place in PLACES for path in sorted(place.glob(f"*.{kind}"))]
    assert found
    return [path for path in found if not path.stem.startswith("es_")]


@pytest.mark.parametrize("path", samples("xml"), ids=lambda path: f"{path.parts[-2]}-{path.stem}")
def test_answer_has_the_published_elements_and_attributes(admin: Asker, path: Path) -> None:
    published = shape_of(ElementTree.parse(path).getroot(), without=ONLY_PUBLISHED.get(path.stem, set()))
    assert shape_of(ElementTree.fromstring(asked(admin, path.stem))) == published


def members(value: Any) -> Any:
    """Return a JSON value's members with the types of what they hold."""
    if isinstance(value, dict):
        return {name: members(inner) for name, inner in value.items()}
    return [members(value[0])] if isinstance(value, list) else type(value).__name__


def test_json_answer_has_the_published_members(admin: Asker) -> None:
    admin.add("1002")
    for path in samples("json"):
        answer = admin.raw("stations/delete", id="1002", format="json").json()
        assert members(answer) == members(json.loads(path.read_text()))
        admin.raw("stations/restore", id="1002")
