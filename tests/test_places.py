"""In how many places something new is added: as many as the documentation says, and nothing is registered elsewhere."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps

from api.urls import RESOURCES
from core.lists.listing import LISTINGS, Listing
from tests.factories.lists import PANELS
from vendors.registry import plugins

ROOT = Path(__file__).resolve().parent.parent
APPS = (
    "accounts", "api", "billing", "brokerage", "core", "customer_panel", "notifications", "operator_panel",
    "subscriptions", "vendors",
)  # fmt: skip
NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
SECTIONS = [
    ("vendor_plugins.md", "### One field more", "two"),
    ("billing_types.md", "## Another type", "five"),
    ("panels.md", "## A list", "four"),
    ("api.md", "## Adding a resource", "four"),
]


def section(page: str, heading: str) -> str:
    """Return the text below a heading."""
    return (ROOT / "docs" / page).read_text().partition(f"{heading}\n")[2].partition("\n##")[0]


def files_with(*words: str, also: tuple[str, ...] = ()) -> set[str]:
    """Return the source files, and those of `also`, in which one of the words stands as a whole."""
    wanted = re.compile("|".join(rf"(?<![\w.:]){re.escape(word)}(?!\w)" for word in words))
    texts = [*sources(), *((name, (ROOT / name).read_text(encoding="utf-8")) for name in also)]
    return {path for path, text in texts if any(word in text for word in words) and wanted.search(text)}


@cache
def sources() -> tuple[tuple[str, str], ...]:
    """Return every module of the platform with its text."""
    paths = [path for app in APPS for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts]
    return tuple((path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")) for path in paths)


@pytest.mark.parametrize(("page", "heading", "said"), SECTIONS, ids=[heading for _page, heading, _said in SECTIONS])
def test_a_page_says_as_many_places_as_it_lists(page: str, heading: str, said: str) -> None:
    text = section(page, heading)
    assert re.search(rf"\b{said} places\b", text, re.IGNORECASE)
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


# Names of a plugin's fields that stand elsewhere for another reason.
ALSO_ELSEWHERE = {
    ("client_secret", "vendors/masking.py"): "what secrets are called everywhere",
    ("tenant_id", "operator_panel/views/vendor_connections.py"): "a detail that a consent tells, with its label",
}


def test_a_field_of_a_plugin_is_named_by_its_plugin_alone() -> None:
    """Seen before: nothing; the demo, which fills the forms in as a person would, is no part of the platform."""
    columns = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    ours = [plugin for plugin in plugins() if plugin.__module__.startswith("vendors.")]  # others may be installed
    # A plugin's own package, and the roof that it shares with the vendor's other plugins (vendors/microsoft).
    packages = {kind.__module__.rpartition(".")[0] for plugin in ours for kind in type(plugin).__mro__}
    homes = tuple(f"{package.replace('.', '/')}/" for package in packages if package.startswith("vendors."))
    fields = [field for plugin in ours for field in (*plugin.settings_fields, *plugin.order_fields)]
    names = {field.name for field in fields if "_" in field.name} - columns
    found = {(name, path) for name in names for path in files_with(f'"{name}"')}
    elsewhere = {(name, path) for name, path in found if not path.startswith((*homes, "brokerage/demo/"))}
    assert len(names) > 3
    assert elsewhere <= set(ALSO_ELSEWHERE)
