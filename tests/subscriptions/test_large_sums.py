"""Sums and products far beyond any bill are kept to the last unit, or refused by name before anything is written."""

from decimal import Decimal

import pytest

from accounts.account_terms import change_account_class
from accounts.actors import SYSTEM
from accounts.models import Account
from accounts.registration import change_account
from accounts.resellers import create_reseller
from billing.funds import funds_of
from billing.models import Charge, LedgerEntry, Payment
from billing.payments import complete_payment, open_top_up
from core.errors import Refused
from core.fitting import DoesNotFit
from subscriptions.catalogue.plans import Lasting, PlanNotAllowed, add_period
from subscriptions.catalogue.prices import Fees, set_price
from subscriptions.models import Order, Plan, PlanPeriod, Subscription
from subscriptions.people.quantities import refuse_too_many
from subscriptions.simulation.playing import simulate
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db


@pytest.fixture
def hanoi() -> Account:
    """A customer who pays in dong."""
    return cast.account(reseller=cast.reseller(currency="VND"))


def books() -> list[int]:
    tables = (Subscription, Order, Payment, Charge, LedgerEntry, Plan, PlanPeriod)
    return [table.objects.count() for table in tables]


def test_a_hundred_thousand_million_dong_are_kept_to_the_last_one(hanoi: Account) -> None:
    """300,000 × 333,334 = 100,000,200,000: the database refused it (14 digits), and the person saw an error page."""
    plan = make.plan(reseller=hanoi.reseller, prices={"seats": "300000"})
    first_of_month = ORDERED_ON.replace(day=1)
    order = make.order(account=hanoi, plan=plan, today=first_of_month, quantities={"seats": 333_334})
    assert order.total == Decimal(100_000_200_000)
    payment = Payment.objects.get(order=order)
    complete_payment(actor=SYSTEM, payment=payment, today=first_of_month)
    assert funds_of(hanoi).blocked == Decimal(100_000_200_000)


def test_the_dearest_price_of_the_most_units_is_still_exact(hanoi: Account) -> None:
    plan = make.plan(reseller=hanoi.reseller, prices={"seats": "9999999999"})
    order = make.order(account=hanoi, plan=plan, today=ORDERED_ON.replace(day=1), quantities={"seats": 1_000_000})
    assert order.total == Decimal(9_999_999_999_000_000)


def test_a_balance_grows_beyond_a_hundred_thousand_million(hanoi: Account) -> None:
    for _ in range(2):
        top_up(account=hanoi, amount="99999999999", today=ORDERED_ON)
    assert funds_of(hanoi).balance == Decimal(199_999_999_998)
    most = "999999999999999"
    top_up(account=hanoi, amount=most, today=ORDERED_ON)
    before = books()
    for absurd in ("1000000000000000", "1e200000", "Infinity", "NaN", "-1"):
        with pytest.raises(Refused) as refusal:
            open_top_up(actor=SYSTEM, account=hanoi, amount=Decimal(absurd), today=ORDERED_ON)
        assert refusal.value.field == "amount"
    assert books() == before


def test_a_balance_that_the_books_cannot_hold_is_refused_before_it_is_written(hanoi: Account) -> None:
    """Sums too are checked where they are made: the ledger takes no balance of more than 21 digits."""
    payment = open_top_up(actor=SYSTEM, account=hanoi, amount=Decimal(5), today=ORDERED_ON)
    whole = Payment.opened(payment.kind, hanoi, Decimal(10) ** 21 - 1, ORDERED_ON)
    complete_payment(actor=SYSTEM, payment=whole, today=ORDERED_ON)
    before = books()
    with pytest.raises(DoesNotFit) as refusal:
        complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)
    assert refusal.value.field == "balance"
    assert books() == before
    payment.refresh_from_db()
    assert payment.status == "waiting_for_payment"


@pytest.mark.parametrize(
    "units", [1_000_001, 2**31, 10**30, 10**5_000, -1], ids=["one more", "int4", "long", "5,000 digits", "negative"]
)
def test_units_beyond_what_can_be_held_are_refused(hanoi: Account, units: int) -> None:
    plan = make.plan(reseller=hanoi.reseller)
    before = books()
    with pytest.raises(Refused) as refusal:
        make.order(account=hanoi, plan=plan, today=ORDERED_ON, quantities={"seats": units})
    assert refusal.value.field == "quantities.seats"
    assert books() == before


def test_units_of_many_resources_together_are_counted_before_the_order() -> None:
    """The subscription's sum is written when the order is paid: too late to say no."""
    refuse_too_many([1_000_000] * 2_147)
    with pytest.raises(DoesNotFit) as refusal:
        refuse_too_many([1_000_000] * 2_148)
    assert refusal.value.field == "quantity"


