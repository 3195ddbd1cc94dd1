"""Whether the database holds a demo, and how far it has come: a note on the operator's row."""

from django.db import connection

from accounts.models import Reseller
from subscriptions.models import Subscription

NOTE = "demo"
BUILDING, READY = "building", "ready"


class NotADemo(Exception):
    """The database holds somebody's data: the demo keeps away from it."""


def found() -> str:
    """Return how far the database's demo has come; empty for an empty database. Raises NotADemo."""
    if Reseller._meta.db_table not in connection.introspection.table_names():
        return ""
    # Only these columns: the database may be of an older version, which is migrated after this question.
    operator = Reseller.objects.filter(parent=None).values("name", "attributes").first()
    if operator is None:
        return ""
    stage = operator["attributes"].get(NOTE)
    if stage not in (BUILDING, READY):
        raise NotADemo(
            f"The database holds “{operator['name']}”, which the demo did not make. Give the demo a database of its"
            " own: DATABASE_URL=postgresql://… make demo"
        )
    return str(stage)


def note(stage: str) -> None:
    """Write down how far the demo has come."""
    operator = Reseller.objects.get(parent=None)
    operator.attributes = operator.attributes | {NOTE: stage}
    operator.save(update_fields=["attributes"])


def wipe() -> None:
    """Empty the database of a demo that was interrupted while it was built."""
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA public CASCADE")
        cursor.execute("CREATE SCHEMA public")


def summary() -> str:
    """Return what there is, in a few words."""
    return f"{Reseller.objects.count()} resellers, {Subscription.objects.count()} subscriptions"
