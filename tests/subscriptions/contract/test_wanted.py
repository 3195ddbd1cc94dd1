"""What the books want a vendor to hold: units, names, and what was sold when it was bought."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from subscriptions.contract.wanted import wanted_of
from subscriptions.models import ApplicationTemplate, Subscription
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON
from vendors.holdings import Sold
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
YEAR = {"billing_cycle": "monthly", "term_duration": "P1Y", "end_of_term": "ends"}


def test_later_edits_of_a_template_do_not_move_what_was_sold() -> None:
    vendor = VendorConnection.objects.create(
        reseller=cast.operator(), plugin="office365", name="Ours", settings={}, state="granted"
    )
    plan = make.plan()
    ApplicationTemplate.objects.filter(pk=plan.template_id).update(connection=vendor, plugin="office365", settings=YEAR)
    account = cast.account(name="Acme")
    rows = []
    for _one in range(3):
        made = make.subscription(account=account, plan=make.plan(), today=ORDERED_ON)
        Subscription.objects.filter(pk=made.pk).update(plan=plan)
        rows.append(Subscription.objects.select_related("plan__template__connection").get(pk=made.pk))
    rows[1].at_end, rows[2].lowers_on = "extends", ORDERED_ON
    with CaptureQueriesContext(database) as statements:
        wanted = wanted_of(rows)
    assert len(statements) == 4
    assert [wanted[row.pk].at_end for row in rows] == ["ends", "extends", "ends"], "as people chose, else as sold"
    one = wanted[rows[0].pk]
    assert (one.units, one.names, one.status, one.suspends) == ({"seats": 5}, {"seats": "Seats"}, "active", True)
    assert one.scheduled == {}
    assert (one.sold, one.at_end) == (Sold("P1Y", "monthly"), "ends")
