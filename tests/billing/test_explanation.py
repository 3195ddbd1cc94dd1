"""Why a charge is what it is."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.explanation import explain_charge
from billing.models import Charge
from subscriptions.models import Subscription
from subscriptions.people.changes import change_quantities
from tests.billing.conftest import ORDERED_ON
from tests.factories import accounts as cast
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import work
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401 - fixtures
from vendors.models import ConnectionState, VendorConnection

pytestmark = pytest.mark.django_db


def test_an_ordinary_charge_is_its_formula(seats: Subscription) -> None:
    told = explain_charge(Charge.objects.get())
    assert (told.quantity, told.days, told.period_days, told.exact) == (5, 12, 31, Fraction(600, 31))
    assert told.formula == "5 × $10.00 × 12 of 31 days = $19.35"
    assert (told.difference, told.whole, len(told.chain)) == (0, None, 1)
    assert told.sentences == ["The plan's price valid from 01 Jan 2010."]


def test_the_last_part_of_a_split_takes_the_difference(acme: Account) -> None:
    plan = make.plan(prices={"seats": "0.01"}, fixed_price=True)
    seats = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    day = date(2018, 8, 25)
    change_quantities(actor=SYSTEM, subscription=seats, quantities={"seats": 2}, today=day, now=make.noon(day))
    refund = Charge.objects.get(source="refund_part")
    told = explain_charge(refund)
    assert [charge.source for charge in told.chain] == ["purchase", "refund_part"]
    parts = Charge.objects.exclude(status="deleted")
    assert sum(part.amount for part in parts) == told.whole == Decimal("0.02")
    assert told.rounded + told.difference == refund.amount
    assert told.price is not None
    assert told.price.fixed
    whole = explain_charge(Charge.objects.get(status="deleted"))
    assert [part.source for part in whole.parts] == ["used_part", "continuing_part", "refund_part"]
    assert whole.sentences[-1] == "It was split, and its parts took its place."


def test_what_the_vendor_provides_late_says_since_when_it_is_charged(acme: Account, example: VendorConnection) -> None:  # noqa: F811 - the fixture
    VendorConnection.objects.update(state=ConnectionState.GRANTED)
    plan = make.plan(connection=VendorConnection.objects.get())
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    waits = "The vendor has not provided it yet: it is charged from the day on which it has."
    assert explain_charge(Charge.objects.get()).sentences[-1] == waits
    work(date(2018, 8, 25))
    before, after = Charge.objects.order_by("pk")
    assert explain_charge(before).sentences[-1] == (
        "It was paid on 20 Aug 2018 and provided by the vendor on 25 Aug 2018: it is charged from then."
    )
    assert explain_charge(after).sentences[-1] == (
        "Charged from 25 Aug 2018, on which the vendor provided it; it was paid on 20 Aug 2018."
    )
    assert explain_charge(after).difference == 0


def test_what_is_provided_at_once_says_nothing_of_it(acme: Account, seats: Subscription) -> None:
    assert explain_charge(Charge.objects.get()).sentences == ["The plan's price valid from 01 Jan 2010."]


def test_what_a_discount_took_off_is_told_with_its_name_and_the_cent_that_makes_them_add_up() -> None:
    """G-I14: three of 3.35 less 10 % are 9.05, so one of 3.02 is 3.01."""
    account, plan = cast.account(), make.plan(prices=dict.fromkeys(("a", "b", "c"), "3.35"))
    grant.of_account(account, "10", name="Friends")
    make.subscription(account=account, plan=plan, today=date(2018, 9, 1), quantities={"a": 1, "b": 1, "c": 1})
    first, _second, last = (explain_charge(charge) for charge in Charge.objects.order_by("pk"))
    assert first.sentences[0] == "Less 10 % by the discount “Friends”: $3.02."
    assert "takes the difference of" in last.sentences[1]
    assert (first.difference, last.difference, last.net) == (0, Decimal("-0.01"), Decimal("3.02"))
