"""The measure of the audit, on a few histories: it finds nothing in them, and whatever is bent."""

import os

import pytest
from django.db import connection, transaction

from bench import audit, audit_rows
from billing.audit import CHECKS, findings
from billing.models import Charge, LedgerEntry, Payment


@pytest.mark.prove
@pytest.mark.skipif(not os.environ.get("PROVE"), reason="carries out some histories of a year: minutes")
@pytest.mark.django_db
def test_audit_of_copied_books_finds_nothing_but_what_is_bent() -> None:
    played = audit_rows.carry_out(8)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        with audit_rows.without_indexes(cursor, [Charge, LedgerEntry, Payment]):
            audit_rows.copy_rows(cursor, 2)
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert Charge.objects.count() == played * 3
    assert list(findings(today=audit_rows.UNTIL)) == []
    assert audit.missed() == []


def test_each_fault_is_of_a_check() -> None:
    assert {check for check, *_bent in audit.FAULTS} <= set(CHECKS)
