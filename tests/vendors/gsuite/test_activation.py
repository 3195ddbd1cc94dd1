"""What waits says what to do until Google says that it is active (CR-582), and facts follow the subscription."""

from tests.vendors.gsuite.bench import GSuiteBench, answers_of, domain_of
from tests.vendors.gsuite.working import REFERENCE, finished, once, ordering, service_of
from tests.vendors.memory import MemoryBook
from vendors.base import Resource, Waiting, Who
from vendors.errors import kept, sentence

DOMAIN = domain_of(REFERENCE)


def test_a_new_customer_is_told_login_terms_and_record_until_it_is_active(bench: GSuiteBench) -> None:
    task, book = ordering(bench), MemoryBook()
    waits = once(bench, task, book)
    assert isinstance(waits, Waiting)
    assert (waits.who, waits.tells_contact) == (Who.CUSTOMER, True)
    told = sentence(waits.message, kept(waits.values))
    for part in ("https://admin.google.com", f"tania@{DOMAIN}", "one-time password", "google-site-verification="):
        assert part in told
    assert book.sealed["admin_password"] not in told
    (row,) = bench.vendor.subscriptions()
    facts = {fact.name: fact.value for fact in waits.facts}
    assert facts["customer_id"] == waits.vendor_ids["customer_id"] == row["customer"]
    assert facts["subscription_id"] == waits.vendor_ids["subscription_id"] == row["id"]
    assert (facts["state"], facts["reasons"]) == ("SUSPENDED", "PENDING_TOS_ACCEPTANCE")
    assert isinstance(once(bench, task, book), Waiting), "as long as nobody has accepted the terms"
    done = finished(bench, task, book)
    assert {fact.name: fact.value for fact in done.facts}["reasons"] == "", "forgotten"


def test_a_customer_that_has_administrators_is_told_of_the_terms_alone(bench: GSuiteBench) -> None:
    first = ordering(bench)
    service = service_of(first, once(bench, first))
    resources = {"seats": Resource("1010020028", 2)}
    ids = {"vendor_ids": service.vendor_ids, "resources": resources, "answers": answers_of(DOMAIN, admin_login="other")}
    waits = once(bench, ordering(bench, reference="order:2:provision", **ids))
    assert isinstance(waits, Waiting)
    assert "An administrator of" in sentence(waits.message, kept(waits.values))


def test_the_record_is_looked_for_on_demand_and_then_no_longer_shown(bench: GSuiteBench) -> None:
    task = ordering(bench)
    service = service_of(task, once(bench, task))
    connection, plugin = bench.connection(), bench.plugin
    (action,) = plugin.actions(service)
    assert action.waiting
    said = plugin.act(connection, service, action.name)
    assert "does not find the record" in said.message
    facts = {fact.name: fact.value for fact in plugin.observe(connection, service).facts}
    assert facts["record"] == service.facts["record"]
    bench.vendor.place_record(domain=DOMAIN)
    assert "has found the record" in plugin.act(connection, service, action.name).message
    facts = {fact.name: fact.value for fact in plugin.observe(connection, service).facts}
    assert facts["record"] == ""
    assert bench.vendor.world.store.all("site")[0]["owners"] == [f"tania@{DOMAIN}"]
