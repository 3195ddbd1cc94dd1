"""The OpenSRS plugin against its sandbox: a certificate's life."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography import x509

from tests.sandbox.opensrs.asking import csr_for
from tests.vendors.memory import MemoryBook
from tests.vendors.opensrs.bench import ACCOUNT, OpenSRSBench, domain_of
from tests.vendors.opensrs.working import REFERENCE, finished, once, ordering, service_of, waiting
from vendors.base import Done, Resource, Task, Term, Verdict, Waiting, Who
from vendors.capabilities import Document, Does, Said
from vendors.errors import Gone, Misconfigured, Rejected, VendorError, sentence
from vendors.opensrs.plugin import CHAIN, RESEND

DOMAIN = domain_of(REFERENCE)


def test_access_is_proved_by_a_read(bench: OpenSRSBench) -> None:
    access = bench.plugin.check_access(bench.connection())
    assert access.details["user"] == "sandbox-reseller"
    assert bench.changing_calls() == 0
    with pytest.raises(Misconfigured, match="user name and the key"):
        bench.plugin.check_access(bench.wrong_connection())


def test_positivessl_is_among_what_is_sold(bench: OpenSRSBench) -> None:
    offers = {offer.id: offer for offer in bench.plugin.catalogue(bench.connection())}
    assert (offers["positivessl"].name, offers["positivessl"].maximum) == ("Comodo PositiveSSL", 1)
    assert not {offer for offer in offers if offer.startswith("trustwave")}


def test_who_may_approve_depends_on_the_request(bench: OpenSRSBench) -> None:
    (field,) = bench.plugin.follow_up(
        bench.connection(), bench.order(reference=REFERENCE, answers={"csr": csr_for(DOMAIN)})
    )
    addresses = [address for address, _label in field.choices]
    assert field.name == "approver"
    assert f"admin@{DOMAIN}" in addresses
    assert "webmaster@example.com" in addresses
    checked = {"certificates": Resource("comodo_instantssl", 1)}
    assert bench.plugin.follow_up(bench.connection(), bench.order(reference=REFERENCE, resources=checked)) == ()


def test_a_request_that_leads_nowhere_is_refused_at_its_field(bench: OpenSRSBench) -> None:
    for csr in ("", "no request", csr_for(DOMAIN, "rsa1024"), csr_for(f"*.{DOMAIN}")):
        with pytest.raises(Rejected) as refusal:
            bench.plugin.follow_up(bench.connection(), bench.order(reference=REFERENCE, answers={"csr": csr}))
        assert refusal.value.field == "csr"


def test_all_that_is_wrong_with_an_order_is_told_at_once_each_at_its_field(bench: OpenSRSBench) -> None:
    account = replace(ACCOUNT, phone="425 5550100", city="")
    answers = {"csr": csr_for(DOMAIN), "approver": "me@elsewhere.example"}
    with pytest.raises(VendorError) as refusal:
        bench.plugin.validate_order(
            bench.connection(), bench.order(reference=REFERENCE, account=account, answers=answers)
        )
    assert {problem.field for problem in refusal.value.problems} == {"phone", "city", "approver"}
    bench.plugin.validate_order(bench.connection(), bench.order(reference=REFERENCE))
    for changes in ({"quantity": 2}, {"term": Term(months=6)}):
        with pytest.raises(Rejected):
            bench.plugin.validate_order(bench.connection(), bench.order(reference=REFERENCE, **changes))
    assert bench.changing_calls() == 0


def test_an_order_waits_for_its_approver_and_becomes_a_certificate(bench: OpenSRSBench) -> None:
    task, book = ordering(bench), MemoryBook()
    waits = waiting(bench, task, book)
    (order,) = bench.vendor.orders()
    assert (waits.who, waits.vendor_ids) == (Who.CUSTOMER, {"order_id": order["order_id"], "domain": DOMAIN})
    assert f"admin@{DOMAIN}" in sentence(waits.message, {**waits.values})  # type: ignore[dict-item]  # texts alone
    assert order["contact_set"]["organization"]["phone"] == "+1.4255550100"
    assert order["comments"] == REFERENCE
    assert once(bench, task, book) == waits, "nothing is sent again while it waits"
    bench.act()
    issuing = waiting(bench, task, book)
    assert issuing.who is Who.VENDOR
    done = once(bench, task, book)
    assert isinstance(done, Done)
    (product,) = bench.vendor.certificates()
    assert done.vendor_ids == {**waits.vendor_ids, "product_id": product["product_id"]}
    facts = {fact.name: fact.value for fact in done.facts}
    assert (facts["state"], facts["certificate"]) == ("active", "Comodo PositiveSSL")
    days = bench.now.date() + timedelta(days=364), bench.now.date() + timedelta(days=366)
    assert days[0].isoformat() <= facts["valid_until"] <= days[1].isoformat()
    assert bench.changing_calls() == 1


def test_states_and_dates_are_read_in_both_spellings(bench: OpenSRSBench) -> None:
    bench.vendor.behave(state_separator="_", date_style="moment")
    assert waiting(bench, ordering(bench)).who is Who.CUSTOMER
    done = finished(bench, ordering(bench, "order:2:provision"))
    assert len({fact.name: fact.value for fact in done.facts}["valid_until"]) == 10


def test_an_order_that_the_authority_declines_is_told_with_the_way_out(bench: OpenSRSBench) -> None:
    task, book = ordering(bench), MemoryBook()
    number = waiting(bench, task, book).vendor_ids["order_id"]
    bench.vendor.decline(order_id=number)
    with pytest.raises(Rejected, match="order anew"):
        once(bench, task, book)


def test_what_people_check_waits_for_the_vendor(bench: OpenSRSBench) -> None:
    resources = {"certificates": Resource("comodo_instantssl", 1)}
    task = ordering(bench, resources=resources, answers={"csr": csr_for(DOMAIN)})
    waits = waiting(bench, task)
    assert waits.who is Who.VENDOR
    assert "checking the organization" in waits.message


def test_an_order_that_waits_is_cancelled_at_the_vendor(bench: OpenSRSBench) -> None:
    service = service_of(waiting(bench, ordering(bench)))
    task, book = Task("cancel", "subscription:1:cancel", service=service), MemoryBook()
    assert bench.plugin.probe(bench.connection(), task).verdict is Verdict.NOT_DONE
    once(bench, task, book)
    assert [order["state"] for order in bench.vendor.orders()] == ["declined"]
    assert bench.plugin.probe(bench.connection(), task).verdict is Verdict.DONE
    assert book.notes == []
    once(bench, task)
    assert bench.changing_calls() == 2, "an order that is cancelled is not cancelled again"


def test_a_certificate_stays_valid_and_that_is_told(bench: OpenSRSBench) -> None:
    service = service_of(finished(bench, ordering(bench)))
    book = MemoryBook()
    once(bench, Task("cancel", "subscription:1:cancel", service=service), book)
    (note,) = book.notes
    assert note["values"]["certificate"] == service.vendor_ids["product_id"]
    assert bench.changing_calls() == 1
    assert bench.plugin.notices("cancel")
    assert bench.plugin.notices("renew") == ()


def test_what_is_issued_in_the_moment_of_its_cancellation_is_told(bench: OpenSRSBench) -> None:
    service = service_of(waiting(bench, ordering(bench)))
    bench.act()
    bench.vendor.fail("refused", path="^/cancel_order$", text="Order is completed")
    book = MemoryBook()
    once(bench, Task("cancel", "subscription:1:cancel", service=service), book)
    assert [order["state"] for order in bench.vendor.orders()] == ["completed"]
    assert book.notes, "it stays valid, and that is told"


def test_a_renewal_is_another_order_and_another_certificate(bench: OpenSRSBench) -> None:
    service = service_of(finished(bench, ordering(bench)))
    renewal = Task("renew", "subscription:1:renew:1", service=service, term=Term(months=12))
    with pytest.raises(Rejected, match="60 days before"):
        once(bench, renewal)
    bench.advance(330 * 86_400)
    book = MemoryBook()
    waits = waiting(bench, renewal, book)
    assert waits.vendor_ids["order_id"] != service.vendor_ids["order_id"]
    assert "product_id" not in waits.vendor_ids, "until it is issued, the certificate is the one before"
    done = finished(bench, renewal, book)
    assert done.vendor_ids["product_id"] != service.vendor_ids["product_id"]
    assert [row["state"] for row in bench.vendor.certificates()] == ["renewed", "active"]
    assert [order["reg_type"] for order in bench.vendor.orders()] == ["new", "renewal"]
    assert bench.vendor.orders()[1]["approver_email"] == f"admin@{DOMAIN}"


def test_a_renewal_that_waits_is_cancelled_and_the_certificate_stays(bench: OpenSRSBench) -> None:
    service = service_of(finished(bench, ordering(bench)))
    bench.advance(330 * 86_400)
    waits = waiting(bench, Task("renew", "subscription:1:renew:1", service=service, term=Term(months=12)))
    overtaking = Task(
        "cancel", "subscription:1:cancel", service=service_of(waits, product_id=service.vendor_ids["product_id"])
    )
    book = MemoryBook()
    once(bench, overtaking, book)
    assert [order["state"] for order in bench.vendor.orders()] == ["completed", "declined"]
    assert [row["state"] for row in bench.vendor.certificates()] == ["active"]
    assert book.notes, "the certificate that was bought before stays valid"


def test_the_mail_is_sent_again_and_the_chain_is_downloaded(bench: OpenSRSBench) -> None:
    waits = waiting(bench, ordering(bench))
    service = service_of(waits)
    (action,) = bench.plugin.actions(service)
    assert (action.name, action.does, action.waiting) == (RESEND, Does.SENDS, True)
    said = bench.plugin.act(bench.connection(), service, RESEND)
    assert isinstance(said, Said)
    assert said.values == {"address": f"admin@{DOMAIN}"}
    assert len(bench.vendor.mails()) == 2
    done = finished(bench, ordering(bench, "order:2:provision"))
    service = service_of(done)
    files = {}
    *downloads, mail = bench.plugin.actions(service)
    said = bench.plugin.act(bench.connection(), service, mail.name)
    assert isinstance(said, Said)
    assert (mail.does, bench.vendor.mails()[-1]["to"]) == (Does.SENDS, said.values["address"])
    assert said.values["address"] == ACCOUNT.contact.email, "the certificate goes to its contact"
    for action in downloads:
        assert action.does is Does.DOWNLOADS
        made = bench.plugin.act(bench.connection(), service, action.name)
        assert isinstance(made, Document)
        files[action.name] = made
    chain = x509.load_pem_x509_certificates(files[CHAIN].content)
    assert len(chain) == 2
    chain[0].verify_directly_issued_by(chain[1])
    assert files[CHAIN].name == f"{domain_of('order:2:provision')}.chain.pem"
    assert files["certificate"].content == files[CHAIN].content[: len(files["certificate"].content)]


def test_an_order_that_waits_takes_another_approver_request_and_contact_and_nothing_twice(bench: OpenSRSBench) -> None:
    first = ordering(bench)
    service = service_of(waiting(bench, first))
    before = bench.changing_calls()
    bench.plugin.correct(bench.connection(), service, first.order)
    assert bench.changing_calls() == before, "the vendor has it as it is"
    answers = {"csr": csr_for(DOMAIN, "ec"), "approver": f"webmaster@{DOMAIN}"}
    account = replace(ACCOUNT, contact=replace(ACCOUNT.contact, email="new@acme.example"))
    other = bench.order(reference=REFERENCE, answers=answers, account=account)
    for _ in range(2):
        bench.plugin.correct(bench.connection(), service, other)
    assert bench.changing_calls() == before + 1
    (order,) = bench.vendor.orders()
    assert (order["approver_email"], bench.vendor.mails()[-1]["to"]) == (answers["approver"],) * 2
    assert order["contact_set"]["organization"]["email"] == "new@acme.example"
    assert order["csr"].split() == answers["csr"].split()
    assert order["comments"] == REFERENCE, "by which its certificate is found"
    elsewhere = bench.order(reference=REFERENCE, answers={"csr": csr_for("other.example"), "approver": "x"})
    with pytest.raises(Rejected, match="for another domain") as refusal:
        bench.plugin.correct(bench.connection(), service, elsewhere)
    assert refusal.value.field == "csr"
    bench.vendor.behave(issuing_reads=0)
    bench.act()
    with pytest.raises(Rejected, match="no longer be corrected"):
        bench.plugin.correct(bench.connection(), service, first.order)


def test_what_is_observed_is_the_number_and_the_days_of_now(bench: OpenSRSBench) -> None:
    waits = waiting(bench, ordering(bench))
    bench.vendor.behave(issuing_reads=0)
    bench.act()
    observed = bench.plugin.observe(bench.connection(), service_of(waits))
    assert observed.vendor_ids["product_id"] == bench.vendor.certificates()[0]["product_id"]
    bench.advance(400 * 86_400)
    facts = bench.plugin.observe(bench.connection(), service_of(observed)).facts
    assert {fact.name: fact.value for fact in facts}["state"] == "expired"
    bench.vendor.revoke(product_id=observed.vendor_ids["product_id"])
    with pytest.raises(Gone, match="revoked"):
        bench.plugin.observe(bench.connection(), service_of(observed))


def test_the_probe_finds_an_issued_certificate_by_our_mark(bench: OpenSRSBench) -> None:
    one, another = (
        ordering(bench),
        ordering(bench, "order:11:provision", answers=bench.order(reference=REFERENCE).answers),
    )
    assert bench.plugin.probe(bench.connection(), one).verdict is Verdict.NOT_DONE
    done = finished(bench, another)
    assert bench.plugin.probe(bench.connection(), one).verdict is Verdict.NOT_DONE, "the same request, another order"
    probe = bench.plugin.probe(bench.connection(), another)
    assert probe.verdict is Verdict.DONE
    assert probe.done is not None
    assert probe.done.vendor_ids.items() <= done.vendor_ids.items()


def test_no_signature_and_no_key_stand_in_the_journal(bench: OpenSRSBench) -> None:
    finished(bench, ordering(bench))
    written = "\n".join(repr(exchange) for exchange in bench.journal.exchanges)
    assert "'X-Signature': '***'" in written
    assert not [secret for secret in bench.secret_values() if secret in written]


def test_waiting_is_bounded(bench: OpenSRSBench) -> None:
    waits = waiting(bench, ordering(bench))
    assert isinstance(waits, Waiting)
    assert waits.at_most == timedelta(days=30)
