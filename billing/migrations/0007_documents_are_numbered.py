"""Numbers of payments are given when they are committed; those that there are keep the number that was their id."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

# No trigger of the rows has anything to do with a number that was theirs all along.
NUMBERED_SO_FAR = """
    ALTER TABLE billing_payment DISABLE TRIGGER USER;
    UPDATE billing_payment SET serial = id;
    ALTER TABLE billing_payment ENABLE TRIGGER USER;
    INSERT INTO billing_documentcounter (kind, last) SELECT 'PM', COALESCE(MAX(id), 0) FROM billing_payment;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0008_second_factor_by_role"),
        ("billing", "0006_money_set_aside_goes_on_once"),
        ("subscriptions", "0008_one_statement_for_many_rows"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DocumentCounter",
            fields=[
                ("kind", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("last", models.PositiveBigIntegerField()),
            ],
            options={
                "abstract": False,
            },
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="payment",
            name="update_update",
        ),
        migrations.AddField(
            model_name="payment",
            name="serial",
            field=models.PositiveBigIntegerField(editable=False, null=True),
        ),
        migrations.RunSQL(NUMBERED_SO_FAR, migrations.RunSQL.noop),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="give_number",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (NEW."serial" IS NULL)',
                    constraint="CONSTRAINT",
                    declare="DECLARE newest bigint;",
                    func="\n    IF NOT EXISTS (SELECT FROM billing_payment WHERE id = NEW.id AND serial IS NULL) THEN RETURN NULL; END IF;\n    INSERT INTO billing_documentcounter (kind, last) VALUES ('PM', 0) ON CONFLICT (kind) DO NOTHING;\n    UPDATE billing_documentcounter SET last = last + (SELECT COUNT(*) FROM billing_payment WHERE serial IS NULL)\n     WHERE kind = 'PM' RETURNING last INTO newest;\n    UPDATE billing_payment document SET serial = newest - counted.place\n      FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY id DESC) - 1 AS place FROM billing_payment WHERE serial IS NULL) counted\n     WHERE document.id = counted.id;\n    RETURN NULL;\n",
                    hash="4b4e40ad2630c42c5e781f34c94ef47424522987",
                    operation="INSERT",
                    pgid="pgtrigger_give_number_08e12",
                    table="billing_payment",
                    timing="DEFERRABLE INITIALLY DEFERRED",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="number_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."serial" IS NOT NULL AND NEW."serial" IS DISTINCT FROM (OLD."serial"))',
                    func="RAISE EXCEPTION 'the number of a document stays';",
                    hash="c0b6c651c020c4af2a00fedf622c455a9def7d19",
                    operation='UPDATE OF "serial"',
                    pgid="pgtrigger_number_stays_04551",
                    table="billing_payment",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="payment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."amount" IS DISTINCT FROM (NEW."amount") OR OLD."approved_by_id" IS DISTINCT FROM (NEW."approved_by_id") OR OLD."came_from_id" IS DISTINCT FROM (NEW."came_from_id") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."comment" IS DISTINCT FROM (NEW."comment") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."method" IS DISTINCT FROM (NEW."method") OR OLD."opened_on" IS DISTINCT FROM (NEW."opened_on") OR OLD."order_id" IS DISTINCT FROM (NEW."order_id") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "billing_paymentevent" ("account_id", "amount", "approved_by_id", "came_from_id", "closed_on", "comment", "created_at", "created_by_id", "currency", "due_on", "id", "kind", "method", "opened_on", "order_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reseller_id", "status", "updated_at") VALUES (NEW."account_id", NEW."amount", NEW."approved_by_id", NEW."came_from_id", NEW."closed_on", NEW."comment", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."due_on", NEW."id", NEW."kind", NEW."method", NEW."opened_on", NEW."order_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."reseller_id", NEW."status", NEW."updated_at"); RETURN NULL;',
                    hash="35ebd9dc58a9580736c821494d21ac5e6f669654",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_5f754",
                    table="billing_payment",
                    when="AFTER",
                ),
            ),
        ),
    ]
