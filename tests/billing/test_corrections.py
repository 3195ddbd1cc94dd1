"""Corrections: asked for by one manager, approved by another, on the balance once."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Actor, Forbidden
from accounts.models import Account, AccountStatus, Role
from billing.amounts import NotAnAmount
from billing.audit import audit
from billing.corrections import (
    ApprovedByAnother,
    CorrectionIsClosed,
    NoCorrectionHere,
    approve_correction,
    ask_correction,
    decline_correction,
)
from billing.funds import funds_of
from billing.models import Correction, LedgerEntry
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast

pytestmark = pytest.mark.django_db


def _asked(account: Account, amount: str = "-12.50", actor: Actor = SYSTEM, today: date = ORDERED_ON) -> Correction:
    return ask_correction(actor=actor, account=account, amount=Decimal(amount), reason="A discount", today=today)


def test_a_correction_counts_once_somebody_else_has_approved_it(acme: Account) -> None:
    author, other = cast.manager_actor(), cast.manager_actor()
    asked = _asked(acme, actor=author)
    assert (asked.status, funds_of(acme).balance) == ("approval_required", 0)
    with pytest.raises(ApprovedByAnother, match="somebody else"):
        approve_correction(actor=author, correction=asked, today=ORDERED_ON)

    done = approve_correction(actor=other, correction=asked, today=ORDERED_ON)
    assert (done.status, done.closed_on, done.decided_by) == ("approved", ORDERED_ON, other.user)
    assert funds_of(acme).balance == Decimal("-12.50")
    entries = {entry.book: entry for entry in LedgerEntry.objects.all()}
    assert entries["corrections"].amount == Decimal("12.50")
    assert entries["account"].description == f"Correction {done.number}: A discount"
    with pytest.raises(CorrectionIsClosed, match="Approved"):
        approve_correction(actor=other, correction=asked, today=ORDERED_ON)
    assert audit(today=ORDERED_ON) == []


def test_a_declined_correction_moves_nothing_and_its_author_may_withdraw_it(acme: Account) -> None:
    author = cast.manager_actor()
    asked = decline_correction(actor=author, correction=_asked(acme, actor=author), today=ORDERED_ON)
    assert (asked.status, LedgerEntry.objects.count()) == ("declined", 0)
    with pytest.raises(CorrectionIsClosed):
        decline_correction(actor=SYSTEM, correction=asked, today=ORDERED_ON)


def test_a_correction_may_end_a_credit_hold_and_begin_one(acme: Account) -> None:
    for amount, status in (("-0.01", AccountStatus.CREDIT_HOLD), ("0.01", AccountStatus.ACTIVE)):
        approve_correction(actor=SYSTEM, correction=_asked(acme, amount), today=ORDERED_ON)
        acme.refresh_from_db()
        assert acme.status == status


@pytest.mark.parametrize("amount", ["0", "0.001", "-0.001", "1e16", "NaN"])
def test_what_is_no_sum_is_refused(acme: Account, amount: str) -> None:
    with pytest.raises(NotAnAmount):
        _asked(acme, amount)
    assert Correction.objects.count() == 0


def test_rights_and_deleted_accounts(acme: Account) -> None:
    sales = cast.manager_actor(role=Role.SALES)
    asked = _asked(acme)
    with pytest.raises(Forbidden):
        approve_correction(actor=sales, correction=asked, today=ORDERED_ON)
    with pytest.raises(Forbidden):
        _asked(acme, actor=cast.manager_actor(role=Role.MARKETING))
    Account.objects.filter(pk=acme.pk).update(status=AccountStatus.DELETED)
    acme.refresh_from_db()
    with pytest.raises(NoCorrectionHere):
        approve_correction(actor=SYSTEM, correction=asked, today=ORDERED_ON)
    with pytest.raises(NoCorrectionHere):
        _asked(acme)
