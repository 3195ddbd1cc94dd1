"""Delegated administration: made with a customer or asked of it, how it stands, and what is not seen without it."""

from datetime import datetime, timedelta

import pytest

from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import E3, Office365Bench
from tests.vendors.office365.orders import an_order, provision
from vendors.base import Connection, Done, Resource, Service
from vendors.errors import ConsentNeeded, Rejected, VendorError
from vendors.microsoft.delegated import APPROVAL, LOST, NOT_TOLD
from vendors.microsoft.errors import NO_DELEGATION, partner_center_error

SEATS = {"seats": Resource(E3, 5)}


def over(bench: Office365Bench, way: str, **settings: str) -> Connection:
    """Return the bench's connection with delegated administration."""
    told = {"delegated_admin": way, "graph_base_url": f"{bench.base_url}/graph/v1.0", "agreement_road": "confirmed"}
    return bench.opened(bench.secrets, **{**told, **settings})


def shown(done: Done) -> dict[str, str]:
    return {fact.name: fact.value for fact in done.facts if fact.name.startswith("gdap")}


def observed(bench: Office365Bench, connection: Connection, done: Done) -> dict[str, str]:
    return shown(bench.plugin.observe(connection, Service(done.vendor_ids, SEATS)))


def relationships(bench: Office365Bench) -> list[tuple[str, str, int]]:
    kept = bench.microsoft.world.store.all("relationship")
    return [(one["status"], one["duration"], len(one["roles"])) for one in kept]


def test_it_is_made_with_the_customer(bench: Office365Bench) -> None:
    connection = over(bench, "default")
    done = provision(bench, an_order(), connection=connection)
    assert relationships(bench) == [("active", "P730D", 4)]
    told = observed(bench, connection, done)
    assert (told["gdap_state"], told["gdap_link"]) == ("active", "")
    assert datetime.fromisoformat(told["gdap_until"]).date() > (bench.now + timedelta(days=700)).date()


def test_it_is_asked_of_the_customer_who_approves_it_behind_a_link(bench: Office365Bench) -> None:
    connection = over(bench, "asked", delegated_admin_days="365", delegated_admin_roles="a, b")
    book = MemoryBook()
    done = provision(bench, an_order(), book, connection=connection)
    assert relationships(bench) == [("approvalPending", "P365D", 2)]
    (kept,) = bench.microsoft.world.store.all("relationship")
    assert shown(done) == {"gdap_state": "approval pending", "gdap_until": "", "gdap_link": f"{APPROVAL}{kept['id']}"}
    assert not next(fact for fact in done.facts if fact.name == "gdap_link").way_in
    provision(bench, an_order(), book, connection=connection)  # again, as after a crash
    assert len(relationships(bench)) == 1
    bench.microsoft.approve_gdap(domain=done.vendor_ids["domain"])
    assert observed(bench, connection, done)["gdap_state"] == "active"
    # A second order of the customer asks for nothing more.
    second = an_order(reference="order:18:provision", vendor_ids=done.vendor_ids, answers={})
    provision(bench, second, connection=connection)
    assert len(relationships(bench)) == 1


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "truncated_after"])
def test_a_lost_answer_makes_no_second_one(bench: Office365Bench, kind: str) -> None:
    connection, book = over(bench, "asked"), MemoryBook()
    for path in ("/delegatedAdminRelationships$", "/requests$"):
        bench.microsoft.fail(kind, method="POST", path=path)
    for _turn in range(8):
        try:
            provision(bench, an_order(), book, connection=connection)
            break
        except VendorError:
            bench.now += timedelta(minutes=25)
            bench.microsoft.advance(seconds=1500)
            connection = over(bench, "asked")
    assert [status for status, *_rest in relationships(bench)] == ["approvalPending"]


