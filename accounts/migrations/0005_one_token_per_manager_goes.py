"""What is left of the one token per manager goes; it is a row of its own since the migration before."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_api_tokens_are_rows"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="touch_updated_at",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="user",
            name="update_update",
        ),
        migrations.RemoveField(
            model_name="user",
            name="api_token_created_at",
        ),
        migrations.RemoveField(
            model_name="user",
            name="api_token_hash",
        ),
        migrations.RemoveField(
            model_name="userevent",
            name="api_token_created_at",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."attributes" IS DISTINCT FROM (NEW."attributes") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."last_login" IS DISTINCT FROM (NEW."last_login") OR OLD."manager_key" IS DISTINCT FROM (NEW."manager_key") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."password" IS DISTINCT FROM (NEW."password") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."theme" IS DISTINCT FROM (NEW."theme"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="09dd3d58fc4cfb153722ad4107dd9fe38f006c57",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_e7717",
                    table="accounts_user",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_userevent" ("attributes", "created_at", "email", "id", "kind", "language", "manager_key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reseller_id", "role", "status", "theme") VALUES (NEW."attributes", NEW."created_at", NEW."email", NEW."id", NEW."kind", NEW."language", NEW."manager_key", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."phone", NEW."reseller_id", NEW."role", NEW."status", NEW."theme"); RETURN NULL;',
                    hash="cfaf6d2c6c469d69ed13aeebec2f86a9b609c675",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_3867c",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="user",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."attributes" IS DISTINCT FROM (NEW."attributes") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."kind" IS DISTINCT FROM (NEW."kind") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."manager_key" IS DISTINCT FROM (NEW."manager_key") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."role" IS DISTINCT FROM (NEW."role") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."theme" IS DISTINCT FROM (NEW."theme"))',
                    func='INSERT INTO "accounts_userevent" ("attributes", "created_at", "email", "id", "kind", "language", "manager_key", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "reseller_id", "role", "status", "theme") VALUES (NEW."attributes", NEW."created_at", NEW."email", NEW."id", NEW."kind", NEW."language", NEW."manager_key", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."phone", NEW."reseller_id", NEW."role", NEW."status", NEW."theme"); RETURN NULL;',
                    hash="253ebca826c12e1576a976100d2096aecdd6a21c",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_0e890",
                    table="accounts_user",
                    when="AFTER",
                ),
            ),
        ),
    ]
