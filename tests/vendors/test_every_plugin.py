"""The contract suite over every registered plugin, the example's package included; broken plugins fail it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

import pytest
from django.conf import settings

from tests.vendors.contract import EVERY_TROUBLE, NewBench, every_check
from tests.vendors.honesty import honest_checks
from tests.vendors.installing import example_installed
from vendors.base import (
    JSON,
    ChangeRule,
    Connection,
    Done,
    Fact,
    Offer,
    Order,
    Outcome,
    Probe,
    Service,
    Steps,
    Task,
    VendorPlugin,
    Verdict,
    Waiting,
)
from vendors.errors import Misconfigured, NotYet, Transient, VendorError
from vendors.registry import plugin_for, plugins

with example_installed():
    Client = import_module("brokerage_example_vendor.client").Client
    KNOWN = [plugin.slug for plugin in plugins()]
# Another package that happens to be installed here brings a bench of its own (test_outside.py).
SLUGS = sorted(["example", *(app.rpartition(".")[2] for app in settings.VENDOR_PLUGINS)])
CHECKS = {**dict(every_check()), **dict(honest_checks())}
LONG = ("keeps_one_service_whatever_is_lost-", "survives_being_killed-", "lost_credentials_are_told-")


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


def bench_of(slug: str) -> NewBench:
    """Return how to open a plugin's bench, which lies beside its tests: tests/vendors/<slug>/bench.py."""
    return import_module(f"tests.vendors.{slug}.bench").open_bench


def test_registered_plugins_are_those_of_the_apps_and_of_the_entry_points() -> None:
    assert set(SLUGS) <= set(KNOWN)


def cases() -> Iterator[tuple[str, str]]:
    """Yield each plugin with each check; of the longest, beside the order, one in three: all by `make prove`."""
    for turn, slug in enumerate(SLUGS):
        for place, check in enumerate(CHECKS):
            long = check.startswith(LONG) and not check.endswith("-provision-5")
            if EVERY_TROUBLE or not long or (turn + place) % 3 == 0:
                yield slug, check


@pytest.mark.prove
@pytest.mark.parametrize(("slug", "check"), list(cases()))
def test_plugin_keeps_the_contract(slug: str, check: str) -> None:
    CHECKS[check](bench_of(slug))


def failing(plugin: VendorPlugin, names: Collection[str] = CHECKS) -> set[str]:
    """Return which of the checks a plugin fails on the example vendor's bench."""
    new_bench: NewBench = partial(import_module("tests.vendors.example.bench").open_bench, plugin)
    return {name for name in names if _fails(CHECKS[name], new_bench)}


def _fails(check: Callable[[NewBench], None], new_bench: NewBench) -> bool:
    try:
        check(new_bench)
    except (AssertionError, VendorError, LookupError, pytest.fail.Exception):
        return True
    return False


class Altered:
    """The steps of an operation, each with another `send` in place of the plugin's."""

    def __init__(self, steps: Steps, send: Callable[[Callable[[str], JSON], str], JSON]) -> None:
        self.steps = steps
        self.send = send

    def once(self, name: str, *, send: Callable[[str], JSON], **more: Any) -> JSON:
        return self.steps.once(name, send=lambda request_id: self.send(send, request_id), **more)


