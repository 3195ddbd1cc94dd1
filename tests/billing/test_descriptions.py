"""A charge says what it is for in the operator's language, and fits."""

import pytest

from accounts.models import Account, Reseller
from billing.charging import line_of
from billing.descriptions import describe
from billing.models import Charge
from subscriptions.models import Plan, Subscription
from tests.billing.conftest import ORDERED_ON
from tests.factories import subscriptions as make

pytestmark = pytest.mark.django_db


def test_descriptions_are_in_the_operators_language(acme: Account, plan: Plan) -> None:
    """CR-502, whatever language the buyer or the worker speaks."""
    Reseller.objects.update(default_language="ru")
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    assert Charge.objects.get().description == f"{plan.name}, Seats: 5, 20 авг. 2018 – 31 авг. 2018"


def test_a_description_fits_its_column(seats: Subscription) -> None:
    assert len(describe("x" * 500, line_of(Charge.objects.get()), "en")) < 300
