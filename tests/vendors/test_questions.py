"""Questions to vendors on behalf of people who wait."""

import contextlib
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError

from tests.vendors.example.vendor import ExampleVendor
from tests.vendors.test_operations import ORDER, planned
from vendors import budget, operations, questions
from vendors.models import VendorConnection, VendorExchange
from vendors.questions import VendorUnavailable

SERVICE: dict[str, Any] = {
    "vendor_ids": {"service_id": "1"},
    "resources": {"seats": {"offer": "backup", "quantity": 5}},
}


def test_catalogue_is_asked_and_journalled(example: VendorConnection, now: datetime) -> None:
    assert [(offer.id, offer.name) for offer in questions.catalogue(example, now=now)] == [
        ("backup", "Backup"),
        ("archive", "Archive"),
    ]
    assert VendorExchange.objects.get().connection == example


def test_facts_are_asked(example: VendorConnection, now: datetime) -> None:
    operations.carry_out(planned(example, now).pk, now=now)
    facts = questions.facts(example, service=SERVICE, now=now)
    assert [(fact.title, fact.value) for fact in facts] == [("Backup ID", "1"), ("Seats backed up", "5")]


def test_trouble_becomes_a_refusal_with_its_sentence(
    example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    VendorConnection.objects.update(settings={"base_url": "http://127.0.0.1:9"})
    example.refresh_from_db()
    with pytest.raises(VendorUnavailable) as refusal:
        questions.catalogue(example, now=now)
    assert refusal.value.code == "unreachable"
    assert str(refusal.value) == (
        "127.0.0.1:9 cannot be reached. It will be tried again; check the address and the network."
    )


def test_plugin_that_has_no_objection_accepts(example: VendorConnection, now: datetime) -> None:
    questions.validate_order(example, reference="order:1", payload=ORDER, now=now)
    questions.check(example, service=SERVICE, quantities={"seats": 1}, now=now)
    assert questions.notices(example, "change") == ()
    assert [field.name for field in questions.order_fields(example) if not field.after] == ["name"]


def test_office365_names_its_order_fields(office365: VendorConnection) -> None:
    assert [field.name for field in questions.order_fields(office365)] == [
        "domain_prefix",
        "education_segment",
        "validation_code",
        "ends_with",
    ]


def test_plan_without_vendor_has_no_questions(now: datetime) -> None:
    questions.validate_order(None, reference="order:1", payload={}, now=now)
    questions.check(None, service={}, quantities={}, now=now)
    assert questions.facts(None, service={}, now=now) == ()
    assert questions.notices(None, "change") == ()
    assert questions.order_fields(None) == ()


# The answers of a vendor, or of what stands in front of it, that no plugin expects.
STRANGE: list[Any] = ["no object", 7, None, [], ["x"], {"id": {"deep": "1"}}, {"items": "abc"}, "[" * 100_000]


@pytest.mark.parametrize("body", STRANGE, ids=lambda body: repr(body)[:20])
def test_an_answer_of_another_shape_is_told_and_breaks_no_page(
    body: Any, example: VendorConnection, example_vendor: ExampleVendor, now: datetime
) -> None:
    """An error page before: TypeError, KeyError, AttributeError out of the plugin."""
    example_vendor.reads = body
    with pytest.raises(VendorUnavailable) if body != [] else contextlib.nullcontext():
        questions.catalogue(example, now=now)
    for ask in (
        lambda: questions.check(example, service=SERVICE, quantities={"seats": 1}, now=now),
        lambda: questions.facts(example, service=SERVICE, now=now),
    ):
        with contextlib.suppress(VendorUnavailable):
            ask()


def test_what_the_database_says_is_no_answer_of_a_vendor() -> None:
    """A page then says that the database is away, not that the vendor is strange."""
    with pytest.raises(OperationalError), budget.of_a_person():
        raise OperationalError("away")


def test_vendor_that_counts_no_units_is_not_asked_how_many(office365: VendorConnection, now: datetime) -> None:
    with pytest.raises(TypeError, match="the plugin office365 counts no units"):
        questions.count(office365, service=SERVICE, now=now)


def test_commitments_are_asked_only_of_a_vendor_that_sells_for_terms(example: VendorConnection, now: datetime) -> None:
    with pytest.raises(TypeError, match="sells nothing for a term"):
        questions.commitments(example, service=SERVICE, now=now)
