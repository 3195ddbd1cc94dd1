"""What is wanted at the end of a vendor's term: chosen by people, else by the template; told with every operation."""

from datetime import date

import pytest

from accounts.models import Account
from subscriptions.contract.ends import WantedEnd, is_bound, wanted_end
from subscriptions.contract.handover import service_as_held
from subscriptions.models import Order, OrderItem, OrderStatus, OrderType, Plan, Subscription, TakesEffect
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON
from vendors.base import Service
from vendors.commitments import AtEnd
from vendors.models import VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db
DAY = date(2019, 8, 20)


@pytest.fixture
def seats(running: Subscription, office365: VendorConnection) -> Subscription:
    """Five seats of a plan that another vendor stands behind, one that binds."""
    running.plan.template.connection = office365
    running.plan.template.save(update_fields=["connection"])
    return running


def test_who_binds_nobody_is_told_nothing(running: Subscription, acme: Account, plan: Plan) -> None:
    without_vendor = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    for subscription in (running, without_vendor):
        assert (is_bound(subscription), wanted_end(subscription)) == (False, None)
    assert "at_end" not in service_as_held(running)


def test_people_come_before_what_was_sold_and_renewal_is_what_nobody_spoke_of(seats: Subscription) -> None:
    seats.plan.template.settings = {"end_of_term": "ends"}
    assert wanted_end(seats) == WantedEnd(AtEnd.RENEWS), "a later edit of the template moves nothing that is sold"
    bought = VendorOperation.objects.get(action="provision")
    bought.payload = {**bought.payload, "options": {"end_of_term": "ends"}}
    bought.save(update_fields=["payload"])
    assert wanted_end(seats) == WantedEnd(AtEnd.ENDS)
    seats.at_end = "extends"
    assert wanted_end(seats) == WantedEnd(AtEnd.EXTENDS)
    seats.ends_on = DAY
    assert wanted_end(seats) == WantedEnd(AtEnd.ENDS)


def test_fewer_units_for_the_next_term_are_told_with_it(seats: Subscription) -> None:
    order = Order.objects.create(
        account=seats.account, reseller=seats.reseller, subscription=seats, type=OrderType.CHANGE, total=0,
        status=OrderStatus.SCHEDULED, takes_effect=TakesEffect.END_OF_TERM, effective_on=DAY, currency=seats.currency,
        placed_on=ORDERED_ON,
    )  # fmt: skip
    OrderItem.objects.create(
        order=order, subscription_resource=seats.resources.get(), quantity_before=5, quantity_after=2, unit_price=10,
        amount=0,
    )  # fmt: skip
    assert order.is_arranged
    assert wanted_end(seats) == WantedEnd(AtEnd.RENEWS)
    seats.lowers_on = DAY
    assert wanted_end(seats) == WantedEnd(AtEnd.RENEWS, {"seats": 2})
    told = Service.from_payload(service_as_held(seats))
    assert (told.at_end, told.next_units) == ("renews", {"seats": 2})
    seats.at_end = "ends"
    assert wanted_end(seats) == WantedEnd(AtEnd.ENDS)
