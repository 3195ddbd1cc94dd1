"""Do the books agree, and would the audit notice where they do not?"""

from datetime import date, timedelta

import pytest
from django.db import connection

from accounts.actors import SYSTEM
from accounts.models import Account
from billing.audit import CHECKS, audit
from subscriptions.models import HeldUnits, Subscription
from subscriptions.night.renewals import run_billing_day
from subscriptions.people import stopping
from tests.billing.conftest import ORDERED_ON
from tests.factories import subscriptions as make
from tests.factories.billing import top_up

pytestmark = pytest.mark.django_db

# What only somebody with the database's own tools could do: guards off, a row bent.
FAULTS = {
    "postings add up to zero": "UPDATE billing_ledgerentry SET amount = amount + 1 WHERE book = 'cash'",
    "an account's entries follow one another": "UPDATE billing_ledgerentry SET balance = 7 WHERE book = 'account'",
    "a closed charge is written off, once and whole": (
        "UPDATE billing_charge SET status = 'closed', closed_on = '2018-09-01'"
    ),
    "resellers owe one another for what was closed, once a level": (
        "INSERT INTO billing_resellercharge (creditor_id, debtor_id, level, charge_id, account_id, subscription_id,"
        " type, description, quantity, unit_price, currency, granted, discount, amount, operate_from, operate_to,"
        " period_from, period_to, created_on) SELECT reseller_id, reseller_id + 1, 1, id, account_id, subscription_id,"
        " type, '', 1, 1, 'USD', 0, 0, 1, operate_from, operate_to, period_from, period_to, created_on"
        " FROM billing_charge"
    ),
    "a completed payment is on the balance, once and whole": "UPDATE billing_payment SET amount = 5",
    "an approved correction is on the balance, once and whole": (
        "INSERT INTO billing_correction (account_id, reseller_id, amount, currency, reason, opened_on, status)"
        " SELECT account_id, reseller_id, 5, 'USD', '', '2018-08-20', 'approved' FROM billing_payment"
    ),
    "a guaranteed payment is on the balance until it is revoked": (
        "INSERT INTO billing_guaranteedpayment (account_id, reseller_id, amount, currency, reason, opened_on, status,"
        " expires_on, revoke_reason) SELECT account_id, reseller_id, 5, 'USD', '', '2018-08-20', 'provided',"
        " '2018-09-20', '' FROM billing_payment"
    ),
    "money set aside is in its book, once and whole": "UPDATE billing_payment SET status = 'parked'",
    "a deleted account has nothing on its balance": (
        "UPDATE accounts_account SET status = 'deleted' WHERE id IN (SELECT account_id FROM billing_payment)"
    ),
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
    "the units charged are those in service, on every day of the history": "UPDATE billing_charge SET quantity = 4",
    "the units in service are those that a subscription holds, if it runs": (
        "INSERT INTO subscriptions_heldunits (subscription_resource_id, day, units)"
        " SELECT id, '2018-08-20', 4 FROM subscriptions_subscriptionresource"
    ),
    "a month paid in full covers the units that are held": (
        "UPDATE subscriptions_subscription SET billing_type = 'pay_in_full', start_date = '2018-07-20', quantity = 6;"
        "UPDATE subscriptions_subscriptionresource SET quantity = 6"
    ),
    "charges of what was used are the sums of what was told": "UPDATE billing_charge SET source = 'usage'",
    "every billing type has its rules": "UPDATE subscriptions_subscription SET billing_type = 'azure'",
    "a subscription's quantity is that of its resources": "UPDATE subscriptions_subscription SET quantity = 6",
    "an order that waits has one payment that waits, others none": (
        "UPDATE subscriptions_order SET status = 'waiting_for_payment'"
    ),
    "a closed charge stands on an invoice once its night has come": (
        "UPDATE billing_charge SET status = 'closed', closed_on = '2018-08-21';"
        "INSERT INTO billing_invoice (account_id, reseller_id, period_from, period_to, created_on, total, currency)"
        " SELECT account_id, reseller_id, '2018-08-01', '2018-08-20', '2018-08-21', amount, 'USD' FROM billing_charge;"
        "INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, type, source,"
        " status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to, period_from,"
        " period_to, created_on) SELECT account_id, reseller_id, subscription_id, subscription_resource_id, type,"
        " source, 'deleted', '', 9, 1, 1, 'USD', 3, operate_from, operate_to, period_from, period_to, created_on"
        " FROM billing_charge;"
        "INSERT INTO billing_invoiceline (invoice_id, charge_id, amount)"
        " SELECT invoice.id, charge.id, charge.amount FROM billing_invoice invoice, billing_charge charge"
        " WHERE charge.status = 'deleted'"
    ),
    "an invoice asks for its charges, and its payment for the invoice": (
        "INSERT INTO billing_invoice (account_id, reseller_id, period_from, period_to, created_on, total, currency)"
        " SELECT account_id, reseller_id, '2018-08-01', '2018-08-20', '2018-08-21', 5, 'USD' FROM billing_charge"
    ),
    "what is blocked is postpay and says why": "UPDATE subscriptions_subscription SET status = 'blocked'",
    "new charges belong to an order that waits": "UPDATE billing_charge SET status = 'new'",
    "refunds wait only for the vendor": "UPDATE billing_charge SET status = 'waiting_for_refund'",
    "the book of taxes is what paid documents bear": "UPDATE billing_payment SET tax = 1",
    "the added tax of a prepaid invoice was brought by payments or taken from the balance": (
        "INSERT INTO billing_invoice (account_id, reseller_id, period_from, period_to, created_on, total, added_tax,"
        " tax_from_balance, currency) SELECT account_id, reseller_id, '2018-08-01', '2018-08-20', '2018-08-21', 2, 2,"
        " 2, 'USD' FROM billing_charge"
    ),
    "taxes are explained": "UPDATE billing_payment SET tax = 1",
    "a credit note repeats what was invoiced, and what was given back has one": (
        "UPDATE billing_charge SET status = 'refunded';"
        "INSERT INTO billing_invoice (account_id, reseller_id, period_from, period_to, created_on, total, currency)"
        " SELECT account_id, reseller_id, '2018-08-01', '2018-08-20', '2018-08-21', amount, 'USD' FROM billing_charge;"
        "INSERT INTO billing_invoiceline (invoice_id, charge_id, amount)"
        " SELECT invoice.id, charge.id, charge.amount FROM billing_invoice invoice, billing_charge charge"
    ),
}


