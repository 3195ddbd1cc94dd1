"""What an order is asked on: by whom, and only where the vendor's plugin has such questions."""

import pytest

from accounts.actors import Forbidden
from accounts.models import Account
from subscriptions.models import Plan
from subscriptions.people.asking import follow_up_of_order
from subscriptions.people.quantities import QuantityNotAllowed
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
WISH = {"quantities": {"seats": 5}, "parameters": {"name": "north"}, "now": make.noon(ORDERED_ON)}


def test_customer_is_asked_on_for_their_own_account(acme: Account, backup_plan: Plan) -> None:
    owner = cast.customer_actor(account=acme)
    (field,) = follow_up_of_order(actor=owner, account=acme, plan=backup_plan, **WISH)
    assert (field.name, [choice for choice, _label in field.choices]) == ("room", ["N1", "N2"])
    with pytest.raises(QuantityNotAllowed):
        follow_up_of_order(actor=owner, account=acme, plan=backup_plan, **WISH | {"quantities": {"seats": -1}})
    with pytest.raises(Forbidden):
        follow_up_of_order(actor=owner, account=cast.account(), plan=backup_plan, **WISH)


def test_plan_without_a_vendor_has_no_such_questions(acme: Account, plan: Plan) -> None:
    assert follow_up_of_order(actor=cast.customer_actor(account=acme), account=acme, plan=plan, **WISH) == ()
