"""What was invoiced and is taken back afterwards stands on a credit note, with its tax of the opposite sign."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import audit
from billing.charging import take_all_back
from billing.corrections import CannotGiveBack, approve_correction, ask_correction
from billing.funds import funds_of
from billing.models import Book, Charge, CreditNote, Invoice, LedgerEntry
from subscriptions.night.renewals import run_billing_day
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay
from tests.factories.taxes import tax

pytestmark = pytest.mark.django_db
AUG20, SEP2 = date(2018, 8, 20), date(2018, 9, 2)


def balance_of(account: Account) -> Decimal:
    return funds_of(Account.objects.select_related("account_class").get(pk=account.pk)).balance


def test_a_charge_taken_back_after_its_invoice_makes_a_credit_note_with_its_tax() -> None:
    tax()
    tax("10", inclusive=True, name="Duty")
    account = cast.account(account_class=cast.account_class(payment_model="postpay"))
    plan = make.plan(prices={"seats": "10.00", "disk": "1.00"})
    make.order(account=account, plan=plan, quantities={"seats": 5, "disk": 3}, today=AUG20)
    run_billing_day(today=SEP2)
    invoice = Invoice.objects.get()
    line = invoice.lines.order_by("pk").first()
    take_all_back([line.charge], day=SEP2)
    note = CreditNote.objects.get()
    assert (note.number, note.invoice, note.created_on) == ("CN000001", invoice, SEP2)
    assert (note.total, note.tax, note.added_tax) == (-line.amount - line.added_tax, -line.tax, -line.added_tax)
    assert line.tax == Decimal("5.28"), "1.76 contained in 19.35, and 3.52 added to it"
    credited = note.lines.get()
    assert (credited.line, credited.amount, credited.tax) == (line, -line.amount, -line.tax)
    # The charge and its tax are back on the balance; the payment goes on asking for all of the invoice.
    tax_book = LedgerEntry.objects.get(book=Book.TAX)
    assert (tax_book.kind, tax_book.amount) == ("tax_returned", -line.added_tax)
    found = Account.objects.select_related("account_class").get(pk=account.pk)
    left = sum(one.amount for one in invoice.lines.exclude(pk=line.pk))
    assert funds_of(found).balance == line.added_tax - left
    # The days were served: only that nothing is charged for them is found.
    assert {one.check.partition(" ")[2] for one in audit(today=SEP2)} == {
        "units charged are those in service, on every day of the history"
    }


@pytest.mark.parametrize("model", ["postpay", "prepay"])
def test_a_correction_that_gives_back_some_of_an_invoiced_charge_makes_a_credit_note(model: str) -> None:
    tax()
    account = cast.account(account_class=cast.account_class(payment_model=model))
    order = make.order(account=account, plan=make.plan(), today=AUG20)
    if model == "prepay":
        pay(order=order, today=AUG20)
    run_billing_day(today=SEP2)
    line = Invoice.objects.get().lines.get()
    before = balance_of(account)
    made = []
    for amount in ("1.00", "9.00", "9.35"):  # all of 19.35, and its 3.87 of tax
        asked = ask_correction(
            actor=SYSTEM, account=account, amount=Decimal(amount), reason="Late", today=SEP2, charge_id=line.charge_id
        )
        made.append(approve_correction(actor=SYSTEM, correction=asked, today=SEP2).credit_note)
    assert [(note.total, note.tax) for note in made] == [
        (Decimal("-1.20"), Decimal("-0.20")), (Decimal("-10.80"), Decimal("-1.80")),
        (Decimal("-11.22"), Decimal("-1.87")),
    ]  # fmt: skip
    assert line.credits.get(credit_note=made[0]).amount == -1
    assert balance_of(account) - before == Decimal("23.22"), "charge and tax"
    with pytest.raises(CannotGiveBack, match=r"0\.00 are left"):
        ask_correction(
            actor=SYSTEM, account=account, amount=Decimal(1), reason="More", today=SEP2, charge_id=line.charge_id
        )
    assert audit(today=SEP2) == []


def test_only_what_an_invoice_of_the_account_has_charged_is_given_back_and_no_more() -> None:
    account, other = cast.account(), cast.account()
    order = make.order(account=account, plan=make.plan(), today=AUG20)
    pay(order=order, today=AUG20)
    charge = Charge.objects.get()
    asked = {"actor": SYSTEM, "reason": "Late", "today": SEP2, "charge_id": charge.pk}
    with pytest.raises(CannotGiveBack, match="No invoice"):
        ask_correction(account=account, amount=Decimal(1), **asked)
    run_billing_day(today=SEP2)
    for whose, amount, field in (
        (other, "1", "charge"), (account, "19.36", "amount"), (account, "-1", "amount"),
    ):  # fmt: skip
        with pytest.raises(CannotGiveBack) as refusal:
            ask_correction(account=whose, amount=Decimal(amount), **asked)
        assert refusal.value.field == field
    both = [ask_correction(account=account, amount=Decimal("19.35"), **asked) for _again in range(2)]
    approve_correction(actor=SYSTEM, correction=both[0], today=SEP2)
    with pytest.raises(CannotGiveBack):
        approve_correction(actor=SYSTEM, correction=both[1], today=SEP2)
    assert CreditNote.objects.get().correction == both[0]


def test_what_stands_on_no_invoice_makes_none() -> None:
    account = cast.account(account_class=cast.account_class(payment_model="postpay"))
    make.order(account=account, plan=make.plan(), today=AUG20)
    run_billing_day(today=date(2018, 9, 1))
    take_all_back(Charge.objects.filter(status="closed"), day=date(2018, 9, 1))
    run_billing_day(today=SEP2)
    assert (CreditNote.objects.count(), Invoice.objects.count()) == (0, 0)
