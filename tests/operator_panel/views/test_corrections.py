"""A correction in the panel: asked for, shown before it is approved, approved by another, declined."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.corrections import ask_correction
from billing.funds import funds_of
from billing.models import Charge, Correction, CreditNote
from tests.browsing import confirmed
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.operator_panel.conftest import errors_of, signed_in
from tests.operator_panel.previews import confirm

pytestmark = pytest.mark.django_db


def test_it_is_asked_for_and_only_another_may_approve_it(client: Client, acme: Account) -> None:
    asked = reverse("operator:account_correct", args=[acme.pk])
    answer = client.post(asked, {"amount": "-12.50", "reason": "Billed twice"})
    made = Correction.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, reverse("operator:correction", args=[made.pk]))
    shown = client.get(answer["Location"]).content.decode()
    assert reverse("operator:correction_approve", args=[made.pk]) not in shown  # one's own
    assert reverse("operator:correction_decline", args=[made.pk]) in shown
    assert funds_of(acme).balance == 0


def test_another_sees_what_is_available_then_and_approves(client: Client, acme: Account, today: date) -> None:
    made = ask_correction(actor=SYSTEM, account=acme, amount=Decimal("7.50"), reason="Goodwill", today=today)
    seen, done, answer = confirm(client, reverse("operator:correction_approve", args=[made.pk]))
    made.refresh_from_db()
    assert seen == done
    assert (made.status, funds_of(acme).balance) == ("approved", Decimal("7.50"))
    assert answer["Location"] == reverse("operator:correction", args=[made.pk])


def test_what_an_invoice_has_charged_is_given_back_from_its_page(client: Client, acme: Account, today: date) -> None:
    charge = Charge.objects.get(subscription=make.subscription(account=acme, plan=make.plan(), today=today))
    page = client.get(reverse("operator:invoice", args=[money.invoice(acme, total="5.00", charge=charge).pk]))
    form = f"{reverse('operator:account_correct', args=[acme.pk])}?charge={charge.pk}"
    assert form in page.content.decode()
    assert f'value="{charge.pk}"' in client.get(form).content.decode()
    refused = client.post(form, {"amount": "5.01", "reason": "Late", "charge": charge.pk})
    assert "more than zero and no more" in errors_of(refused)["amount"][0]
    client.post(form, {"amount": "5", "reason": "Late", "charge": charge.pk})
    made = Correction.objects.get()
    confirm(signed_in(cast.manager(reseller=acme.reseller)), reverse("operator:correction_approve", args=[made.pk]))
    note = CreditNote.objects.get(correction=made)
    assert note.number in client.get(reverse("operator:correction", args=[made.pk])).content.decode()
    assert made.number in client.get(reverse("operator:credit_note", args=[note.pk])).content.decode()


def test_it_is_declined(client: Client, acme: Account, today: date) -> None:
    made = ask_correction(actor=SYSTEM, account=acme, amount=Decimal("7.50"), reason="Goodwill", today=today)
    confirmed(client, reverse("operator:correction_decline", args=[made.pk]), {})
    made.refresh_from_db()
    assert made.status == "declined"


def test_no_sum_is_refused_at_its_field(client: Client, acme: Account) -> None:
    answer = client.post(reverse("operator:account_correct", args=[acme.pk]), {"amount": "0", "reason": "x"})
    assert answer.status_code == 422
    assert "more or less than zero" in errors_of(answer)["amount"][0]