@pytest.mark.parametrize("price", ["10000000000", "1e200000", "-0.01", "NaN", "0.0000001"])
def test_a_price_out_of_bounds_is_refused(hanoi: Account, price: str) -> None:
    plan = make.plan(reseller=hanoi.reseller)
    before = books()
    with pytest.raises(Refused) as refusal:
        set_price(
            actor=SYSTEM, plan_resource=plan.resources.get(), fees=Fees(recurring_fee=Decimal(price)),
            valid_from=ORDERED_ON, today=ORDERED_ON,
        )  # fmt: skip
    assert refusal.value.field == "recurring_fee"
    assert books() == before


def test_no_day_lies_beyond_the_calendar(hanoi: Account) -> None:
    """A price of the year 9999, a period of 120,000 years from older data: refused at their fields."""
    plan = make.plan(reseller=hanoi.reseller, months=12)
    with pytest.raises(Refused) as refusal:
        set_price(
            actor=SYSTEM, plan_resource=plan.resources.get(), fees=Fees(recurring_fee=Decimal(1)),
            valid_from=ORDERED_ON.replace(year=9999), today=ORDERED_ON,
        )  # fmt: skip
    assert refusal.value.field == "valid_from"
    for duration in (121, 10_000, 0, -1, 2**31):
        with pytest.raises(PlanNotAllowed) as refused:
            add_period(actor=SYSTEM, plan=plan, period=Lasting(duration=duration, unit="year"), today=ORDERED_ON)
        assert refused.value.field == "periods"
    plan.periods.update(duration=10_000, unit="year")
    before = books()
    with pytest.raises(Refused) as too_long:
        make.order(account=hanoi, plan=plan, today=ORDERED_ON)
    assert too_long.value.field == "period"
    assert books() == before


BEYOND = {
    "credit_limit": (Decimal(-1), Decimal(10) ** 15, Decimal(10) ** 21, Decimal("0.5"), Decimal("NaN")),
    "subzero_period": (-2, 3_651, 2**31, 10**30),
    "cancel_unpaid_order_in": (-1, 3_651, 2**31, 10**30),
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BEYOND.items() for value in values])
def test_terms_out_of_bounds_are_refused(hanoi: Account, field: str, value: object) -> None:
    with pytest.raises(Refused) as refusal:
        change_account_class(
            actor=SYSTEM, account_class=hanoi.account_class, values={field: value}, today=ORDERED_ON
        )  # fmt: skip
    assert refusal.value.field == field


def test_an_own_credit_limit_is_bounded_as_that_of_the_terms(hanoi: Account) -> None:
    """Minus 5 was taken: a customer with money on the balance could then order nothing."""
    for value in BEYOND["credit_limit"]:
        with pytest.raises(Refused) as refusal:
            change_account(actor=SYSTEM, account=hanoi, values={"credit_limit_override": value}, today=ORDERED_ON)
        assert refusal.value.field == "credit_limit_override"
    change_account(actor=SYSTEM, account=hanoi, values={"credit_limit_override": Decimal(5)}, today=ORDERED_ON)
    hanoi.refresh_from_db()
    assert hanoi.credit_limit_override == 5


def test_terms_from_before_that_never_end_do_not_stop_an_order(hanoi: Account) -> None:
    """2,147,483,647 days to pay an order, kept before they were refused: the order ended in an error page."""
    type(hanoi.account_class).objects.filter(pk=hanoi.account_class_id).update(cancel_unpaid_order_in=2**31 - 1)
    order = make.order(account=hanoi, plan=make.plan(reseller=hanoi.reseller), today=ORDERED_ON)
    assert order.expires_on is not None
    assert order.expires_on.year == ORDERED_ON.year + 10


def test_a_currency_of_four_decimals_is_refused_aloud() -> None:
    """The books keep three: CLF 0.0001 would be rounded away in silence."""
    with pytest.raises(Refused) as refusal:
        create_reseller(
            actor=SYSTEM, parent=cast.operator(), name="Chile", currency="CLF", email="a@example.com",
            manager_name="A", manager_email="b@example.com", now=make.noon(ORDERED_ON),
        )  # fmt: skip
    assert refusal.value.field == "currency"


def test_a_simulation_of_large_sums_is_exact() -> None:
    """The same history ended in a DataError."""
    history = {
        "currency": "VND", "billing_day": 1, "period": {"months": 1200}, "until": "2018-10-02",
        "resources": [{"key": f"r{n}", "price": "9999999999"} for n in range(3)],
        "events": [
            {"day": "2018-09-01", "do": "order", "pay": "now", "quantities": {f"r{n}": 1_000_000 for n in range(3)}},
            {"day": "2018-09-02", "do": "top_up", "amount": "9999999999"},
        ],
    }  # fmt: skip
    books_of = simulate(history)
    assert books_of["refused"] == []
    assert max(Decimal(charge["amount"]) for charge in books_of["charges"]) == Decimal(9_999_999_999_000_000)
    assert Charge.objects.count() == 0
