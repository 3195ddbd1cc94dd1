"""The examples of README and docs/*.md run as they stand there, and the commands that they name exist."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import get_commands
from django.http import HttpRequest
from django.test import RequestFactory

from accounts.actors import actor_of
from core.lists.listing import LISTINGS
from core.lists.tabs import offered_of
from core.lists.views import list_view
from subscriptions.models import Product
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.vendors.memory import MemoryBook
from vendors.base import VendorPlugin
from vendors.steps import OnceOnly
from vendors.values import Order, Service

ROOT = Path(__file__).resolve().parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCED = re.compile(r"^([^\n]*)\n```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# A fenced block without a language is a drawing or a line for a shell.
LANGUAGES = {"python", "django", "json", ""}
COMMAND = re.compile(r"\b(?P<tool>make|manage\.py|python -m) (?P<name>[a-z_][a-z_.-]*)")


@dataclass(frozen=True)
class Block:
    """One fenced block of a page, with the line before it."""

    page: str
    before: str
    language: str
    code: str


def blocks(page: str = "", language: str = "") -> Iterator[Block]:
    """Yield the blocks of the pages in their order."""
    for path in PAGES:
        text = re.sub(r"\n\n(?=```)", "\n", path.read_text(encoding="utf-8"))
        for found in FENCED.finditer(text):
            block = Block(path.name, *found.groups())
            if page in ("", block.page) and language in ("", block.language):
                yield block


def run(page: str, **known: Any) -> dict[str, Any]:
    """Carry out all Python examples of a page, one after the other as its reader does, and return what they define."""
    names: dict[str, Any] = {"__name__": f"example_of_{page.removesuffix('.md')}", **known}
    for block in blocks(page, "python"):
        exec(compile(block.code, page, "exec"), names)  # noqa: S102  # our own documentation
    return names


def test_every_block_is_of_a_language_that_is_tried() -> None:
    found = list(blocks())
    assert {block.language for block in found} <= LANGUAGES
    assert {block.page for block in found if block.language == "python"} == {"panels.md", "vendor_plugins.md"}


# --- docs/panels.md -------------------------------------------------------------------------------------------------


@pytest.fixture
def panels(settings: Any, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """What the page's examples define, its templates being where it says."""
    for block in blocks("panels.md", "django"):
        [name] = re.findall(r"^`operator_panel/templates/(\S+)`:$", block.before)
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.code, encoding="utf-8")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    before = set(LISTINGS)
    yield run("panels.md")
    for name in set(LISTINGS) - before:
        del LISTINGS[name]


def asked(person: Any, method: str = "get", **data: str) -> HttpRequest:
    """Return a request of the person."""
    request = getattr(RequestFactory(), method)("/", data)
    request.actor, request.user, request.htmx, request.session = actor_of(person), person, False, {}
    return request


@pytest.mark.django_db
def test_the_example_of_a_page_runs(panels: dict[str, Any]) -> None:
    """Seen before: NameError, of names that the example did not have."""
    account = cast.account(name="Acme Ltd")
    said = panels["account"](asked(cast.manager()), account.pk).content.decode()
    assert all(text in said for text in ("Acme Ltd", "$0.00", "Account information", str(account.reseller)))


@pytest.mark.django_db
def test_the_example_of_a_form_runs(panels: dict[str, Any]) -> None:
    """Seen before: an except without its try."""
    me = cast.manager()
    assert "<form" in panels["create"](asked(me)).content.decode()
    answer = panels["create"](asked(me, "post", name="Backups"))
    assert (answer.status_code, Product.objects.get().name) == (302, "Backups")
    again = panels["create"](asked(me, "post", name="Backups"))
    assert (again.status_code, Product.objects.count(), "Backups" in again.content.decode()) == (422, 1, True)


@pytest.mark.django_db
def test_the_example_of_a_list_runs(panels: dict[str, Any]) -> None:
    """Seen before: names that nothing imported, and a form of `sort` that a column does not take."""
    plan = make.plan(name="Office", prices={"seats": "12.50"})
    listing = panels["PRICES"]
    assert LISTINGS["operator.prices"] is listing
    said = list_view(listing)(asked(cast.manager())).content.decode()
    assert all(text in said for text in ("Office", "Seats", "12.50", f"/operator/plans/{plan.pk}/resources/"))
    assert [name for name, _label, _right in offered_of(panels["TABS"])] == ["account", "account_payments"]


# --- docs/vendor_plugins.md -----------------------------------------------------------------------------------------


class Shelf:
    """A vendor of one kind of thing, for the example of a changing call."""

    def __init__(self) -> None:
        self.held: dict[str, Any] = {}

    def send(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Put a thing there."""
        self.held[body["reference"]] = {"id": "7", "path": path, "method": method}
        return self.held[body["reference"]]

    def by_reference(self, reference: str) -> dict[str, Any] | None:
        """Return the thing of a reference."""
        return self.held.get(reference)


def payloads() -> list[dict[str, Any]]:
    """Return the payloads that the guide shows, what it leaves out being empty."""
    [block] = blocks("vendor_plugins.md", "json")
    return [json.loads(text) for text in block.code.replace("{…}", "{}").split("\n\n")]


def test_the_examples_of_a_plugin_run() -> None:
    book, client = MemoryBook(), Shelf()
    order = Order.from_payload("order:1", payloads()[0])
    steps = OnceOnly(book, reference=order.reference, new_id=uuid4)
    known = {"steps": steps, "client": client, "order": order, "body": {"reference": order.reference}}
    names = run("vendor_plugins.md", **known)
    assert names["service"] == {"id": "7", "path": "/services", "method": "POST"}
    assert [call.name for call in book.calls()] == ["service"]
    plugin = names["MyVendor"]
    assert issubclass(plugin, VendorPlugin)
    assert all(field.name and field.label for field in (*plugin.settings_fields, *plugin.order_fields))


def test_the_payloads_of_the_guide_are_read() -> None:
    order, service = payloads()
    read = Order.from_payload("order:1", order)
    assert (read.resources["seats"].quantity, read.answers, read.account.contact.first_name) == (
        5, {"domain_prefix": "acme"}, "…",
    )  # fmt: skip
    assert Service.from_payload(service["service"]).label == "…"


def test_the_guide_names_what_a_plugin_must_have() -> None:
    guide = (ROOT / "docs" / "vendor_plugins.md").read_text()
    must = guide.partition("**Must:**")[2].partition("**May**")[0]
    assert VendorPlugin.__abstractmethods__ <= set(re.findall(r"`(\w+)`", must))


# --- commands -------------------------------------------------------------------------------------------------------


def test_every_command_that_is_named_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    commands = set(get_commands())
    missing, looked = [], 0
    for path in PAGES:
        code = "\n".join(re.findall(r"`([^`\n]+)`", path.read_text()))
        code += "\n".join(block.code for block in blocks(path.name) if not block.language)
        for found in COMMAND.finditer(code):
            looked += 1
            tool, name = found["tool"], found["name"]
            there = {
                "make": name in targets,
                "manage.py": name in commands,
                "python -m": any((ROOT / f"{name.replace('.', '/')}{end}").exists() for end in (".py", "/__main__.py")),
            }
            if not there[tool]:
                missing.append(f"{path.name}: {found[0]}")
    assert looked > 10
    assert missing == []
