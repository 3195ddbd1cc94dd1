"""A change is read back before it is believed, and what is gone is told apart from a wrong address."""

from dataclasses import replace

import pytest

from tests.vendors.kaspersky.bench import CHANGING, DETAILS, KasperskyBench
from tests.vendors.kaspersky.working import provided
from tests.vendors.memory import MemoryBook
from vendors.errors import Gone, LostAnswer, Misconfigured, Rejected
from vendors.kaspersky import changes
from vendors.kaspersky.client import Korm
from vendors.steps import CallState, OnceOnly


def test_a_success_that_details_do_not_show_is_none(bench: KasperskyBench) -> None:
    service = provided(bench)
    korm, book = Korm(bench.connection()), MemoryBook()
    bench.vendor.fail("answer", status=200, path=CHANGING)
    for change in (changes.quantity_of(8), changes.CANCEL):
        steps = OnceOnly(book, reference="subscription:1:x")
        if change.call == "modifyquantity":
            with pytest.raises(LostAnswer, match="records do not show it"):
                changes.carry_out(korm, service, change, steps)
        changes.carry_out(korm, service, change, steps)
        assert book.steps[change.call].state is CallState.CONFIRMED
    (kept,) = bench.vendor.subscriptions()
    assert (kept["Quantity"], kept["Status"]) == (8, "HardCancel")


def test_what_is_there_already_is_not_sent(bench: KasperskyBench) -> None:
    service, before = provided(bench, 5), bench.changing_calls()
    korm = Korm(bench.connection())
    for number, change in enumerate((changes.quantity_of(5), changes.RENEW)):
        changes.carry_out(korm, service, change, OnceOnly(MemoryBook(), reference=f"subscription:1:x:{number}"))
    assert bench.changing_calls() == before


def test_a_refusal_is_told_in_kasperskys_words_and_looked_for_before_it_is_sent_again(bench: KasperskyBench) -> None:
    service, book = provided(bench), MemoryBook()
    bench.vendor.fail("refused", path=CHANGING, text="Not on Sundays.")
    with pytest.raises(Rejected, match="Kaspersky refused: Not on Sundays"):
        changes.carry_out(Korm(bench.connection()), service, changes.CANCEL, OnceOnly(book, reference="x"))
    changes.carry_out(Korm(bench.connection()), service, changes.CANCEL, OnceOnly(book, reference="x"))
    assert bench.vendor.subscriptions()[0]["Status"] == "HardCancel"


def test_gone_is_said_by_the_server_that_made_it_alone(bench: KasperskyBench) -> None:
    service = provided(bench)
    bench.lose("forget_subscription")
    with pytest.raises(Gone, match="no longer has"):
        changes.living(Korm(bench.connection()), service)
    moved = replace(service, vendor_ids={**service.vendor_ids, "server": "api.demo.korm.kaspersky.com"})
    with pytest.raises(Misconfigured, match="was made at api"):
        changes.living(Korm(bench.connection()), moved)
    with pytest.raises(Gone):
        changes.number_of(replace(service, vendor_ids={}))
    bench.vendor.fail("no_route", path=DETAILS)
    with pytest.raises(Exception, match="does not answer like Kaspersky") as trouble:
        changes.living(Korm(bench.connection()), service)
    assert not isinstance(trouble.value, Gone)
