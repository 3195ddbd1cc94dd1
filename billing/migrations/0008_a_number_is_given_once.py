"""No number is given twice: the indexes of payments' numbers, built while people go on writing."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

NAME = "payment_number_once"
BUILD = f"CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS {NAME} ON billing_payment (serial)"
USE = f"ALTER TABLE billing_payment ADD CONSTRAINT {NAME} UNIQUE USING INDEX {NAME}"
DROP = f"ALTER TABLE billing_payment DROP CONSTRAINT IF EXISTS {NAME}"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("billing", "0007_documents_are_numbered")]

    operations = [
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(fields=["id"], name="payment_unnumbered", condition=models.Q(serial__isnull=True)),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL([BUILD, USE], DROP)],
            state_operations=[
                migrations.AddConstraint(
                    model_name="payment", constraint=models.UniqueConstraint(fields=["serial"], name=NAME)
                )
            ],
        ),
    ]
