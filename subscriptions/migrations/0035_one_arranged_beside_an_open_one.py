"""An order that is arranged for the vendor's next term may stand beside an open one; the indexes are built meanwhile."""

from django.db import migrations, models

UNFINISHED = ["scheduled", "waiting_for_payment", "waiting_for_provisioning", "provisioning", "provisioning_failed"]
LISTED = ", ".join(f"'{status}'" for status in UNFINISHED)
ARRANGED = "status = 'scheduled' AND takes_effect = 'end_of_term'"
IS_ARRANGED = models.Q(status="scheduled", takes_effect="end_of_term")
ONE_OPEN, ONE_ARRANGED = "order_one_unfinished_unless_arranged", "order_one_arranged_of_a_subscription"


def built(name: str, condition: models.Q, sql: str) -> migrations.SeparateDatabaseAndState:
    """Return the operation that adds a constraint whose index is built while people go on writing."""
    build = (
        f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {name} ON subscriptions_order (subscription_id) WHERE {sql}"
    )
    constraint = models.UniqueConstraint(fields=["subscription"], condition=condition, name=name)
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL(build, f"DROP INDEX IF EXISTS {name}")],
        state_operations=[migrations.AddConstraint(model_name="order", constraint=constraint)],
    )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("subscriptions", "0034_the_end_of_a_vendors_term")]

    operations = [
        built(ONE_ARRANGED, IS_ARRANGED, ARRANGED),
        built(ONE_OPEN, models.Q(status__in=UNFINISHED) & ~IS_ARRANGED, f"status IN ({LISTED}) AND NOT ({ARRANGED})"),
        migrations.RemoveConstraint(model_name="order", name="order_one_unfinished_of_a_subscription"),
    ]
