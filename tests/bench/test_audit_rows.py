"""The books that the audit is measured on: histories of every type, and copies of whatever hangs on an account."""

from bench import audit_rows
from billing.engine.types import POSTPAY, TYPES
from billing.models import Charge, InvoiceLine, LedgerEntry
from subscriptions.models import HeldUnits, OrderItem
from subscriptions.simulation.history import read_history


def test_histories_are_of_every_billing_type_prepaid_and_postpaid_and_always_the_same() -> None:
    given = list(audit_rows.histories(100))
    assert given == list(audit_rows.histories(100))
    read = [read_history(history) for history in given]
    assert {one.plan.billing_type for one in read} == set(TYPES)
    assert {one.plan.billing_type for one in read if one.postpay} == set(POSTPAY)
    assert any(one.chain for one in read)
    assert any(one.discount for one in read)
    assert any(one.taxes for one in read)


def test_everything_that_hangs_on_an_account_is_copied() -> None:
    assert {Charge, LedgerEntry, InvoiceLine, HeldUnits, OrderItem} <= set(audit_rows.of_accounts())
