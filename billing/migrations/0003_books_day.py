"""The books of an account have a day; that of the accounts there are is the last one on which anything was booked."""

import django.db.models.deletion
from django.db import migrations, models

OPENED_SO_FAR = """
    INSERT INTO billing_booksday (account_id, day)
    SELECT account_id, MAX(day) FROM (
        SELECT account_id, day FROM billing_ledgerentry WHERE book = 'account'
        UNION ALL SELECT account_id, created_on FROM billing_charge
        UNION ALL SELECT account_id, closed_on FROM billing_charge WHERE closed_on IS NOT NULL
    ) AS booked
    GROUP BY account_id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_used_links_are_forgotten"),
        ("billing", "0002_charges_of_a_status_in_every_order"),
    ]

    operations = [
        migrations.CreateModel(
            name="BooksDay",
            fields=[
                (
                    "account",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="accounts.account",
                    ),
                ),
                ("day", models.DateField()),
            ],
        ),
        migrations.RunSQL(OPENED_SO_FAR, migrations.RunSQL.noop),
    ]
