"""No number is given twice: the indexes of orders' numbers, built while people go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NAME = "order_number_once"
BUILD = f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON subscriptions_order (serial)"
USE = f"ALTER TABLE subscriptions_order ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}"
DROP = f"ALTER TABLE subscriptions_order DROP CONSTRAINT IF EXISTS {NAME}"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("subscriptions", "0009_orders_are_numbered")]

    operations = [
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(fields=["id"], name="order_unnumbered", condition=models.Q(serial__isnull=True)),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([BUILD, USE], DROP)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="order", constraint=models.UniqueConstraint(fields=["serial"], name=NAME)
                )
            ],
        ),
    ]
