"""The Microsoft Customer Agreement: accepted by the customer alone, waited for, found void."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.vendors.contract import Held
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import ACCOUNT, Office365Bench
from tests.vendors.office365.orders import an_order, change, sent, service_of
from vendors.base import Done, Outcome, Person, Resource, Task, Waiting, Who
from vendors.errors import LostAnswer, Rejected, StillUnknown, Transient, sentence
from vendors.microsoft.agreements import AT_MOST
from vendors.operations import attempt
from vendors.steps import OnceOnly

NEW = {"seats": Resource("CFQ7TTC0LH18:0001", 5)}
DOMAIN = "acme.onmicrosoft.com"
PAGE = "https://admin.microsoft.com/AdminPortal/Home?ref=/BillingAccounts/agreement"
TERMS = {"term_duration": "P1Y"}


def ordering(**changed: Any) -> Task:
    order = an_order(**{"resources": NEW, "options": TERMS, **changed})
    return Task("provision", order.reference, order=order)


def looked(bench: Office365Bench, task: Task, book: MemoryBook, *, road: str = "direct") -> Outcome:
    """Look once how the task stands, over a connection of a road, as a worker does."""
    connection = bench.opened(bench.secrets, agreement_road=road)
    return attempt(bench.plugin, connection, task, OnceOnly(book, reference=task.reference))


def waits(outcome: Outcome) -> Waiting:
    assert isinstance(outcome, Waiting), outcome
    return outcome


def ended(bench: Office365Bench, task: Task, book: MemoryBook, *, road: str = "direct") -> Done:
    """Look until Microsoft has the order ready; nobody has anything to do any more."""
    for _look in range(10):
        outcome = looked(bench, task, book, road=road)
        if isinstance(outcome, Done):
            return outcome
        bench.advance(60)
    pytest.fail("it still waits")


def told(outcome: Done | Waiting) -> dict[str, str]:
    return {fact.name: fact.value for fact in outcome.facts}


def test_order_waits_until_the_customer_has_accepted_and_goes_on_by_itself(bench: Office365Bench) -> None:
    book, task = MemoryBook(), ordering()
    waiting = waits(looked(bench, task, book))
    assert (waiting.who, waiting.tells_contact, waiting.at_most) == (Who.CUSTOMER, True, AT_MOST)
    assert waiting.vendor_ids["domain"] == DOMAIN
    assert told(waiting) == {"agreement": "invited", "agreement_link": PAGE}
    text = sentence(waiting.message, {name: str(value) for name, value in waiting.values.items()})
    assert f"An administrator of {DOMAIN} signs in at {PAGE} and accepts it there." in text
    # Nothing was bought, and nothing was confirmed in the customer's name.
    assert sent(bench, "POST", "/carts") == sent(bench, "POST", "/agreements") == []
    bench.microsoft.accept_agreement(domain=DOMAIN)
    done = ended(bench, task, book)
    assert bench.held() == [Held(5, running=True)]
    assert done.vendor_ids["subscription_id.seats"]
    assert sent(bench, "POST", "/agreements") == []
    assert bench.microsoft.counts()["orders"] == 1


def test_it_is_looked_at_every_five_minutes_later_every_hour_and_managers_hear_after_a_week(
    bench: Office365Bench,
) -> None:
    book, task = MemoryBook(), ordering()
    pauses = []
    for hours in (0, 0.5, 1, 6, 12, 48):
        bench.advance(hours * 3600)
        pauses.append(waits(looked(bench, task, book)).look_again)
    assert pauses[0] == pauses[1] == timedelta(minutes=5)
    assert pauses == sorted(pauses)
    assert pauses[-1] == timedelta(hours=1)
    assert waits(looked(bench, task, book)).alarm_after == timedelta(days=7)


@pytest.mark.parametrize("road", ["direct", "attestation"])
def test_without_a_person_to_ask_nothing_is_asked(bench: Office365Bench, road: str) -> None:
    looked(bench, ordering(), MemoryBook(), road=road)
    (customer,) = bench.microsoft.world.store.all("customer")
    nobody = replace(ACCOUNT, contact=Person(first_name="Tania"))
    task = ordering(account=nobody, vendor_ids={"customer_id": customer["id"]}, reference="order:18:provision")
    with pytest.raises(Rejected) as refusal:
        looked(bench, task, MemoryBook(), road=road)
    assert [problem.field for problem in refusal.value.problems] == ["contact_last_name", "contact_email"]


def test_attestation_is_signed_behind_its_link_and_the_agreement_recorded_with_it(bench: Office365Bench) -> None:
    book, task = MemoryBook(), ordering()
    waiting = waits(looked(bench, task, book, road="attestation"))
    (asked,) = sent(bench, "POST", "/attestations/enhanced")
    assert asked == {
        "country": "US",
        "language": "en-US",
        "companyName": "Acme",
        "signatoryFirstName": "Tania",
        "signatoryLastName": "Carr",
        "signatoryEmail": "tania@acme.example",
        "signatoryPhoneNumber": "4255550101",
    }
    link = told(waiting)["agreement_link"]
    assert link.startswith("http")
    assert link in str(waiting.values["link"])
    assert waiting.values["signer"] == "Tania Carr"
    again = waits(looked(bench, task, book, road="attestation"))
    assert told(again) == told(waiting)
    assert len(sent(bench, "POST", "/attestations/enhanced")) == 1
    (attestation_id,) = [call.result["attestation_id"] for name, call in book.steps.items() if "attestation:" in name]
    bench.microsoft.sign_attestation(attestation_id=attestation_id)
    ended(bench, task, book, road="attestation")
    (recorded,) = sent(bench, "POST", "/agreements")
    assert recorded == {"attestationId": attestation_id, "type": "MicrosoftCustomerAgreement"}
    assert bench.held() == [Held(5, running=True)]


def test_either_road_leads_on_whichever_was_asked_for(bench: Office365Bench) -> None:
    book, task = MemoryBook(), ordering()
    waits(looked(bench, task, book, road="attestation"))
    bench.microsoft.accept_agreement(domain=DOMAIN)
    ended(bench, task, book, road="attestation")
    assert sent(bench, "POST", "/agreements") == []


def test_customer_whose_link_ran_out_accepts_directly_where_the_same_person_gets_no_other(
    bench: Office365Bench,
) -> None:
    book, task = MemoryBook(), ordering()
    waits(looked(bench, task, book, road="attestation"))
    bench.advance(31 * 86_400)
    waiting = waits(looked(bench, task, book, road="attestation"))
    assert told(waiting) == {"agreement": "expired", "agreement_link": PAGE}
    bench.microsoft.accept_agreement(domain=DOMAIN)
    ended(bench, task, book, road="attestation")
    assert bench.held() == [Held(5, running=True)]


def test_person_whose_signature_microsoft_has_already_is_named_and_another_one_signs(bench: Office365Bench) -> None:
    """600061: names, e-mail and phone have to differ."""
    task = ordering()
    bench.microsoft.fail(
        "answer", method="POST", path=r"/attestations/enhanced$", body={"code": 600061, "description": "x"}
    )
    book = MemoryBook()
    with pytest.raises(Rejected) as refusal:
        looked(bench, task, book, road="attestation")
    assert (refusal.value.code, refusal.value.field) == ("600061", "contact_email")
    other = replace(ACCOUNT, contact=Person("Ann", "", "Lee", "ann@acme.example", "4255550102"))
    waiting = waits(looked(bench, ordering(account=other), book, road="attestation"))
    assert waiting.values["signer"] == "Ann Lee"


@pytest.mark.parametrize("kind", ["drop_after", "error_after", "unreadable_after", "drop_before"])
@pytest.mark.parametrize("path", [r"/attestations/enhanced$", r"/agreements$"])
def test_lost_answer_of_an_attestation_or_its_agreement_stops_nothing(
    bench: Office365Bench, kind: str, path: str
) -> None:
    book, task = MemoryBook(), ordering()
    bench.microsoft.fail(kind, method="POST", path=path)
    outcome: Outcome | None = None
    for _look in range(12):
        try:
            outcome = looked(bench, task, book, road="attestation")
        except (Transient, LostAnswer, StillUnknown):
            bench.advance(60)
            continue
        if isinstance(outcome, Done):
            break
        made = [call.result for name, call in book.steps.items() if name.startswith("attestation:")]
        bench.microsoft.sign_attestation(attestation_id=made[0]["attestation_id"])
        bench.advance(60)
    assert isinstance(outcome, Done)
    assert bench.held() == [Held(5, running=True)]


def test_agreement_that_became_void_is_found_at_night_and_met_by_every_changing_call(bench: Office365Bench) -> None:
    book, task = MemoryBook(), ordering()
    waits(looked(bench, task, book))
    bench.microsoft.accept_agreement(domain=DOMAIN)
    service = service_of(ended(bench, task, book), NEW)
    connection = bench.opened(bench.secrets, agreement_road="direct")
    facts = {fact.name: fact for fact in bench.plugin.observe(connection, service).facts}
    assert (facts["agreement"].value, facts["agreement"].alarm, facts["agreement_link"].value) == ("accepted", "", "")
    bench.advance(60)
    bench.microsoft.void_agreements(domain=DOMAIN)
    facts = {fact.name: fact for fact in bench.plugin.observe(connection, service).facts}
    assert (facts["agreement"].value, facts["agreement_link"].value) == ("required", PAGE)
    assert DOMAIN in sentence(facts["agreement"].alarm, facts["agreement"].alarm_values)
    book = MemoryBook()
    raising = Task("change", "order:18:change", service=service, quantities={"seats": 8})
    waiting = waits(looked(bench, raising, book))
    assert (waiting.who, waiting.vendor_ids) == (Who.CUSTOMER, service.vendor_ids)
    assert bench.held() == [Held(5, running=True)]
    bench.microsoft.accept_agreement(domain=DOMAIN)
    ended(bench, raising, book)
    assert bench.held() == [Held(8, running=True)]


def test_as_in_2019_we_confirm_what_the_contact_person_has_accepted(bench: Office365Bench) -> None:
    """CR-544 stays where a connection says so."""
    book, task = MemoryBook(), ordering(resources={"seats": Resource("796B6B5F-613C-4E24-A17C-EBA730D49C02", 5)})
    ended(bench, task, book, road="confirmed")
    (confirmed,) = sent(bench, "POST", "/agreements")
    assert confirmed["primaryContact"]["email"] == "tania@acme.example"
    assert len(sent(bench, "POST", "/orders")) == 1
    assert change(bench, service_of(ended(bench, task, book, road="confirmed"), task.order.resources), seats=6)
