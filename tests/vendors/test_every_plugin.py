"""The contract suite over every registered plugin, the example's package included; broken plugins fail it."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings

from tests.vendors.contract import NewBench, every_check
from tests.vendors.installing import example_installed
from vendors.base import JSON, Connection, Done, Order, Probe, Service, Steps, Task, VendorPlugin, Verdict
from vendors.errors import NotYet, Transient
from vendors.registry import plugin_for, plugins

with example_installed():
    SLUGS = [plugin.slug for plugin in plugins()]
CHECKS = dict(every_check())


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


def bench_of(slug: str) -> NewBench:
    """Return how to open a plugin's bench, which lies beside its tests: tests/vendors/<slug>/bench.py."""
    return import_module(f"tests.vendors.{slug}.bench").open_bench


def test_registered_plugins_are_those_of_the_apps_and_of_the_entry_points() -> None:
    assert sorted(["example", *(app.rpartition(".")[2] for app in settings.VENDOR_PLUGINS)]) == SLUGS


@pytest.mark.parametrize("check", CHECKS)
@pytest.mark.parametrize("slug", SLUGS)
def test_plugin_keeps_the_contract(slug: str, check: str) -> None:
    CHECKS[check](bench_of(slug))


def failing(plugin: VendorPlugin) -> set[str]:
    """Return the checks that a plugin fails on the example vendor's bench."""
    new_bench: NewBench = partial(import_module("tests.vendors.example.bench").open_bench, plugin)
    return {name for name, check in CHECKS.items() if _fails(check, new_bench)}


def _fails(check: Callable[[NewBench], None], new_bench: NewBench) -> bool:
    try:
        check(new_bench)
    except (AssertionError, pytest.fail.Exception):
        return True
    return False


class Altered:
    """The steps of an operation, each with another `send` in place of the plugin's."""

    def __init__(self, steps: Steps, send: Callable[[Callable[[str], JSON], str], JSON]) -> None:
        self.steps = steps
        self.send = send

    def once(self, name: str, *, send: Callable[[str], JSON], **more: Any) -> JSON:
        return self.steps.once(name, send=lambda request_id: self.send(send, request_id), **more)


def broken(kind: str) -> VendorPlugin:
    """Return the example plugin, broken in one way."""
    example: type[VendorPlugin] = type(plugin_for("example"))

    class LyingProbe(example):  # type: ignore[misc, valid-type]  # found at run time, through its entry point
        """Says that everything is done."""

        def probe(self, connection: Connection, task: Task) -> Probe:
            service_id = task.service.vendor_ids["service_id"] if task.service else "1"
            return Probe(Verdict.DONE, Done({"service_id": service_id}))

    class AddingChange(example):  # type: ignore[misc, valid-type]  # as above
        """Sends the difference, and does not look whether it arrived."""

        def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
            client_of = import_module("brokerage_example_vendor.client").Client
            ((key, seats),) = quantities.items()
            body = {"seats": seats - service.resources[key].quantity}
            path = f"/services/{service.vendor_ids['service_id']}/add"
            client = client_of(connection)
            send = partial(client._asked, "POST", path, changes=True, json=body)
            steps.once("set", send=lambda _id: send(), find=lambda: None)
            return Done(service.vendor_ids)

        def probe(self, connection: Connection, task: Task) -> Probe:
            return Probe(Verdict.NOT_DONE) if task.action == "change" else super().probe(connection, task)

    class Hasty(example):  # type: ignore[misc, valid-type]  # as above
        """Takes a success that it cannot read for a call that was not carried out."""

        def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
            def send(sent: Callable[[str], JSON], request_id: str) -> JSON:
                try:
                    return sent(request_id)
                except ValueError as unreadable:
                    raise Transient("No answer.") from unreadable

            return super().provision(connection, order, Altered(steps, send))

    class Credulous(example):  # type: ignore[misc, valid-type]  # as above
        """Believes a list that lags at once."""

        visible_after = timedelta(0)

    class Patient(example):  # type: ignore[misc, valid-type]  # as above
        """Waits for ever for a vendor that is busy."""

        def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
            def send(sent: Callable[[str], JSON], request_id: str) -> JSON:
                try:
                    return sent(request_id)
                except NotYet as busy:
                    raise Transient("Busy.") from busy

            return super().provision(connection, order, Altered(steps, send))

    kinds: dict[str, type[VendorPlugin]] = {
        "lying probe": LyingProbe,
        "adding change": AddingChange,
        "hasty": Hasty,
        "credulous": Credulous,
        "patient": Patient,
    }
    return kinds[kind]()


def test_plugin_whose_probe_lies_fails() -> None:
    actions = ("provision-5", "change-8", "change-3", "suspend-0", "resume-0", "renew-0", "cancel-0")
    liable = ("probe_tells_the_truth", "keeps_one_service_whatever_is_lost", "survives_being_killed")
    assert failing(broken("lying probe")) == {f"{name}-{action}" for name in liable for action in actions}


def test_plugin_whose_change_is_not_idempotent_fails() -> None:
    actions = ("change-8", "change-3")
    liable = ("probe_tells_the_truth", "keeps_one_service_whatever_is_lost", "survives_being_killed")
    # Nor does it say what is gone.
    gone = {"gone_at_the_vendor_is_not_changed_or_resumed"}
    assert failing(broken("adding change")) == {f"{name}-{action}" for name in liable for action in actions} | gone


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("hasty", "keeps_one_service_whatever_is_lost-provision-5"),
        ("credulous", "keeps_one_service_whatever_is_lost-provision-5"),
        ("patient", "does_not_wait_for_ever_for_a_busy_vendor"),
    ],
)
def test_plugin_that_buys_twice_or_waits_for_ever_fails(kind: str, check: str) -> None:
    assert failing(broken(kind)) == {check}
