"""Do the books agree, and would the audit notice where they do not?"""

from datetime import timedelta

import pytest
from django.db import connection

from billing.audit import CHECKS, audit
from subscriptions.models import Subscription
from tests.billing.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db

# What only somebody with the database's own tools could do: guards off, a row bent.
FAULTS = {
    "postings add up to zero": "UPDATE billing_ledgerentry SET amount = amount + 1 WHERE book = 'cash'",
    "an account's entries follow one another": "UPDATE billing_ledgerentry SET balance = 7 WHERE book = 'account'",
    "a closed charge is written off, once and whole": (
        "UPDATE billing_charge SET status = 'closed', closed_on = '2018-09-01'"
    ),
    "a completed payment is on the balance, once and whole": "UPDATE billing_payment SET amount = 5",
    "nothing is charged in another currency than the account's": "UPDATE billing_charge SET currency = 'EUR'",
    "the parts of a split add up": (
        "UPDATE billing_charge SET parent_id = id, source = 'refund_part', amount = 1;"
        "UPDATE billing_charge SET amount = 2, parent_id = NULL WHERE false;"
        "INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, parent_id,"
        " type, source, status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to,"
        " period_from, period_to, created_on) SELECT account_id, reseller_id, subscription_id,"
        " subscription_resource_id, id, type, 'used_part', 'deleted', '', 9, 1, 1, 'USD', 3, operate_from, operate_to,"
        " period_from, period_to, created_on FROM billing_charge"
    ),
    "no live charge of a deleted subscription": "UPDATE subscriptions_subscription SET status = 'deleted'",
    "nothing is reserved for a stopped subscription": "UPDATE subscriptions_subscription SET status = 'stopped'",
    "an active subscription is charged today for the units it holds": (
        "UPDATE subscriptions_subscriptionresource SET quantity = 6; UPDATE subscriptions_subscription SET quantity = 6"
    ),
    "no unit is charged for more days than it was held": (
        "ALTER TABLE billing_charge DROP CONSTRAINT charge_block_once_a_day;"
        "INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, type, source,"
        " status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to, period_from,"
        " period_to, created_on) SELECT account_id, reseller_id, subscription_id, subscription_resource_id, type,"
        " source, 'opened', '', block, 1, 1, 'USD', 3, operate_from, operate_to, period_from, period_to, created_on"
        " FROM billing_charge"
    ),
    "a subscription's quantity is that of its resources": "UPDATE subscriptions_subscription SET quantity = 6",
    "an order that waits has one payment that waits, others none": (
        "UPDATE subscriptions_order SET status = 'waiting_for_payment'"
    ),
    "new charges belong to an order that waits": "UPDATE billing_charge SET status = 'new'",
    "refunds wait only for the vendor": "UPDATE billing_charge SET status = 'waiting_for_refund'",
}


def test_the_books_of_a_fresh_subscription_agree(seats: Subscription) -> None:
    assert audit(today=ORDERED_ON) == []


def test_every_check_has_its_fault() -> None:
    assert list(FAULTS) == list(CHECKS)


@pytest.mark.parametrize("check", FAULTS)
def test_a_bent_row_is_found(seats: Subscription, check: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(FAULTS[check])
        cursor.execute("SET LOCAL session_replication_role = origin")
    found = [finding.check for finding in audit(today=ORDERED_ON + timedelta(days=1))]
    assert check in found
