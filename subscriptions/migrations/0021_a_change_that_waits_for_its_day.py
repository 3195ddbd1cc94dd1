"""A change that waits for its day is an open order too: at most one of a subscription, the index built meanwhile."""

from django.db import migrations, models

NAME = "order_one_unfinished_of_a_subscription"
OPEN = ["scheduled", "waiting_for_payment", "waiting_for_provisioning", "provisioning", "provisioning_failed"]
LISTED = ", ".join(f"'{status}'" for status in OPEN)
BUILD = (
    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME} "
    f"ON subscriptions_order (subscription_id) WHERE status IN ({LISTED})"
)
DROP = f"DROP INDEX IF EXISTS {NAME}"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("subscriptions", "0020_changes_have_a_day")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BUILD, DROP)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="order",
                    constraint=models.UniqueConstraint(
                        fields=["subscription"], condition=models.Q(status__in=OPEN), name=NAME
                    ),
                )
            ],
        ),
        migrations.RemoveConstraint(model_name="order", name="order_one_open_of_a_subscription"),
    ]
