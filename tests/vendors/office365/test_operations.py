"""Office 365 operations as rows: first passwords, consent lost and granted again, on the sandbox over HTTP."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from accounts.actors import Actor
from core.secrets import decrypt
from sandbox.microsoft import Microsoft
from tests.vendors.consenting import consent
from tests.vendors.office365.bench import E3
from vendors import operations
from vendors.microsoft.patience import Patience
from vendors.models import (
    ConnectionState,
    OperationState,
    VendorCall,
    VendorConnection,
    VendorExchange,
    VendorOperation,
)
from vendors.office365.ordering import PREPARING_WAITS
from vendors.registry import plugin_for

PAYLOAD: dict[str, Any] = {
    "label": "Acme mail",
    "account": {
        "id": "12",
        "company": "Acme",
        "email": "office@acme.example",
        "phone": "4255550100",
        "country": "US",
        "region": "WA",
        "city": "Redmond",
        "address1": "One Main Street",
        "postal_code": "98052",
        "contact": {"first_name": "Tania", "last_name": "Carr", "email": "tania@acme.example"},
    },
    "resources": {"seats": {"offer": E3, "quantity": 5}},
    "answers": {"domain_prefix": "acme"},
}


@pytest.fixture
def operation(admin: Actor, office365: VendorConnection, now: datetime) -> VendorOperation:
    consent(admin, office365, now)
    return operations.plan(
        office365, action="provision", key="order:17:provision", subject="order:17", payload=PAYLOAD, now=now
    )


def test_provisioning_is_confirmed_with_ids_facts_and_its_calls(operation: VendorOperation, now: datetime) -> None:
    done = operations.carry_out(operation.pk, now=now)
    assert done.state == OperationState.CONFIRMED
    assert done.result["vendor_ids"]["domain"] == "acme.onmicrosoft.com"
    assert [fact["name"] for fact in done.result["facts"]] == [
        "tenant_id",
        "domain",
        "subscription_id.seats",
        "offer.seats",
        "order_id.seats",
        "status.seats",
        "licences.seats",
    ]
    calls = done.calls.order_by("created_at").values_list("name", "state")
    assert list(calls) == [("customer", "confirmed"), ("agreement", "confirmed"), ("order:Default", "confirmed")]
    ids = {str(call.request_id) for call in done.calls.all()}
    changing = VendorExchange.objects.filter(operation_id=done.pk, method="POST").exclude(url__contains="validations")
    assert {exchange.request_id for exchange in changing} == ids


def test_first_password_is_kept_encrypted_and_nowhere_in_clear(operation: VendorOperation, now: datetime) -> None:
    done = operations.carry_out(operation.pk, now=now)
    secrets = operations.unsealed(done)
    assert secrets["admin_user"] == "admin@acme.onmicrosoft.com"
    written = repr([list(model.objects.values()) for model in (VendorOperation, VendorCall, VendorExchange)])
    assert secrets["admin_password"] not in written
    assert decrypt(done.sealed) == secrets


def test_operation_waits_for_a_lost_consent_and_goes_on_when_it_is_granted_again(
    admin: Actor, office365: VendorConnection, operation: VendorOperation, microsoft: Microsoft, now: datetime
) -> None:
    microsoft.revoke_consent()
    later = now + timedelta(hours=2)
    microsoft.advance(seconds=7200)
    waiting = operations.carry_out(operation.pk, now=later)
    office365.refresh_from_db()
    assert office365.state == ConnectionState.REGRANT_NEEDED
    assert (waiting.state, waiting.next_attempt_at) == (OperationState.PLANNED, later + timedelta(minutes=30))
    assert waiting.last_error == office365.last_error
    consent(admin, office365, later + timedelta(minutes=1))
    assert list(operations.due(later + timedelta(minutes=1))) == [waiting]
    done = operations.carry_out(operation.pk, now=later + timedelta(minutes=1))
    assert (done.state, done.last_error) == (OperationState.CONFIRMED, "")
    assert microsoft.counts()["customers"] == 1


def test_what_is_prepared_without_an_end_is_told_after_a_day_and_never_ordered_twice(
    operation: VendorOperation, microsoft: Microsoft, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen before: looked at every 60 seconds, on the second day as in the first minute, and nobody was told."""
    monkeypatch.setattr(plugin_for("office365"), "patience", Patience(pause=0.0))
    looks = Patience().times
    microsoft.behave(legacy_pending_reads=(PREPARING_WAITS + 2) * looks)
    moment, pauses = now, []
    done = operations.carry_out(operation.pk, now=moment)
    while done.state == OperationState.SENT:
        assert done.next_attempt_at is not None
        pauses.append(done.next_attempt_at - moment)
        microsoft.advance(seconds=pauses[-1].total_seconds())
        moment = done.next_attempt_at
        done = operations.carry_out(operation.pk, now=moment)
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[-1]) == (timedelta(seconds=10), timedelta(hours=1))
    assert timedelta(days=1) < moment - now < timedelta(hours=25)
    (order_id,) = {value for call in done.calls.all() for key, value in call.result.items() if key == "order_id.seats"}
    assert done.state == OperationState.REJECTED
    assert f"has the order ({order_id})" in done.last_error
    assert "Ask Microsoft's partner support, then try again" in done.last_error
    again = operations.carry_out(operations.retry(done, now=moment).pk, now=moment)
    assert (again.state, again.next_attempt_at) == (OperationState.SENT, moment + timedelta(seconds=10))
    assert operations.carry_out(again.pk, now=moment).state == OperationState.CONFIRMED
    assert microsoft.counts()["orders"] == 1


def test_note_stays_with_an_operation_that_succeeds(
    operation: VendorOperation, microsoft: Microsoft, now: datetime
) -> None:
    microsoft.fail("error_after", method="POST", path="/partnercenter/v1/customers$")
    assert operations.carry_out(operation.pk, now=now).notes == ()
    done = operations.carry_out(operation.pk, now=now + timedelta(minutes=1))
    assert (done.state, done.last_error) == (OperationState.CONFIRMED, "")
    assert decrypt(done.sealed) == {"admin_user": "admin@acme.onmicrosoft.com"}
    done.refresh_from_db()
    assert done.result["vendor_ids"]["domain"] == "acme.onmicrosoft.com"
    [english] = done.notes
    assert english.startswith("The first password of admin@acme.onmicrosoft.com is not known")
    with override("ru"):
        [russian] = done.notes
    assert russian.startswith("Первый пароль пользователя admin@acme.onmicrosoft.com неизвестен")


def test_first_password_whose_answer_was_lost_is_kept_all_the_same(
    operation: VendorOperation, microsoft: Microsoft, now: datetime
) -> None:
    microsoft.fail("drop_after", method="POST", path="/partnercenter/v1/customers$")
    assert operations.carry_out(operation.pk, now=now).sealed == ""
    done = operations.carry_out(operation.pk, now=now + timedelta(minutes=1))
    password = decrypt(done.sealed)["admin_password"]
    assert (done.state, done.notes) == (OperationState.CONFIRMED, ())
    assert VendorExchange.objects.filter(method="POST", url__endswith="/customers").count() == 2
    assert not any(password in line.response_body for line in VendorExchange.objects.all())
