"""The audit of a million charges of mixed types: seconds and memory, and that it finds what is broken on purpose."""

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection, transaction

from bench.audit_rows import CHARGES, HISTORIES, UNTIL, fill
from bench.database import use_database
from billing.audit import CHECKS, findings

TARGET = 60  # seconds
# Megabytes of the server's process, and those that ours takes beside what making the books has left in it: the same for
# any number of charges.
MEMORY = 256
TYPES = """
    SELECT subscription.billing_type, COUNT(*) FROM billing_charge charge
    JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id GROUP BY 1 ORDER BY 2 DESC
"""
BESIDE = """
    SELECT (SELECT COUNT(*) FROM subscriptions_subscription), (SELECT COUNT(*) FROM billing_ledgerentry),
           (SELECT COUNT(*) FROM billing_charge WHERE parent_id IS NOT NULL),
           (SELECT COUNT(*) FROM billing_ledgerentry WHERE kind = 'reversal'),
           (SELECT COUNT(*) FROM billing_resellercharge), (SELECT COUNT(*) FROM billing_invoice),
           (SELECT COUNT(*) FROM billing_usage)
"""
MIDDLE = "SELECT id FROM {rows} ORDER BY id OFFSET (SELECT COUNT(*) / 2 FROM {rows}) LIMIT 1"
# What only somebody with the database's own tools could do, on one row each: the check that is to find it, the rows of
# which one is bent, how, and what the check calls it.
FAULTS = (
    ("postings add up to zero", "billing_ledgerentry WHERE book = 'revenue'",
     "UPDATE billing_ledgerentry SET amount = amount + 0.01", "'posting ' || posting"),
    ("an account's entries follow one another", "billing_ledgerentry WHERE book = 'account'",
     "UPDATE billing_ledgerentry SET balance = balance + 1", "'account ' || account_id"),
    ("a closed charge is written off, once and whole", "billing_charge WHERE status = 'closed'",
     "UPDATE billing_charge SET amount = amount + 1", "'charge ' || id"),
    ("resellers owe one another for what was closed, once a level", "billing_resellercharge WHERE reverses_id IS NULL",
     "DELETE FROM billing_resellercharge", "'charge ' || charge_id"),
    ("a completed payment is on the balance, once and whole", "billing_payment WHERE status = 'completed'",
     "UPDATE billing_payment SET amount = amount + 1", "'payment ' || id"),
    ("the parts of a split add up", "billing_charge WHERE source = 'refund_part' AND parent_id IS NOT NULL",
     "UPDATE billing_charge SET amount = amount + 1", "'charge ' || parent_id"),
    ("the units charged are those in service, on every day of the history",
     "billing_charge WHERE source = 'renewal' AND status = 'closed' AND subscription_resource_id IN"
     " (SELECT subscription_resource_id FROM subscriptions_heldunits)",
     "UPDATE billing_charge SET quantity = quantity + 1", "'subscription ' || subscription_id"),
    ("charges of what was used are the sums of what was told", "billing_usage WHERE cost IS NULL",
     "UPDATE billing_usage SET quantity = quantity + 1", "'subscription ' || subscription_id"),
    ("a closed charge stands on an invoice once its night has come", "billing_invoiceline",
     "DELETE FROM billing_invoiceline", "'charge ' || charge_id"),
)  # fmt: skip


def run(size: str) -> bool:
    """Measure the audit and print it; return whether it is within its target, finds nothing, and finds what is bent."""
    use_database("brokerage_bench_audit", fresh=True)
    charges = fill(CHARGES[size], HISTORIES[size])
    _describe()
    connection.close()  # the process of the server that is measured begins with nothing
    with _peaks() as peaks:
        begun = time.perf_counter()
        found = Counter(finding.check for finding in findings(today=UNTIL))
        took = time.perf_counter() - begun
    print(f"   {charges:,} charges, {len(CHECKS)} checks: {took:.1f} s; target: {TARGET} s")
    print(
        f"   peak memory: server's process {peaks['server']} MB, ours {peaks['ours']} MB more; target: {MEMORY} MB each"
    )
    print(f"   findings: {dict(found) or 'none'}")
    unnoticed = missed()
    print(f"   {len(FAULTS)} rows bent on purpose, not found: {unnoticed or 'none'}")
    return took <= TARGET and max(peaks.values()) <= MEMORY and not found and not unnoticed


def _describe() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TYPES)
        print("   " + ", ".join(f"{name} {count:,}" for name, count in cursor.fetchall()))
        cursor.execute(BESIDE)
        names = ("subscriptions", "ledger entries", "parts of splits", "counter postings", "reseller charges")
        counts = zip((*names, "invoices", "rows of use"), cursor.fetchone(), strict=True)
        print("   " + ", ".join(f"{name} {count:,}" for name, count in counts))


def missed() -> list[str]:
    """Bend a row for each fault, all at once, and return the checks that do not name it; nothing of it stays."""
    expected = set()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        for check, rows, bend, subject in FAULTS:
            cursor.execute(f"{bend} WHERE id = ({MIDDLE.format(rows=rows)}) RETURNING {subject}")
            expected |= {(check, name) for (name,) in cursor.fetchall()} or {(check, "no row to bend")}
        found = {(finding.check, finding.subject) for finding in findings(today=UNTIL)}
        transaction.set_rollback(True)
    return sorted(f"{check}: {subject}" for check, subject in expected - found)


@contextmanager
def _peaks() -> Iterator[dict[str, int]]:
    """Fill in the most memory, in MB, that our process and the server's take of their own meanwhile.

    The server's process is a new one; of ours what it has before is left out.
    """
    connection.ensure_connection()
    watched = {"ours": "self", "server": str(connection.connection.info.backend_pid)}
    before, peaks, over = _own_memory("self"), dict.fromkeys(watched, 0), threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            for name, process in watched.items():
                peaks[name] = max(peaks[name], _own_memory(process) - (before if name == "ours" else 0))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peaks
    finally:
        over.set()
        watcher.join()


def _own_memory(process: str) -> int:
    """Return the megabytes of a process that it shares with nobody."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("RssAnon")) // 1024
