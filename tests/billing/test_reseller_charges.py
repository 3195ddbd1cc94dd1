"""What resellers owe one another stands in rows: one a level and charge that closed, taken back with it."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.actors import SYSTEM
from billing.audit import audit
from billing.charging import reverse
from billing.models import Charge, ResellerCharge
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.models import Subscription
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.stopping import delete
from subscriptions.simulation.playing import played
from tests.factories import accounts as people
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
ORDERED_ON, DELETED_ON, BILLING_DAY = date(2018, 8, 20), date(2018, 8, 25), date(2018, 9, 1)


@pytest.fixture
def cast() -> people.Cast:
    """The operator, North and North-East below it."""
    return people.cast()


@pytest.fixture
@remembered
def sold(cast: people.Cast) -> Subscription:
    """Seats at 10.00 of a plan handed down twice: the operator asks 8.00, North 9.00, North-East sells."""
    plan = make.plan(reseller=cast.operator, prices={"seats": "8.00"})
    for reseller, retail in ((cast.north, "9.00"), (cast.north_east, "10.00")):
        prices = {"seats": Terms(retail=Decimal(retail))}
        plan = delegate_plan(actor=SYSTEM, plan=plan, reseller=reseller, prices=prices, today=make.EARLY)
    return make.subscription(account=people.account(reseller=cast.north_east), plan=plan, today=ORDERED_ON)


def _owed() -> list[tuple[str, str, str, date]]:
    rows = ResellerCharge.objects.order_by("pk").select_related("creditor", "debtor")
    return [(row.creditor.name, row.debtor.name, f"{row.amount:.2f}", row.created_on) for row in rows]


def test_the_night_writes_one_row_a_level(cast: people.Cast, sold: Subscription) -> None:
    assert not ResellerCharge.objects.exists(), "what is only reserved is owed by nobody"
    renew_accounts(account_ids=[sold.account_id], today=BILLING_DAY)
    assert _owed() == [
        (cast.north.name, cast.north_east.name, "17.42", BILLING_DAY),
        (cast.operator.name, cast.north.name, "15.48", BILLING_DAY),
    ]
    first = ResellerCharge.objects.earliest("pk")
    assert (first.net_cost, first.unit_price, first.level) == (Decimal("15.480"), Decimal("9.00"), 1)
    assert Charge.objects.get(status="closed").priced_on == ORDERED_ON
    assert [finding for finding in audit(today=BILLING_DAY) if "reseller" in finding.check] == []


def test_what_is_taken_back_is_owed_no_more(sold: Subscription) -> None:
    delete(actor=SYSTEM, subscription=sold, today=DELETED_ON)
    charge = Charge.objects.get(status="closed")
    reverse(charge, day=BILLING_DAY)
    assert [(amount, day) for _, _, amount, day in _owed()] == [
        ("7.26", DELETED_ON), ("6.45", DELETED_ON), ("-7.26", BILLING_DAY), ("-6.45", BILLING_DAY),
    ]  # fmt: skip
    assert ResellerCharge.objects.filter(reverses__charge=charge).count() == 2
    assert [finding for finding in audit(today=BILLING_DAY) if "reseller" in finding.check] == []


@pytest.mark.parametrize("number", [1, 3])
def test_statements_do_not_grow_with_the_charges(cast: people.Cast, sold: Subscription, number: int) -> None:
    accounts = [sold.account_id]
    for _ in range(number - 1):
        account = people.account(reseller=cast.north_east)
        make.subscription(account=account, plan=sold.plan, today=ORDERED_ON)
        accounts.append(account.pk)
    with CaptureQueriesContext(connection) as captured:
        renew_accounts(account_ids=accounts, today=BILLING_DAY)
    assert ResellerCharge.objects.count() == 2 * number
    written = [query["sql"] for query in captured if "INSERT INTO billing_resellercharge" in query["sql"]]
    assert (len(written), len([query for query in captured if "WITH RECURSIVE asked" in query["sql"]])) == (1, 1)


def test_the_audit_finds_a_charge_that_a_level_does_not_owe_for(sold: Subscription) -> None:
    top_up(account=sold.account, amount="100", today=ORDERED_ON)
    renew_accounts(account_ids=[sold.account_id], today=BILLING_DAY)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM billing_resellercharge WHERE level = 2")
        cursor.execute("SET LOCAL session_replication_role = origin")
    charge = Charge.objects.get(status="closed")
    (found,) = [finding for finding in audit(today=BILLING_DAY) if "reseller" in finding.check]
    assert found.subject == f"charge {charge.pk}"
    assert found.detail == "closed, owed by 1 of 2 levels above its seller, taken back by 0"


def test_the_audit_finds_a_fee_of_the_plan_itself_that_nobody_owes_for() -> None:
    history = {
        "currency": "USD",
        "billing_type": "reservation",
        "period": {"months": 12},
        "resources": [{"key": "seats", "price": "10"}],
        "plan": {"recurring_fee": "4"},
        "chain": [{"reseller": "distributor", "retail": {"seats": "8", "recurring_fee:": "3"}}],
        "events": [
            {"day": "2018-08-01", "do": "top_up", "amount": "500"},
            {"day": "2018-08-01", "do": "order", "quantities": {"seats": 1}},
        ],
        "until": "2018-09-02",
    }
    with played(history):
        (fee,) = Charge.objects.filter(status="closed", subscription_resource=None)
        named = f"charge {fee.pk}"
        assert [finding for finding in audit(today=BILLING_DAY) if "reseller" in finding.check] == []
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("DELETE FROM billing_resellercharge WHERE charge_id = %s", [fee.pk])
        assert [one.subject for one in audit(today=BILLING_DAY) if "reseller" in one.check] == [named]
