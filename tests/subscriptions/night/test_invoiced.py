"""A letter for each new invoice, once, in the reader's language; none where the account's class wants none."""

from datetime import date

import pytest

from accounts.models import Account
from notifications.models import Notification
from subscriptions.night.invoiced import tell_of_invoices
from subscriptions.night.renewals import run_billing_day
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db
AUG20, SEP2 = date(2018, 8, 20), date(2018, 9, 2)


def customer(model: str, *, language: str, **terms: object) -> Account:
    account = cast.account(account_class=cast.account_class(payment_model=model, **terms))
    cast.customer_user(account=account, language=language)
    if model == "prepay":
        top_up(account=account, amount="100", today=AUG20)
    make.subscription(account=account, plan=make.plan(), today=AUG20)
    return account


def test_customers_are_told_of_their_invoices_once() -> None:
    later = customer("postpay", language="en", payment_expiration_days=10)
    before = customer("prepay", language="ru")
    silent = customer("postpay", language="en", letters_of_invoices=False)
    run_billing_day(today=SEP2)
    assert not Notification.objects.filter(event="invoice_closed").exists(), "the night itself writes no letters"
    assert tell_of_invoices() == 3
    assert tell_of_invoices() == 0
    letters = {one.account_id: one for one in Notification.objects.filter(event="invoice_closed")}
    assert set(letters) == {later.pk, before.pk}, f"none for {silent.pk}"
    number = later.invoices.get().number
    assert letters[later.pk].subject == f"Invoice {number}: $19.35"
    body = letters[later.pk].body_text
    assert "from 01 Aug 2018 to 31 Aug 2018" in body
    assert "Pay it by 11 Sep 2018" in body
    assert later.invoices.get().payment.number in body
    assert letters[later.pk].path == f"/invoices/{later.invoices.get().pk}/"
    assert letters[before.pk].language == "ru"
    assert "PM0" not in letters[before.pk].body_text, "nothing has to be paid"