def test_its_end_is_told_before_and_after(bench: Office365Bench) -> None:
    connection = over(bench, "default")
    done = provision(bench, an_order(), connection=connection)
    service = Service(done.vendor_ids, SEATS)
    for days, state, alarm in ((710, "active, ends soon", LOST), (30, "expired", LOST)):
        bench.now += timedelta(days=days)
        bench.microsoft.advance(days=days)
        bench.consent()  # no grant lasts so long
        connection = over(bench, "default")
        (fact,) = [one for one in bench.plugin.observe(connection, service).facts if one.name == "gdap_state"]
        assert (fact.value, fact.alarm, fact.alarm_values["state"]) == (state, alarm, state)


def test_one_that_the_customer_ends_is_told(bench: Office365Bench) -> None:
    connection = over(bench, "default")
    done = provision(bench, an_order(), connection=connection)
    bench.microsoft.end_gdap(domain=done.vendor_ids["domain"])
    assert observed(bench, connection, done) == {"gdap_state": "terminated", "gdap_until": "", "gdap_link": ""}


def test_what_graph_does_not_permit_holds_up_no_sale_and_is_told(bench: Office365Bench) -> None:
    connection, book = over(bench, "asked"), MemoryBook()
    error = {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient privileges."}}
    bench.microsoft.fail("answer", path="/graph/", status=403, body=error, times=9)
    done = provision(bench, an_order(), book, connection=connection)
    assert [note["message"] for note in book.notes] == [NOT_TOLD]
    facts = bench.plugin.observe(connection, Service(done.vendor_ids, SEATS)).facts
    assert [fact.alarm for fact in facts if fact.name == "gdap_state"] == [NOT_TOLD]


@pytest.mark.parametrize(
    ("kind", "details", "path"),
    [
        ("answer", {"status": 401, "body": {"error": {"code": "InvalidAuthenticationToken"}}}, "/graph/"),
        ("token_error", {"aadsts": 50076}, "/token$"),
    ],
)
def test_trouble_with_the_token_for_graph_is_trouble_of_the_connection(
    bench: Office365Bench, kind: str, details: dict[str, object], path: str
) -> None:
    connection = over(bench, "default")
    done = provision(bench, an_order(), connection=connection)
    bench.microsoft.fail(kind, path=path, times=5, **details)
    with pytest.raises(ConsentNeeded):
        bench.plugin.observe(connection, Service(done.vendor_ids, SEATS))


@pytest.mark.parametrize(("kind", "details"), [("unavailable", {}), ("raw", {"status": 200, "text": "[]"})])
def test_while_graph_is_away_all_else_is_observed(bench: Office365Bench, kind: str, details: dict[str, object]) -> None:
    connection = over(bench, "default")
    done = provision(bench, an_order(), connection=connection)
    bench.microsoft.fail(kind, path="/graph/", times=5, **details)
    told = bench.plugin.observe(connection, Service(done.vendor_ids, SEATS))
    assert shown(told) == {}, "what was told last stays"
    assert {"status.seats", "licences.seats"} <= {fact.name for fact in told.facts}


def test_an_application_without_consent_for_graph_sells_on(bench: Office365Bench) -> None:
    connection = over(bench, "default")
    done = provision(bench, an_order(), connection=connection)
    bench.microsoft.fail("token_error", path="/token$", aadsts=65001)
    assert observed(bench, connection, done) == {"gdap_state": "? (AADSTS65001)"}


def test_who_has_none_is_told_so_where_licences_are_asked_and_lowers_all_the_same(bench: Office365Bench) -> None:
    done = provision(bench, an_order(), connection=over(bench, "none"))
    assert shown(done) == {}
    bench.microsoft.behave(gdap_required=True)
    service = Service(done.vendor_ids, SEATS)
    facts = {fact.name: fact.value for fact in bench.plugin.facts(bench.connection(), service)}
    assert facts["licences_in_use"] == NO_DELEGATION
    assert facts["licences.seats"] == "5"
    bench.plugin.check(bench.connection(), service, {"seats": 4})


@pytest.mark.parametrize(
    ("sought", "kind"), [("/v1/customers/1/users", Rejected), ("/v1/customers/1/orders", ConsentNeeded)]
)
def test_a_refused_look_at_users_is_no_lost_grant(sought: str, kind: type[Exception]) -> None:
    assert isinstance(partner_center_error(status=403, code="900308", description="", sought=sought), kind)
