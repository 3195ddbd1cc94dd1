"""What Microsoft demands of an order is refused before anybody pays, naming the resource and what to do."""

from dataclasses import replace

import pytest

from tests.vendors.contract import work
from tests.vendors.office365.bench import E3 as LEGACY_E3
from tests.vendors.office365.bench import Office365Bench
from tests.vendors.office365.of_today import (
    ARCHIVE,
    BASIC,
    E3,
    ROOMS,
    TRIAL,
    TRIED,
    again,
    known,
    of_today,
    ordering,
    told,
)
from tests.vendors.office365.orders import ARCHIVING, BUSINESS_BASIC, an_order, sent
from vendors.base import Resource, Service, Task
from vendors.errors import Rejected


def test_bounds_of_both_catalogues_are_those_of_an_order(bench: Office365Bench) -> None:
    for offer in (BASIC, BUSINESS_BASIC):
        ((field, sentence),) = told(bench, ordering(offer, 301))
        assert (field, "from 1 to 300 units" in sentence) == ("seats", True)
        assert told(bench, ordering(offer, 300)) == []


def test_trial_is_had_once_and_ends_whatever_the_template_says(bench: Office365Bench) -> None:
    done = known(bench)
    trial = again(done, TRIAL, 25, options=TRIED)
    assert told(bench, trial) == []
    got = work(bench, Task("provision", trial.reference, order=trial))
    assert told(bench, replace(trial, vendor_ids=got.vendor_ids)) == [], "its own retry is no second trial"
    ((field, sentence),) = told(bench, again(done, TRIAL, 25, options=TRIED, reference="order:4:provision"))
    assert (field, "which there is once" in sentence) == ("seats", True)
    (customer,) = bench.microsoft.world.store.all("customer")
    rows = bench.microsoft.world.store.all(f"subscription:{customer['id']}")
    (tried,) = [row for row in rows if row["cycle"] == "none"]
    assert (tried["auto_renew"], [action["kind"] for action in tried["actions"]]) == (False, ["Cancel"])


def test_add_on_goes_with_its_base_which_is_bought_first(bench: Office365Bench) -> None:
    done = known(bench, "CFQ7TTC0LDPB:0001")
    ((field, sentence),) = told(bench, again(done, ARCHIVE))
    assert (field, "goes only with one of these" in sentence) == ("seats", True)
    both = {"archive": Resource(ARCHIVE, 2), "seats": Resource(E3, 5)}
    order = again(done, E3, resources=both)
    assert told(bench, order) == []
    bench.microsoft.behave(modern_pending_reads=2)
    work(bench, Task("provision", order.reference, order=order))
    bought = [cart["lineItems"][0]["catalogItemId"].rpartition(":")[0] for cart in sent(bench, "POST", "/carts")]
    assert bought[1:] == [E3, ARCHIVE]
    assert told(bench, again(done, ARCHIVE, reference="order:5:provision")) == []
    ((field, _sentence),) = told(bench, again(done, ARCHIVING, reference="order:6:provision"))
    assert field == "seats"


def test_conditions_are_accepted_by_a_person_and_said_to_microsoft(bench: Office365Bench) -> None:
    done = known(bench)
    ((field, sentence),) = told(bench, again(done, ROOMS))
    assert (field, "tick in the template" in sentence) == ("attested", True)
    order = again(done, ROOMS, options=of_today(attested="yes"))
    assert told(bench, order) == []
    work(bench, Task("provision", order.reference, order=order))
    assert [cart["lineItems"][0].get("AttestationAccepted") for cart in sent(bench, "POST", "/carts")] == [None, True]


def test_template_is_refused_where_the_vendor_sells_nothing_so(bench: Office365Bench) -> None:
    connection = bench.connection()
    bench.plugin.validate_template(connection, {"seats": BASIC, "old": LEGACY_E3}, of_today())
    for options, field in (
        (of_today(billing_cycle="triennial"), "term_duration"),
        ({}, "term_duration"),
        (of_today(end_of_term="extends"), "end_of_term"),
    ):
        with pytest.raises(Rejected) as refusal:
            bench.plugin.validate_template(connection, {"seats": BASIC, "old": LEGACY_E3}, options)
        assert field in {one.field for one in refusal.value.problems}


def test_units_that_are_added_later_are_looked_at_too(bench: Office365Bench) -> None:
    done = known(bench)
    resources = {"archive": Resource(ARCHIVE, 0), "rooms": Resource(ROOMS, 0), "seats": Resource(BASIC, 5)}
    service = Service(done.vendor_ids, resources, options=of_today())
    bench.plugin.check(bench.connection(), service, {"seats": 300, "archive": 5})
    with pytest.raises(Rejected) as refusal:
        bench.plugin.check(bench.connection(), service, {"seats": 301, "archive": 5, "rooms": 1})
    assert [one.field for one in refusal.value.problems] == ["seats", "attested"]


def test_legacy_offer_is_sold_as_often_as_microsoft_allows(bench: Office365Bench) -> None:
    first = work(bench, Task("provision", "order:1:provision", order=an_order(reference="order:1:provision")))
    ids = {name: first.vendor_ids[name] for name in ("customer_id", "domain")}
    for number in (2, 3):
        basic = ordering(BUSINESS_BASIC, reference=f"order:{number}:provision", vendor_ids=ids, options={}, answers={})
        assert told(bench, basic) == []
        work(bench, Task("provision", basic.reference, order=basic))
    ((field, sentence),) = told(bench, replace(basic, reference="order:4:provision"))
    assert (field, "as Microsoft allows: 2" in sentence) == ("seats", True)
