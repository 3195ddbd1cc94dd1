"""Guaranteed payments: on the balance before the money, and from it once the money, the day or a manager has come."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import Account, AccountStatus, Role
from accounts.registration import delete_account
from billing.audit import audit
from billing.funds import funds_of
from billing.guarantees import GuaranteeIsRevoked, NotADayToExpire, give_guarantee, revoke_guarantee
from billing.models import Charge, GuaranteedPayment, LedgerEntry
from core.errors import Refused
from subscriptions.models import Subscription
from subscriptions.night.renewals import renew_accounts, run_billing_day
from subscriptions.people.paying import pay_order_from_balance
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions

pytestmark = pytest.mark.django_db
EXPIRES = date(2018, 9, 3)


def _given(account: Account, amount: str = "50.00", expires_on: date = EXPIRES) -> GuaranteedPayment:
    return give_guarantee(
        actor=SYSTEM, account=account, amount=Decimal(amount), expires_on=expires_on, reason="Paid", today=ORDERED_ON
    )


def test_it_is_on_the_balance_until_a_manager_revokes_it(acme: Account) -> None:
    given = _given(acme)
    assert (given.status, funds_of(acme).available) == ("provided", Decimal(50))
    gone = revoke_guarantee(actor=SYSTEM, guarantee=given, today=ORDERED_ON)
    assert (gone.status, gone.revoked_on, gone.revoke_reason) == ("revoked", ORDERED_ON, "by_hand")
    assert funds_of(acme).available == 0
    with pytest.raises(GuaranteeIsRevoked):
        revoke_guarantee(actor=SYSTEM, guarantee=given, today=ORDERED_ON)
    assert audit(today=ORDERED_ON) == []


def test_the_night_of_its_day_takes_it_from_the_balance_also_late_and_once(acme: Account) -> None:
    _given(acme, "30.00"), _given(acme, "20.00", EXPIRES + timedelta(days=1))
    money.owe(account=acme, amount="10.00", today=ORDERED_ON)
    run_billing_day(today=EXPIRES - timedelta(days=1))
    assert funds_of(acme).balance == Decimal(40)
    for _again in range(2):
        run_billing_day(today=EXPIRES + timedelta(days=3))
    assert funds_of(acme).balance == Decimal(-10)
    taken = LedgerEntry.objects.filter(book="account", kind="guarantee_revoked").order_by("number")
    assert [(entry.day, entry.amount) for entry in taken] == [
        (EXPIRES, Decimal(-30)), (EXPIRES + timedelta(days=1), Decimal(-20)),
    ]  # fmt: skip
    acme.refresh_from_db()
    assert acme.status == AccountStatus.CREDIT_HOLD


def test_money_that_comes_ends_what_it_covers_the_oldest_first(acme: Account) -> None:
    first, second, third = (_given(acme, amount) for amount in ("30.00", "80.00", "20.00"))
    money.top_up(account=acme, amount="60.00", today=ORDERED_ON)
    states = {row.pk: row.revoke_reason for row in GuaranteedPayment.objects.all()}
    assert states == {first.pk: "topped_up", second.pk: "", third.pk: "topped_up"}
    assert funds_of(acme).balance == Decimal("140.00")  # 60 have come, 80 are guaranteed still


@pytest.mark.parametrize("days", [0, -1, 3651])
def test_a_day_that_is_no_end_is_refused(acme: Account, days: int) -> None:
    with pytest.raises(NotADayToExpire):
        _given(acme, expires_on=ORDERED_ON + timedelta(days=days))


def test_who_may_and_an_account_is_not_closed_under_it(acme: Account) -> None:
    given = _given(acme)
    with pytest.raises(Forbidden):
        revoke_guarantee(actor=cast.manager_actor(role=Role.SALES), guarantee=given, today=ORDERED_ON)
    with pytest.raises(Refused, match="Revoke it first"):
        delete_account(actor=SYSTEM, account=acme, today=ORDERED_ON)


def test_a_late_night_holds_the_account_on_the_day_on_which_the_credit_was_over(acme: Account) -> None:
    """Decision 14: 100.00 up to 3 September pay for August and reserve September, of which two days are used."""
    accounts, seats = (acme, cast.account()), subscriptions.plan()
    for account in accounts:
        _given(account, "100.00")
        order = subscriptions.order(account=account, plan=seats, today=ORDERED_ON)
        pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON)
    renew_accounts(account_ids=[acme.pk], today=EXPIRES)
    late = EXPIRES + timedelta(days=5)
    renew_accounts(account_ids=[account.pk for account in accounts], today=late)
    for account in accounts:
        (stopped,) = Subscription.objects.filter(account=account)
        closed = (
            Charge.objects.filter(account=account, status="closed").order_by("pk").values_list("amount", "closed_on")
        )
        assert list(closed) == [(Decimal("19.35"), date(2018, 9, 1)), (Decimal("3.33"), EXPIRES)], account
        assert (stopped.status, stopped.stopped_on) == ("stopped", EXPIRES)
    assert audit(today=late) == []
