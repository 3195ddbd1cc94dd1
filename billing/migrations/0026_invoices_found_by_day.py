from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("billing", "0025_letters_of_invoices")]

    operations = [
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(condition=models.Q(("letter_due", True)), fields=["id"], name="invoice_letter_due"),
        ),
        AddIndexConcurrently(
            model_name="invoice",
            index=models.Index(fields=["created_on", "id"], name="invoice_created_on"),
        ),
    ]
