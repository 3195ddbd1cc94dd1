"""What a confirmation asks and its button says, in postpay beside prepay: the same steps, in words of their own."""

from datetime import date
from decimal import Decimal
from functools import partial

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from core.panel.shown import Shown
from subscriptions.models import Subscription
from subscriptions.told.proposals import (
    Proposal,
    propose_activation,
    propose_auto_renewal,
    propose_change,
    propose_order,
    propose_renewal,
    propose_stop,
)
from subscriptions.told.showing import OWED, OWED_NO_MORE, OWED_USED, STAYS_OWED, TO_PAY, shown_of
from subscriptions.told.wording import question_of_deletion, question_of_end
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from vendors.commitments import AtEnd, billing_plan_text

pytestmark = pytest.mark.django_db
AUG20, AUG25, AUG28 = date(2018, 8, 20), date(2018, 8, 25), date(2018, 8, 28)
SEP10 = date(2018, 9, 10)


@pytest.fixture
def account() -> Account:
    """A postpay customer who may owe 100.00."""
    terms = cast.account_class(payment_model="postpay", subscription_credit_limit=Decimal(100))
    return cast.account(account_class=terms)


def shown(proposal: Proposal, day: date) -> Shown:
    return shown_of(proposal, currency="USD", today=day, paid_from_balance=True)


def effects(said: Shown) -> list[object]:
    return [line.effect for line in said.lines]


def test_postpay_asks_for_nothing_and_says_what_is_owed_and_when_it_is_invoiced(account: Account) -> None:
    plan = make.plan()
    wish = {"period": plan.periods.get(), "now": make.noon(AUG20)}
    order = partial(propose_order, actor=SYSTEM, account=account, plan=plan, today=AUG20, **wish)
    said = shown(order(quantities={"seats": 5}, keep=True), AUG20)
    assert said.submit == "Order, pay $19.35 later"
    assert (said.total, said.owed, said.owed_at_most, said.balance_after) == (None, Decimal("19.35"), 100, None)
    assert said.invoiced_on == date(2018, 9, 2)
    assert said.text == (
        "Nothing is to be paid now: it is confirmed within the credit limit. What is owed is invoiced the day after "
        "its billing day, next on 02 Sep 2018."
    )
    assert effects(said) == [OWED]
    row = Subscription.objects.get(account=account)
    change = partial(propose_change, actor=SYSTEM, subscription=row, today=AUG25, now=make.noon(AUG25))
    raised = shown(change(quantities={"seats": 8}), AUG25)
    assert (raised.submit, raised.reserved) == ("Change, pay $6.77 later", Decimal("6.77"))
    assert set(effects(raised)) == {OWED, STAYS_OWED}
    lowered = shown(change(quantities={"seats": 2}), AUG25)
    assert (lowered.submit, lowered.released) == ("Lower, owe $6.77 less", Decimal("6.77"))
    assert set(effects(lowered)) == {OWED_USED, OWED}
    stopped = shown(propose_stop(actor=SYSTEM, subscription=row, today=AUG25, keep=True), AUG25)
    assert stopped.question == f"Stop {row.name}? Today is not charged; the days used are on the next invoice."
    assert (stopped.submit, set(effects(stopped))) == ("Stop, owe $11.29 less", {OWED_USED, OWED_NO_MORE})
    row.refresh_from_db()
    again = shown(propose_activation(actor=SYSTEM, subscription=row, today=AUG28), AUG28)
    assert (again.submit, "on the invoice after it" in str(again.question)) == ("Activate, pay $6.45 later", True)


def test_a_term_is_renewed_later_within_the_limit(account: Account) -> None:
    make.order(account=account, plan=make.plan(months=12, billing_type="csp_annual"), today=AUG20)
    row = Subscription.objects.get(account=account)
    renewal = shown(propose_renewal(actor=SYSTEM, subscription=row, today=SEP10), SEP10)
    assert str(renewal.submit).startswith("Renew, pay $")
    assert (str(renewal.submit)[-5:], TO_PAY in effects(renewal), renewal.total) == ("later", False, None)
    on = propose_auto_renewal(actor=SYSTEM, subscription=row, on=True, today=SEP10)
    assert ("is owed for it then" in on.question, "balance" in on.question) == (True, False)


def test_prepay_says_what_it_said() -> None:
    account = cast.account()
    top_up(account=account, amount="200", today=AUG20)
    row = make.subscription(account=account, plan=make.plan(), today=AUG20)
    change = partial(propose_change, actor=SYSTEM, subscription=row, today=AUG25, now=make.noon(AUG25))
    assert change(quantities={"seats": 8}, pay_from_balance=True).submit == "Change, reserve $6.77"
    assert change(quantities={"seats": 8}).submit == "Change, pay $6.77"
    assert change(quantities={"seats": 2}).submit == "Lower, get $6.77 back"
    stopped = shown_of(
        propose_stop(actor=SYSTEM, subscription=row, today=AUG25, keep=True), currency="USD", today=AUG25
    )
    assert (stopped.submit, stopped.owed, stopped.invoiced_on) == ("Stop, release $11.29", None, None)
    row.refresh_from_db()
    assert propose_activation(actor=SYSTEM, subscription=row, today=AUG28).submit == "Activate, reserve $6.45"


def test_the_end_of_a_vendors_term_is_asked_for_in_its_own_words() -> None:
    row, day = Subscription(name="Mail"), date(2027, 3, 10)
    asked = {end: question_of_end(row, end, day) for end in AtEnd}
    assert asked[AtEnd.ENDS][0].startswith("Let Mail end on 10 Mar 2027? Until then it is there, and charged.")
    assert "gives nothing back" in question_of_deletion(row, day)[0]
    assert [asked[end][1] for end in AtEnd] == [
        "Renew it on 10 Mar 2027",
        "End it on 10 Mar 2027",
        "Go on by the month",
    ]
    assert [billing_plan_text(plan) for plan in ("monthly", "Annual", "weekly")] == ["Monthly", "Annual", "weekly"]
