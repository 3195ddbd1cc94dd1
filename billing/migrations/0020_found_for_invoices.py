from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

# What was closed since the last billing day stands on the next invoice; what came before was never on one.
NOTED = """
    INSERT INTO billing_toinvoice (account_id, billing_day, day, since)
    SELECT account_id, billing_day, day, MIN(closed_on) FROM (
        SELECT charge.account_id, subscription.billing_day, charge.closed_on,
               CASE WHEN here.day >= charge.closed_on THEN here.day ELSE next.day END AS day
        FROM billing_charge charge
        JOIN subscriptions_subscription subscription ON subscription.id = charge.subscription_id
        CROSS JOIN LATERAL (SELECT DATE_TRUNC('month', charge.closed_on)::date AS first) AS month
        CROSS JOIN LATERAL (
            SELECT LEAST(month.first + subscription.billing_day - 1,
                         (month.first + INTERVAL '1 month' - INTERVAL '1 day')::date) AS day
        ) AS here
        CROSS JOIN LATERAL (
            SELECT LEAST((month.first + INTERVAL '1 month')::date + subscription.billing_day - 1,
                         (month.first + INTERVAL '2 months' - INTERVAL '1 day')::date) AS day
        ) AS next
        WHERE charge.status = 'closed' AND charge.closed_on >= CURRENT_DATE - 62
    ) AS closed
    WHERE day >= CURRENT_DATE
    GROUP BY account_id, billing_day, day
    ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    atomic = False  # the platform goes on writing while the indexes are built

    dependencies = [("billing", "0019_invoices")]

    operations = [
        migrations.RunSQL(NOTED, reverse_sql=migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="charge",
            index=models.Index(
                fields=["account", "closed_on"], name="charge_to_invoice", condition=models.Q(status="closed")
            ),
        ),
        AddIndexConcurrently(
            model_name="payment",
            index=models.Index(
                fields=["account", "look_on"], name="payment_looked_at", condition=models.Q(look_on__isnull=False)
            ),
        ),
    ]
