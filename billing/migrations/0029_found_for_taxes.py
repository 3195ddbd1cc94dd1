from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("billing", "0028_what_is_prepaid_brings_its_tax")]

    operations = [
        AddIndexConcurrently(
            model_name="creditnote",
            index=models.Index(fields=["created_on", "id"], name="credit_note_created_on"),
        ),
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                fields=["account"],
                name="payment_with_tax",
                condition=models.Q(("order__isnull", False), ("tax__gt", 0)),
            ),
        ),
    ]
