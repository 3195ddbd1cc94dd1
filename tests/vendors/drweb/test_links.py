"""The links of stations, as facts."""

import csv
from dataclasses import replace

from tests.vendors.contract import life, work
from tests.vendors.drweb.bench import DrWebBench, provided
from vendors.drweb.links import SHOWN, SYSTEMS


def test_each_station_is_told_with_an_installer_for_each_system_and_its_configuration(bench: DrWebBench) -> None:
    service = provided(bench, 2)
    facts = [fact for fact in bench.plugin.facts(bench.connection(), service) if fact.value]
    assert [fact.title for fact in facts[:5]] == [
        "Acme PC 1: Installer for Windows",
        "Acme PC 1: Installer for macOS",
        "Acme PC 1: Installer for Linux",
        "Acme PC 1: Installer for Android",
        "Acme PC 1: Configuration file",
    ]
    assert len(facts) == 2 * (len(SYSTEMS) + 1)
    assert all(fact.value.startswith(f"{bench.base_url}/download/download.ds?") for fact in facts)
    assert len({fact.value for fact in facts}) == len(facts)


def test_links_of_a_station_that_is_gone_are_told_empty(bench: DrWebBench) -> None:
    service = provided(bench, 3)
    done = work(bench, life(bench, "change", service, quantity=1))
    told = {fact.name: fact.value for fact in done.facts}
    assert told["station_1_windows"]
    assert (told["station_2_windows"], told["station_3_config"]) == ("", "")


def test_list_to_download_has_every_station_and_no_formula(bench: DrWebBench) -> None:
    service = replace(provided(bench, SHOWN + 2), label="=1+1")
    work(bench, life(bench, "change", service, quantity=SHOWN + 3))
    (action,) = bench.plugin.actions(service)
    document = bench.plugin.act(bench.connection(), service, action.name)
    head, *rows = csv.reader(document.content.decode("utf-8-sig").splitlines())
    assert (head[:3], len(rows)) == (["Station", "ID", "Installer for Windows"], SHOWN + 3)
    assert all(row[2].startswith(bench.base_url) for row in rows)
    assert rows[-1][0] == f"'=1+1 {SHOWN + 3}"
    assert bench.plugin.actions(replace(service, vendor_ids={})) == ()


def test_so_many_are_shown_and_no_more(bench: DrWebBench) -> None:
    facts = bench.plugin.facts(bench.connection(), provided(bench, SHOWN + 1))
    assert len([fact for fact in facts if fact.value]) == SHOWN * (len(SYSTEMS) + 1)
