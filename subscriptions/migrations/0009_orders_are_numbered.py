"""Numbers of orders are given when they are committed; those that there are keep the number that was their id."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# No trigger of the rows has anything to do with a number that was theirs all along.
NUMBERED_SO_FAR = """
    ALTER TABLE subscriptions_order DISABLE TRIGGER USER;
    UPDATE subscriptions_order SET serial = id;
    ALTER TABLE subscriptions_order ENABLE TRIGGER USER;
    INSERT INTO billing_documentcounter (kind, last) SELECT 'SO', COALESCE(MAX(id), 0) FROM subscriptions_order;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("billing", "0007_documents_are_numbered"),
        ("accounts", "0008_second_factor_by_role"),
        ("subscriptions", "0008_one_statement_for_many_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="order",
            name="update_update",
        ),
        migrations.AddField(
            model_name="order",
            name="serial",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(NUMBERED_SO_FAR, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="give_number",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."serial" IS NULL)',
                    constraint="CONSTRAINT",
                    declare="DECLARE newest bigint;",
                    func="\n    IF NOT EXISTS (SELECT FROM subscriptions_order WHERE id = NEW.id AND serial IS NULL) THEN RETURN NULL; END IF;\n    INSERT INTO billing_documentcounter (kind, last) VALUES ('SO', 0) ON CONFLICT (kind) DO NOTHING;\n    UPDATE billing_documentcounter SET last = last + (SELECT COUNT(*) FROM subscriptions_order WHERE serial IS NULL)\n     WHERE kind = 'SO' RETURNING last INTO newest;\n    UPDATE subscriptions_order document SET serial = newest - counted.place\n      FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) - 1 AS place FROM subscriptions_order WHERE serial IS NULL) counted\n     WHERE document.id = counted.id;\n    RETURN NULL;\n",
                    hash="ad240f8cccbbbfd67e12c26a175e23e925ea94fa",
                    operation="INSERT",
                    pgid="pgtrigger_give_number_4ac96",
                    table="subscriptions_order",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="number_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."serial" IS NOT NULL AND NEW."serial" IS DISTINCT FROM (OLD."serial"))',
                    func="RAISE EXCEPTION 'the number of a document stays';",
                    hash="c421f59498859c18dea9a63d8ebaeb5c63506ad6",
                    operation='UPDATE OF "serial"',
                    pgid="pgtrigger_number_stays_47975",
                    table="subscriptions_order",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."failure" IS DISTINCT FROM (NEW."failure") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_fingerprint" IS DISTINCT FROM (NEW."idempotency_fingerprint") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."paid_on" IS DISTINCT FROM (NEW."paid_on") OR OLD."placed_on" IS DISTINCT FROM (NEW."placed_on") OR OLD."provisioned_on" IS DISTINCT FROM (NEW."provisioned_on") OR OLD."requester_ip" IS DISTINCT FROM (NEW."requester_ip") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."subscription_id" IS DISTINCT FROM (NEW."subscription_id") OR OLD."total" IS DISTINCT FROM (NEW."total") OR OLD."type" IS DISTINCT FROM (NEW."type") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "subscriptions_orderevent" ("account_id", "closed_on", "created_at", "created_by_id", "currency", "expires_on", "failure", "id", "idempotency_fingerprint", "idempotency_key", "notes", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_on", "provisioned_on", "requester_ip", "reseller_id", "status", "subscription_id", "total", "type", "updated_at") VALUES (NEW."account_id", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."expires_on", NEW."failure", NEW."id", NEW."idempotency_fingerprint", NEW."idempotency_key", NEW."notes", NEW."paid_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placed_on", NEW."provisioned_on", NEW."requester_ip", NEW."reseller_id", NEW."status", NEW."subscription_id", NEW."total", NEW."type", NEW."updated_at"); RETURN NULL;',
                    hash="15b65f734e21bc7c155262aa4bea697872d2a596",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_07c0b",
                    table="subscriptions_order",
                    when="AFTER",
                ),
            ),
        ),
    ]
