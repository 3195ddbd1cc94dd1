"""Whom the balance puts on credit hold, since when, and what is to be paid to leave it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Account, AccountStatus
from billing.funds import Posting, lock_accounts, post
from billing.holds import Standing, move_holds, open_debt_payment, out_of_step, standing_of, standings_of
from billing.models import Payment, PostingKind
from tests.factories import accounts as cast

SINCE = date(2018, 9, 1)


@pytest.mark.parametrize(
    ("balance", "allowed", "period", "day", "to_pay"),
    [
        ("0.00", "0", -1, date(2018, 9, 30), "0"),
        ("-0.01", "0", -1, SINCE, "0.01"),  # nothing is allowed: at once
        ("-10.00", "10", -1, date(2019, 9, 1), "0"),  # within the limit, without end
        ("-10.01", "10", -1, SINCE, "0.01"),  # back to the limit
        ("-10.00", "10", 0, SINCE, "0"),  # a period of nothing ends with its first day
        ("-10.00", "10", 0, date(2018, 9, 2), "10.00"),
        ("-10.00", "10", 5, date(2018, 9, 6), "0"),
        ("-10.00", "10", 5, date(2018, 9, 7), "10.00"),  # the whole debt
        ("-12.00", "10", 5, date(2018, 9, 6), "2.00"),
        ("-12.00", "10", 5, date(2018, 9, 7), "12.00"),
        ("-10.00", "10", 2**31 - 1, date(2018, 9, 7), "0"),
    ],
)
def test_what_is_to_be_paid(balance: str, allowed: str, period: int, day: date, to_pay: str) -> None:
    since = SINCE if Decimal(balance) < 0 else None
    standing = Standing(Decimal(balance), Decimal(allowed), period, since, since)
    assert standing.to_pay(day) == Decimal(to_pay)
    assert (standing.held_from(day) is None) is (Decimal(to_pay) == 0)


@pytest.mark.parametrize(
    ("balance", "last_day", "held_from"),
    [
        ("-10.00", SINCE, date(2018, 9, 7)),  # the night is late, the day of the hold is not
        ("-10.00", date(2018, 9, 7), date(2018, 9, 7)),
        ("-10.00", date(2018, 9, 8), date(2018, 9, 20)),  # what was booked since is not undone
        ("-10.01", SINCE, date(2018, 9, 20)),  # the limit was changed, nobody knows when
    ],
)
def test_the_day_of_a_hold_does_not_depend_on_the_night(balance: str, last_day: date, held_from: date) -> None:
    standing = Standing(Decimal(balance), Decimal(10), 5, SINCE, last_day)
    assert standing.held_from(date(2018, 9, 20)) == held_from


def _account(*movements: tuple[str, date], **terms: object) -> Account:
    """Return an account that may go 100 below zero, and had these movements."""
    fields = {"credit_limit": Decimal(100), "pay_with_negative_balance": True, **terms}
    account = cast.account(account_class=cast.account_class(**fields))
    lock_accounts([account.pk])
    post([
        Posting(
            key=f"test:{account.pk}:{place}", kind=PostingKind.PAYMENT, account_id=account.pk, amount=Decimal(amount),
            currency="USD", day=day, description="A movement",
        )
        for place, (amount, day) in enumerate(movements)
    ])  # fmt: skip
    return account


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("movements", "since"),
    [
        ([], None),
        ([("-5", SINCE)], SINCE),
        ([("5", SINCE), ("-5", SINCE)], None),
        ([("5", date(2018, 8, 1)), ("-9", SINCE), ("-1", date(2018, 9, 3))], SINCE),
        ([("-5", date(2018, 8, 1)), ("5", date(2018, 8, 9)), ("-1", SINCE)], SINCE),
        # Paid and spent on one day: the debt is a new one.
        ([("-5", date(2018, 8, 1)), ("5", SINCE), ("-1", SINCE)], SINCE),
        ([("-5", SINCE), ("4.99", date(2018, 9, 5))], SINCE),
    ],
)
def test_the_first_day_of_a_debt_is_in_the_ledger(movements: list[tuple[str, date]], since: date | None) -> None:
    assert standing_of(_account(*movements)).since == since


@pytest.mark.django_db
@pytest.mark.parametrize("number", [1, 5])
def test_many_are_judged_by_few_statements(number: int) -> None:
    accounts = [_account(("-10", SINCE), subzero_period=0) for _ in range(number)]
    with CaptureQueriesContext(connection) as one:
        standings_of(accounts)
    with CaptureQueriesContext(connection) as of_all:
        assert out_of_step(date(2018, 9, 2), Account.objects.all()) == {account.pk for account in accounts}
    assert (len(one), len(of_all)) == (1, 2)


@pytest.mark.django_db
def test_a_hold_is_entered_and_left_by_the_balance_alone() -> None:
    within, over, rich = _account(("-100", SINCE)), _account(("-100.01", SINCE)), _account(("1", SINCE))
    rich.status = AccountStatus.CREDIT_HOLD
    rich.save(update_fields=["status"])
    others = [_account(("-500", SINCE)) for _ in range(2)]
    for account, status in zip(others, (AccountStatus.ADMINISTRATIVE_HOLD, AccountStatus.DELETED), strict=True):
        account.status = status
        account.save(update_fields=["status"])
    accounts = [within, over, rich, *others]
    assert out_of_step(SINCE, Account.objects.all()) == {over.pk, rich.pk}
    assert out_of_step(SINCE, Account.objects.filter(pk__in=[within.pk, rich.pk])) == {rich.pk}
    assert move_holds(accounts, SINCE) == ([over], [rich])
    assert move_holds(accounts, SINCE) == ([], [])
    statuses = [Account.objects.get(pk=account.pk).status for account in accounts]
    assert statuses == ["active", "credit_hold", "active", "administrative_hold", "deleted"]


@pytest.mark.django_db
def test_a_class_without_credit_ignores_the_limit() -> None:
    account = _account(("-0.01", SINCE), pay_with_negative_balance=False)
    assert standing_of(account).to_pay(SINCE) == Decimal("0.01")


@pytest.mark.django_db
def test_the_debt_is_asked_for_once() -> None:
    account = _account(("-100.50", SINCE))
    payment = open_debt_payment(actor=SYSTEM, account=account, today=SINCE)
    assert (payment.amount, payment.kind, payment.comment) == (Decimal("0.500"), "top_up", "To leave the credit hold")
    assert open_debt_payment(actor=SYSTEM, account=account, today=SINCE) is None
    assert Payment.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_asked_of_who_owes_nothing() -> None:
    assert open_debt_payment(actor=SYSTEM, account=_account(("-100", SINCE)), today=SINCE) is None
