"""Balance, blocked, available; postings in a chain."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.funds import Funds, Posting, funds_of, funds_of_many, lock_accounts, post, with_funds
from billing.models import LedgerEntry, PostingKind
from subscriptions.models import Plan, Subscription
from subscriptions.people.opening import AccountOnHold
from subscriptions.people.paying import FundsShort, pay_order_from_balance
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db


def _posting(account: Account, key: str, amount: str) -> Posting:
    return Posting(
        key=key,
        kind=PostingKind.PAYMENT,
        account_id=account.pk,
        amount=Decimal(amount),
        currency="USD",
        day=ORDERED_ON,
        description="test",
    )


def test_an_account_without_a_history_has_nothing(acme: Account) -> None:
    assert funds_of(acme) == Funds(Decimal(0), Decimal(0), Decimal(0))


def test_blocked_money_is_on_the_balance_and_not_available(seats: Subscription, acme: Account) -> None:
    top_up(account=acme, amount="100", today=ORDERED_ON)
    funds = funds_of(acme)
    assert (funds.balance, funds.blocked, funds.available) == (Decimal("119.35"), Decimal("19.35"), Decimal("100"))
    annotated = with_funds(Account.objects.all()).get()
    assert (annotated.balance, annotated.blocked) == (Decimal("119.35"), Decimal("19.35"))


def test_entries_are_numbered_and_carry_the_balance(acme: Account) -> None:
    other = cast.account()
    lock_accounts([acme.pk, other.pk])
    post([_posting(acme, "a", "10"), _posting(other, "b", "7"), _posting(acme, "c", "-2.50"), _posting(acme, "d", "0")])
    post([_posting(acme, "e", "1")])
    chain = LedgerEntry.objects.filter(account=acme, book="account").order_by("number")
    assert list(chain.values_list("number", "amount", "balance")) == [
        (1, Decimal(10), Decimal(10)),
        (2, Decimal("-2.5"), Decimal("7.5")),
        (3, Decimal(1), Decimal("8.5")),
    ]
    assert LedgerEntry.objects.count() == 8


@pytest.mark.parametrize("number", [1, 3])
def test_many_are_read_by_one_statement(acme: Account, number: int) -> None:
    accounts = [acme, *(cast.account() for _ in range(number - 1))]
    with CaptureQueriesContext(connection) as captured:
        funds_of_many(accounts)
    assert len(captured) == 1


def _owing(limit: str, *, use: bool) -> Account:
    """Return an account with a balance of -10."""
    account = cast.account(account_class=cast.account_class(credit_limit=Decimal(limit), pay_with_negative_balance=use))
    lock_accounts([account.pk])
    post([_posting(account, "start", "-10")])
    return account


@pytest.mark.parametrize(("price", "accepted"), [("190", True), ("190.01", False)])
def test_credit_counts_as_funds(price: str, accepted: bool) -> None:
    """G-D4: limit 200, balance -10: an order of 190 is accepted, of 190.01 refused."""
    account = _owing("200", use=True)
    assert _pays(account, price) is accepted


def test_credit_that_is_switched_off_is_ignored() -> None:
    account = _owing("200", use=False)
    assert funds_of(account).available == -10
    with pytest.raises(AccountOnHold):
        _pays(account, "0.01")


def test_an_account_may_have_its_own_limit() -> None:
    account = _owing("200", use=True)
    account.credit_limit_override = Decimal(50)
    account.save(update_fields=["credit_limit_override"])
    assert (_pays(account, "40.01"), _pays(account, "40")) == (False, True)


def _pays(account: Account, price: str) -> bool:
    plan: Plan = make.plan(prices={"seats": price})
    order = make.order(account=account, plan=plan, today=ORDERED_ON.replace(day=1), quantities={"seats": 1})
    try:
        pay_order_from_balance(actor=SYSTEM, order=order, today=ORDERED_ON.replace(day=1))
    except FundsShort:
        return False
    return True
