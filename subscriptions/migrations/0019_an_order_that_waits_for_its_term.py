"""An order that waits for its term is an open one too: at most one of a subscription, the index built meanwhile."""

from django.db import migrations, models

NAME = "order_one_open_of_a_subscription"
OPEN = ["waiting_for_payment", "waiting_for_provisioning", "provisioning", "provisioning_failed"]
LISTED = ", ".join(f"'{status}'" for status in OPEN)
BUILD = (
    f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME} "
    f"ON subscriptions_order (subscription_id) WHERE status IN ({LISTED})"
)
DROP = f"DROP INDEX IF EXISTS {NAME}"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("subscriptions", "0018_terms_are_renewed")]

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
        migrations.RemoveConstraint(model_name="order", name="order_one_open_for_a_subscription"),
    ]
