"""A card payment counts once: told again, late, forged, of a closed payment, of another sum."""

import hashlib
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden, actor_of
from billing.audit import audit
from billing.funds import funds_of
from billing.gateways.base import Forged
from billing.gateways.paying import NoGateway, begin_card_payment, page_of, take_word
from billing.models import GatewayPayment, LedgerEntry, Payment, PaymentGateway
from billing.payments import PaymentIsClosed, cancel_payment, complete_payment
from tests.billing.gateways.conftest import DAY, NOON, Till
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def _told(till: Till, begun: GatewayPayment, amount: str = "100.000000", *, key: str = "second") -> str | None:
    signed = hashlib.sha256(f"{amount}:{begun.pk}:{key}".encode()).hexdigest()
    fields = {"OutSum": amount, "InvId": str(begun.pk), "SignatureValue": signed}
    return take_word(gateway=till.gateway, fields=fields, today=DAY, now=NOON)


def test_the_money_is_on_the_balance_once_however_often_it_is_told(till: Till) -> None:
    payment = till.payment()
    begun = begin_card_payment(actor=till.owner, payment=payment)
    assert f"InvId={begun.pk}&" in page_of(begun)
    for _repeated in range(3):
        assert _told(till, begun) == f"OK{begun.pk}"
    payment.refresh_from_db()
    begun.refresh_from_db()
    assert (payment.status, payment.method) == ("completed", "card")
    assert (begun.state, begun.told_amount, begun.told_at) == ("paid", Decimal(100), NOON)
    assert funds_of(till.account).balance == Decimal(100)
    assert LedgerEntry.objects.filter(book="account").count() == 1
    assert audit(today=DAY) == []


def test_a_forged_message_moves_nothing(till: Till) -> None:
    begun = begin_card_payment(actor=till.owner, payment=till.payment())
    with pytest.raises(Forged):
        _told(till, begun, key="first")
    assert not LedgerEntry.objects.exists()


def test_a_number_of_nobodys_is_answered_with_nothing(till: Till) -> None:
    begun = begin_card_payment(actor=till.owner, payment=till.payment())
    begun.pk += 1
    assert _told(till, begun) is None


@pytest.mark.parametrize("closed_by", ["cancelled", "another way"])
def test_money_for_what_is_closed_is_set_aside(till: Till, closed_by: str) -> None:
    payment = till.payment()
    begun = begin_card_payment(actor=till.owner, payment=payment)
    if closed_by == "cancelled":
        cancel_payment(actor=SYSTEM, payment=payment, today=DAY)
    else:
        complete_payment(actor=SYSTEM, payment=payment, today=DAY, method="bank_transfer")
    before = funds_of(till.account).balance
    for _repeated in range(2):
        assert _told(till, begun) == f"OK{begun.pk}"
    assert funds_of(till.account).balance == before
    assert sum(row.amount for row in Payment.objects.filter(status="parked")) == Decimal(100)
    assert audit(today=DAY) == []


def test_two_pages_both_paid_give_one_payment_and_money_set_aside(till: Till) -> None:
    payment = till.payment()
    first, second = (begin_card_payment(actor=till.owner, payment=payment) for _page in range(2))
    _told(till, first), _told(till, second)
    assert funds_of(till.account).balance == Decimal(100)
    assert Payment.objects.get(status="parked").amount == Decimal(100)


def test_another_sum_is_set_aside_and_the_payment_goes_on_waiting(till: Till) -> None:
    payment = till.payment()
    begun = begin_card_payment(actor=till.owner, payment=payment)
    assert _told(till, begun, "1.000000") == f"OK{begun.pk}"
    payment.refresh_from_db()
    aside = Payment.objects.get(status="parked")
    assert (payment.status, aside.amount, aside.comment) == (
        "waiting_for_payment", Decimal(1), f"From payment {payment.number}",
    )  # fmt: skip
    assert funds_of(till.account).balance == 0


def test_who_may_begin_and_for_what(till: Till) -> None:
    payment = till.payment()
    reader = actor_of(cast.customer_user(account=till.account, access_level="user"))
    with pytest.raises(Forbidden):
        begin_card_payment(actor=reader, payment=payment)
    stranger = actor_of(cast.customer_user(account=cast.account()))
    with pytest.raises(Forbidden):
        begin_card_payment(actor=stranger, payment=payment)
    PaymentGateway.objects.update(active=False)
    with pytest.raises(NoGateway, match="bank transfer"):
        begin_card_payment(actor=till.owner, payment=payment)
    cancel_payment(actor=SYSTEM, payment=payment, today=DAY)
    payment.refresh_from_db()
    with pytest.raises(PaymentIsClosed):
        begin_card_payment(actor=till.owner, payment=payment)