def more_broken(example: type[VendorPlugin]) -> dict[str, type[VendorPlugin]]:
    """Return plugins that lie about units, days, money, secrets and rights."""

    class Guessing(example):  # type: ignore[misc, valid-type]  # found at run time, through its entry point
        """Takes any change for done where the service is there."""

        def _has(self, client: Client, service: Service, wanted: dict[str, Any]) -> bool:
            return super()._has(client, service, {name: value for name, value in wanted.items() if name != "seats"})

    class Pausing(example):  # type: ignore[misc, valid-type]  # as above
        """Pauses what was to be stopped: it no longer runs, and is paid for."""

        def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
            return self._set(connection, service, {"state": "paused"}, steps)

        def probe(self, connection: Connection, task: Task) -> Probe:
            if task.action == "suspend" and task.service is not None:
                there = self._has(Client(connection), task.service, {"state": "paused"})
                return Probe(Verdict.DONE, Done(task.service.vendor_ids)) if there else Probe(Verdict.NOT_DONE)
            return super().probe(connection, task)

    class Telling(example):  # type: ignore[misc, valid-type]  # as above
        """Shows the key as a fact."""

        def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
            key = connection.secrets.read()["api_key"]
            return (*super().facts(connection, service), Fact("key", "Key", key))

    class Keeping(example):  # type: ignore[misc, valid-type]  # as above
        """Keeps the key among the ids."""

        def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
            outcome = super().provision(connection, order, steps)
            ids = {**outcome.vendor_ids, "key": connection.secrets.read()["api_key"]}
            return replace(outcome, vendor_ids=ids)

    class Remembering(example):  # type: ignore[misc, valid-type]  # as above
        """Leaves the key in the result of a step."""

        def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
            def send(sent: Callable[[str], JSON], request_id: str) -> JSON:
                return sent(request_id) | {"key": connection.secrets.read()["api_key"]}

            return super().provision(connection, order, Altered(steps, send))

    class Counting(example):  # type: ignore[misc, valid-type]  # as above
        """Tells gigabytes where seats are meant."""

        def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
            told = super().facts(connection, service)
            return tuple(replace(fact, value=f"{fact.value}0") if fact.name == "seats" else fact for fact in told)

    class Impossible(example):  # type: ignore[misc, valid-type]  # as above
        """Sells at least ten and at most five."""

        def catalogue(self, connection: Connection) -> list[Offer]:
            return [replace(offer, minimum=10, maximum=5) for offer in super().catalogue(connection)]

    class BlindFind(example):  # type: ignore[misc, valid-type]  # as above
        """Finds nothing where it was not let in."""

        def _by_reference(self, client: Client, reference: str) -> JSON | None:
            try:
                return super()._by_reference(client, reference)
            except Misconfigured:
                return None

    class BlindChange(example):  # type: ignore[misc, valid-type]  # as above
        """Takes a change for done where it was not let in."""

        def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
            try:
                return super().change(connection, service, quantities, steps)
            except Misconfigured:
                return Done(service.vendor_ids)

    class BlindFacts(example):  # type: ignore[misc, valid-type]  # as above
        """Knows no facts where it was not let in."""

        def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
            try:
                return super().facts(connection, service)
            except Misconfigured:
                return ()

    class Forgetful(example):  # type: ignore[misc, valid-type]  # as above
        """Waits without telling what it has made: it can never be cancelled."""

        def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
            outcome = super().provision(connection, order, steps)
            return replace(outcome, vendor_ids={}) if isinstance(outcome, Waiting) else outcome

    class Halving(example):  # type: ignore[misc, valid-type]  # as above
        """Changes the first resource of several, whichever was meant."""

        def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
            first = next(iter(service.resources))
            return super().change(connection, service, {first: next(iter(quantities.values()))}, steps)

    class Eager(example):  # type: ignore[misc, valid-type]  # as above
        """Declares two changes a day where the vendor takes one."""

        def change_rule(self, options: Mapping[str, str]) -> ChangeRule:
            rule = super().change_rule(options)
            return rule if rule.a_day is None else replace(rule, a_day=2)

    class Premature(example):  # type: ignore[misc, valid-type]  # as above
        """Takes what the vendor has accepted for what is ready."""

        def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
            try:
                return super().provision(connection, order, steps)
            except NotYet:
                found = self._by_reference(Client(connection), order.reference)
                return Done({"service_id": found["id"]} if found else {})

    return {
        "halving": Halving, "eager": Eager, "premature": Premature, "guessing": Guessing, "pausing": Pausing,
        "telling": Telling, "keeping": Keeping, "remembering": Remembering, "counting": Counting,
        "impossible": Impossible, "blind find": BlindFind, "blind change": BlindChange, "blind facts": BlindFacts,
        "forgetful": Forgetful,
    }  # fmt: skip


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

    kinds: dict[str, type[VendorPlugin]] = more_broken(example) | {
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
    lied = {f"{name}-{action}" for name in liable for action in actions}
    assert failing(broken("lying probe")) >= lied | {"probe_knows_the_units"}


@pytest.mark.prove
def test_plugin_whose_change_is_not_idempotent_fails() -> None:
    actions = ("change-8", "change-3")
    liable = ("probe_tells_the_truth", "keeps_one_service_whatever_is_lost", "survives_being_killed")
    # Nor does it say what is gone, nor know one resource from another.
    gone = {"gone_at_the_vendor_is_not_changed_or_resumed", "keeps_several_resources_apart"}
    # The checks of other actions pass: all of them by `make prove`.
    names = (
        CHECKS
        if EVERY_TROUBLE
        else [name for name in CHECKS if name.endswith((*actions, "-suspend-0")) or name in gone]
    )
    found = failing(broken("adding change"), names)
    assert found >= {f"{name}-{action}" for name in liable for action in actions} | gone
    assert not {name for name in found if not name.endswith(actions)} - gone


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("hasty", "keeps_one_service_whatever_is_lost-provision-5"),
        ("credulous", "keeps_one_service_whatever_is_lost-provision-5"),
        ("patient", "does_not_wait_for_ever_for_a_busy_vendor"),
    ],
)
def test_plugin_that_buys_twice_or_waits_for_ever_fails(kind: str, check: str) -> None:
    assert failing(broken(kind), [check]) == {check}


@pytest.mark.parametrize(
    ("kind", "check"),
    [
        ("guessing", "probe_knows_the_units"),
        ("pausing", "does_nothing_when_repeated-suspend-0"),
        ("telling", "keeps_secrets_out_of_what_is_shown"),
        ("keeping", "keeps_secrets_out_of_what_is_shown"),
        ("remembering", "keeps_secrets_out_of_what_is_shown"),
        ("counting", "tells_units_as_they_are"),
        ("impossible", "sells_sensible_units"),
        ("blind find", "lost_credentials_are_told-provision-5"),
        ("blind change", "lost_credentials_are_told-change-8"),
        ("blind facts", "questions_with_wrong_credentials_are_not_answered"),
        ("forgetful", "a_cancel_overtakes_what_waits"),
        ("halving", "keeps_several_resources_apart"),
        ("eager", "takes_as_many_changes_a_day_as_it_declares"),
        ("premature", "keeps_one_service_whatever_is_lost-provision-5"),
    ],
)
def test_plugin_that_lies_about_units_money_secrets_or_rights_fails(kind: str, check: str) -> None:
    assert failing(broken(kind), [check]) == {check}
    assert failing(plugin_for("example"), [check]) == set()
