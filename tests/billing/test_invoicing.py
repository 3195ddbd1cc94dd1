"""Invoices of many accounts at once: what is noted as it closes, and what becomes of it in the night after."""

from datetime import date

import pytest
from django.db import connection
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from billing.invoicing import make_invoices, note_closed
from billing.models import Invoice, InvoiceLine, ToInvoice
from subscriptions.night.renewals import renew_accounts
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db

AUG20, SEP1, SEP2, OCT1 = date(2018, 8, 20), date(2018, 9, 1), date(2018, 9, 2), date(2018, 10, 1)


def test_what_closes_is_noted_for_its_billing_day_once():
    account = cast.account()
    note_closed([(account.pk, 1, AUG20), (account.pk, 1, SEP1), (account.pk, 1, SEP2), (account.pk, 15, AUG20)])
    note_closed([(account.pk, 1, date(2018, 8, 10))])
    rows = ToInvoice.objects.order_by("billing_day", "day").values_list("billing_day", "day", "since")
    assert list(rows) == [(1, SEP1, date(2018, 8, 10)), (1, OCT1, SEP2), (15, date(2018, 9, 15), AUG20)]


def test_many_accounts_take_as_many_statements_as_one_and_numbers_have_no_gaps():
    plan = make.plan()
    accounts = [cast.account() for _ in range(3)]
    for account in accounts:
        top_up(account=account, amount="200.00", today=AUG20)
        for _ in range(2):
            make.subscription(account=account, plan=plan, quantities={"seats": 5}, today=AUG20)
    renew_accounts(account_ids=[account.pk for account in accounts], today=SEP1)
    assert not Invoice.objects.exists()
    counts = []
    for some in (accounts[:1], accounts[1:]):
        found = Account.objects.select_related("account_class").filter(pk__in=[one.pk for one in some])
        rows = {one.pk: one for one in found}
        with CaptureQueriesContext(
            connection,
        ) as asked:
            made = make_invoices(rows, SEP2)
        counts.append(len(asked))
        assert len(made) == len(some)
    assert counts[0] == counts[1]
    assert not make_invoices(rows, SEP2), "a night run twice makes no second invoice"
    assert [one.number for one in Invoice.objects.order_by("pk")] == ["IN000001", "IN000002", "IN000003"]
    assert set(Invoice.objects.values_list("total", "period_from", "period_to")) == {
        (2 * InvoiceLine.objects.first().amount, date(2018, 8, 1), SEP1)
    }
    assert not ToInvoice.objects.exists()
    with pytest.raises(InternalError):
        InvoiceLine.objects.all().delete()
