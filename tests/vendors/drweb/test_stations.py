"""The stations of a service: ids of ours, what is there, what is blocked."""

from datetime import timedelta
from xml.etree.ElementTree import fromstring

import pytest

from tests.vendors.contract import life, work
from tests.vendors.drweb.bench import ACCOUNT, STANDARD, DrWebBench, provided
from tests.vendors.memory import MemoryBook
from vendors.base import Party
from vendors.drweb.client import AvDesk
from vendors.drweb.stations import Station, Stations, Wanted, _moment, account_values
from vendors.errors import Rejected, Transient
from vendors.operations import attempt
from vendors.steps import OnceOnly

GROUP = "6c6f1c0e-0000-4000-8000-000000000001"


def stations_of(bench: DrWebBench, **settings: str) -> Stations:
    return Stations(AvDesk(bench.connection(**settings)), GROUP)


def some_steps(book: MemoryBook | None = None) -> OnceOnly:
    return OnceOnly(book or MemoryBook(), reference="order:1:provision")


def test_ids_are_those_of_the_operation_and_names_go_on(bench: DrWebBench) -> None:
    stations = stations_of(bench)
    first = stations.wanted("pcs", STANDARD, 2, label="PC", after=3, reference="a")
    assert first == stations.wanted("pcs", STANDARD, 2, label="PC", after=3, reference="a")
    assert [one.name for one in first] == ["PC 4", "PC 5"]
    others = [
        stations.wanted("pcs", STANDARD, 2, label="PC", after=3, reference="b"),
        stations.wanted("servers", STANDARD, 2, label="PC", after=3, reference="a"),
    ]
    ids = [one.id for rows in (first, *others) for one in rows]
    assert len(set(ids)) == len(ids)


def test_station_that_is_there_already_is_not_refused_but_found(bench: DrWebBench) -> None:
    stations = stations_of(bench)
    stations.make_group("Acme", some_steps())
    wanted = Wanted("pc-1", "PC 1", STANDARD, "pcs")
    stations.make(wanted, {}, some_steps())
    stations.make(wanted, {}, some_steps())  # a fresh book: the vendor says that it exists
    stations.make_group("Acme", some_steps())
    assert bench.vendor.counts() == {"groups": 1, "stations": 1, "blocked": 0, "deleted": 0}


def test_refusal_that_is_none_of_that_kind_is_told(bench: DrWebBench) -> None:
    stations = stations_of(bench)
    with pytest.raises(Rejected, match="The tariff nothing is not found"):
        stations.make(Wanted("pc-1", "PC 1", "nothing", "pcs"), {}, some_steps())


def test_parent_group_of_a_group_administrator_is_named_everywhere(bench: DrWebBench) -> None:
    AvDesk(bench.connection()).send("groups/add", id="ours", name="Ours")
    bench.vendor.behave(parent_group_required=True)
    with pytest.raises(Rejected, match="parent-group"):
        stations_of(bench).make_group("Acme", some_steps())
    stations = stations_of(bench, parent_group="ours")
    stations.make_group("Acme", some_steps())
    stations.make(Wanted("pc-1", "PC 1", STANDARD, "pcs"), account_values(ACCOUNT), some_steps())
    assert [station.id for station in stations.of("pcs")] == ["pc-1"]


def test_block_holds_at_once_wherever_the_server_stands_and_for_good(bench: DrWebBench) -> None:
    service = provided(bench, 1)
    work(bench, life(bench, "suspend", service))
    (station,) = bench.stations_of(service)
    assert station["block_begin"] <= bench.now.timestamp() - 12 * 3600
    assert station["block_end"] >= (bench.now + timedelta(days=365 * 70)).timestamp()


def test_server_that_does_not_tell_its_blocks_is_blocked_all_the_same(bench: DrWebBench) -> None:
    bench.vendor.behave(shows_blocks=False)
    service = provided(bench, 2)
    for action, blocked in (("suspend", 2), ("resume", 0)):
        bench.vendor.fail("drop_after", path=r"/stations/change\.ds$")
        work(bench, life(bench, action, service))
        assert bench.vendor.counts()["blocked"] == blocked


def test_station_deleted_in_the_console_stops_nothing(bench: DrWebBench) -> None:
    service = provided(bench, 3)
    task, book = life(bench, "suspend", service), MemoryBook()
    bench.vendor.fail("throttle", path=r"/stations/change\.ds$", nth=2)
    with pytest.raises(Transient):
        attempt(bench.plugin, bench.connection(), task, OnceOnly(book, reference=task.reference))
    bench.vendor.delete_stations(keep=2)  # of those that were seen when the operation began
    work(bench, task, book)
    assert bench.vendor.counts() == {"groups": 1, "stations": 2, "blocked": 2, "deleted": 1}


def test_number_of_a_station_is_at_the_end_of_its_name() -> None:
    assert [Station("x", name).number for name in ("PC 12", "Office 365", "server", "7 of 9 ")] == [12, 365, 0, 9]


def test_only_what_is_known_of_the_account_is_sent() -> None:
    assert account_values(Party(id="1", company="Acme", email="a@acme.example")) == {
        "email": "a@acme.example",
        "organization": "Acme",
    }


def test_numbers_without_an_end_break_nothing() -> None:
    assert Station("1", "PC " + "9" * 5000).number == int("9" * 18)
    assert _moment(fromstring('<station created="0"/>'), "created") is None
    for told in ("9" * 5000, "9" * 17):
        moment = _moment(fromstring(f'<station created="{told}"/>'), "created")
        assert moment is not None
        assert moment.year == 9999
