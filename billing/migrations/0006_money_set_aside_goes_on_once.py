"""Money that was set aside goes on once: the unique index of it is built while people go on paying."""

from django.db import migrations, models

NAME = "payment_set_aside_goes_on_once"
BUILD = f"""
    CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON billing_payment (came_from_id)
    WHERE came_from_id IS NOT NULL
"""


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("billing", "0005_money_set_aside")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(BUILD, f"DROP INDEX IF EXISTS {NAME}")],
            state_operations=[
                migrations.AddConstraint(
                    model_name="payment",
                    constraint=models.UniqueConstraint(
                        fields=["came_from"], condition=models.Q(came_from__isnull=False), name=NAME
                    ),
                )
            ],
        )
    ]
