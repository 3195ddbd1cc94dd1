"""In how many places something new is added: as many as the documentation says, and nothing is registered elsewhere."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.urls import RESOURCES
from core.lists.listing import LISTINGS, Listing
from tests.factories.lists import PANELS

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "accounts", "api", "billing", "brokerage", "core", "customer_panel", "notifications", "operator_panel",
    "subscriptions", "vendors",
)  # fmt: skip
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
SECTIONS = [
    ("panels.md", "## A list", "four"),
    ("api.md", "## Adding a resource", "four"),
]


def section(page: str, heading: str) -> str:
    """Return the text below a heading."""
    return (ROOT / "docs" / page).read_text().partition(f"{heading}\n")[2].partition("\n## ")[0]


def files_with(*words: str, also: tuple[str, ...] = ()) -> set[str]:
    """Return the source files, and those of `also`, in which one of the words stands as a whole."""
    wanted = re.compile("|".join(rf"(?<![\w.:]){re.escape(word)}(?!\w)" for word in words))
    return {path for path, text in sources(also) if wanted.search(text)}


def sources(also: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Yield every module of the platform with its text."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    for path in (*paths, *(ROOT / name for name in also)):
        yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("page", "heading", "said"), SECTIONS, ids=[heading for _page, heading, _said in SECTIONS])
def test_a_page_says_as_many_places_as_it_lists(page: str, heading: str, said: str) -> None:
    text = section(page, heading)
    assert re.search(rf"\bIn {said} places\b", text)
    numbered = [int(number) for number in re.findall(r"^(\d)\. ", text, re.MULTILINE)]
    assert numbered == list(range(1, NUMBERS[said] + 1))


OURS = [LISTINGS[name] for name in sorted(LISTINGS) if name.partition(".")[0] in PANELS]


@pytest.mark.parametrize("listing", OURS, ids=lambda listing: listing.name)
def test_a_list_is_registered_nowhere_but_where_the_page_says(listing: Listing) -> None:
    """Seen before: besides, `__init__` twice, LISTS of urls, and the rows and tabs of the browser tests."""
    panel, _dot, name = listing.name.partition(".")
    rows = "tests/factories/lists.py"
    named = files_with(listing.name, f"{panel}:{name}", also=(rows,))
    declared = {path for path in named if path.startswith(f"{panel}_panel/lists/")}
    assert len(declared) == 1
    links = {path for path in named if "/views" in path or path.endswith(("/remedies.py", "/navigation.py"))}
    # Pages that lead to it, and a person's way to it, name its address; nothing else knows it by name.
    assert named - declared - links <= {rows, "operator_panel/urls.py", "customer_panel/urls.py"}
    assert rows in named


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_is_registered_nowhere_but_where_the_page_says(name: str) -> None:
    viewset = RESOURCES[name].__name__
    view = RESOURCES[name].__module__.replace(".", "/") + ".py"
    assert files_with(viewset) == {view, "api/urls.py"}