def test_the_books_of_a_fresh_subscription_agree(seats: Subscription) -> None:
    assert audit(today=ORDERED_ON) == []


def test_every_check_has_its_fault() -> None:
    assert list(FAULTS) == list(CHECKS)


def bend(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize("check", FAULTS)
def test_a_bent_row_is_found(seats: Subscription, check: str) -> None:
    bend(FAULTS[check])
    found = [finding.check for finding in audit(today=ORDERED_ON + timedelta(days=1))]
    assert check in found


# A past that does not fit, of which today's charge knows nothing: how it is bent, and what is named.
AUGUST = "FROM billing_charge WHERE status = 'closed' AND operate_to = '2018-09-01'"
COPY = (
    "INSERT INTO billing_charge (account_id, reseller_id, subscription_id, subscription_resource_id, type, source,"
    " status, description, block, quantity, unit_price, currency, amount, operate_from, operate_to, period_from,"
    " period_to, created_on, closed_on) SELECT account_id, reseller_id, subscription_id, subscription_resource_id,"
    " type, source, status, '', 99, {quantity}, 0, currency, 0, {start}, {end}, period_from, period_to, created_on,"
    " closed_on "
)
PASTS = {
    "a unit too few": (
        "UPDATE billing_charge SET quantity = 4 WHERE operate_to = '2018-09-01'",
        ["from 2018-08-20 to 2018-09-01: in service 5, charged 4"],
    ),
    "the first day missing": (
        "UPDATE billing_charge SET operate_from = '2018-08-21' WHERE operate_to = '2018-09-01'",
        ["from 2018-08-20 to 2018-08-21: in service 5, charged 0"],
    ),
    "two days charged twice": (
        COPY.format(quantity=5, start="'2018-08-22'", end="'2018-08-24'") + AUGUST,
        ["from 2018-08-22 to 2018-08-24: in service 5, charged 10"],
    ),
    "a whole period not charged": (
        "UPDATE billing_charge SET status = 'deleted', closed_on = NULL WHERE operate_to = '2018-09-01'",
        ["from 2018-08-20 to 2018-09-01: in service 5, charged 0"],
    ),
    "days before it was ordered": (
        COPY.format(quantity=1, start="'2018-08-10'", end="'2018-08-12'") + AUGUST,
        ["from 2018-08-10 to 2018-08-12: in service 0, charged 1"],
    ),
    "a stopped day charged": (
        "UPDATE billing_charge SET operate_to = '2018-09-06' WHERE operate_to = '2018-09-05'",
        ["from 2018-09-05 to 2018-09-06: in service 0, charged 5"],
    ),
    "an activation forgotten": (
        "UPDATE billing_charge SET status = 'deleted' WHERE status = 'blocked'",
        ["from 2018-09-10 to 2018-09-21: in service 5, charged 0"],
    ),
    "two faults that add up to nothing": (
        "UPDATE billing_charge SET quantity = 4 WHERE operate_to = '2018-09-01';"  # noqa: S608 - a literal above
        + COPY.format(quantity=1, start="'2018-09-05'", end="'2018-09-10'")
        + AUGUST,
        [
            "from 2018-08-20 to 2018-09-01: in service 5, charged 4",
            "from 2018-09-05 to 2018-09-10: in service 0, charged 1",
        ],
    ),
}


@pytest.mark.parametrize("past", PASTS)
def test_every_day_of_the_past_is_compared(acme: Account, seats: Subscription, past: str) -> None:
    """Ordered on 20 August, renewed, stopped on 5 and activated on 10 September; asked on the 20th."""
    top_up(account=acme, amount="500", today=ORDERED_ON)
    run_billing_day(today=date(2018, 9, 1))
    stopping.stop(actor=SYSTEM, subscription=seats, today=date(2018, 9, 5))
    stopping.activate(actor=SYSTEM, subscription=seats, today=date(2018, 9, 10))
    assert audit(today=date(2018, 9, 20)) == []
    statement, found = PASTS[past]
    bend(statement)
    check = "the units charged are those in service, on every day of the history"
    named = [finding for finding in audit(today=date(2018, 9, 20)) if finding.check == check]
    assert [finding.detail for finding in named] == [f"Seats, {days}" for days in found]
    assert {finding.subject for finding in named} == {f"subscription {seats.pk}"}


def test_trials_and_free_prices_count_their_units_too(acme: Account) -> None:
    free = make.plan(prices={"seats": "0"}, bounds={"seats": {"included": 2}})
    subscription = make.subscription(account=acme, plan=free, today=ORDERED_ON)
    assert list(HeldUnits.objects.values_list("day", "units")) == [(ORDERED_ON, 3)]
    assert audit(today=ORDERED_ON) == []
    bend("UPDATE billing_charge SET quantity = 5")
    assert [finding.detail for finding in audit(today=ORDERED_ON) if "every day" in finding.check] == [
        "Seats, from 2018-08-20 to 2018-08-21: in service 3, charged 5"
    ]
    assert subscription.quantity == 5
