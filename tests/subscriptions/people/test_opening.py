"""How every verb of people begins."""

from datetime import date

import pytest

from accounts.actors import SYSTEM, Forbidden
from accounts.models import AccessLevel, Account
from subscriptions.models import Plan, Subscription, SubscriptionStatus
from subscriptions.people.opening import (
    NotInThisStatus,
    VendorIsWorking,
    VendorRefused,
    open_account,
    open_contract,
    require_status,
)
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
RIGHT = "subscriptions.change"


def test_right_and_sight_are_asked(acme: Account) -> None:
    for actor in (
        cast.customer_actor(account=acme, access_level=AccessLevel.USER),
        cast.customer_actor(account=cast.account()),
    ):
        with pytest.raises(Forbidden):
            open_account(actor=actor, account_id=acme.pk, right=RIGHT, today=ORDERED_ON)
    owner = cast.customer_actor(account=acme)
    assert open_account(actor=owner, account_id=acme.pk, right=RIGHT, today=ORDERED_ON) == (acme, ORDERED_ON)


def test_the_night_comes_first(acme: Account, plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    contract, _day = open_contract(actor=SYSTEM, subscription=subscription, right=RIGHT, today=date(2018, 9, 2))
    assert contract.subscription.status == "stopped"
    assert contract.lines == []


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        ("updating", VendorIsWorking),
        ("installing", VendorIsWorking),
        ("deletion_failed", VendorRefused),
        ("stopped", NotInThisStatus),
    ],
)
def test_each_status_has_its_sentence(acme: Account, plan: Plan, status: str, refusal: type) -> None:
    make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    Subscription.objects.update(status=status)
    contract, _day = open_contract(actor=SYSTEM, subscription=Subscription.objects.get(), right=RIGHT, today=ORDERED_ON)
    with pytest.raises(refusal):
        require_status(contract, {SubscriptionStatus.ACTIVE}, "Activate it first.")
    require_status(contract, {SubscriptionStatus(status)}, "")
