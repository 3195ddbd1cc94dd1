"""Tokens of managers become rows of their own, several each; the one that a manager has is carried over."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.datetime
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_wider_money"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.CreateModel(
            name="ApiToken",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                (
                    "updated_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("token_hash", models.CharField(editable=False, max_length=64, unique=True)),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("read", "Read"), ("write", "Create and change"), ("money", "Move money")],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="scopes",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="good until")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
                ("last_used_at", models.DateTimeField(blank=True, null=True, verbose_name="last used")),
                (
                    "last_used_address",
                    models.GenericIPAddressField(blank=True, null=True, verbose_name="last used from"),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ApiTokenEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("id", models.BigIntegerField()),
                (
                    "created_at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), editable=False),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                (
                    "scopes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("read", "Read"), ("write", "Create and change"), ("money", "Move money")],
                            max_length=20,
                        ),
                        size=None,
                        verbose_name="scopes",
                    ),
                ),
                ("expires_at", models.DateTimeField(verbose_name="good until")),
                ("revoked_at", models.DateTimeField(blank=True, null=True, verbose_name="revoked")),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddField(
            model_name="apitoken",
            name="manager",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="api_tokens", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="apitokenevent",
            name="manager",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="apitokenevent",
            name="pgh_context",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="pghistory.context",
            ),
        ),
        migrations.AddField(
            model_name="apitokenevent",
            name="pgh_obj",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="accounts.apitoken",
            ),
        ),
        migrations.AddIndex(
            model_name="apitoken",
            index=models.Index(fields=["manager", "-id"], name="api_token_of_manager"),
        ),
        migrations.AddConstraint(
            model_name="apitoken",
            constraint=models.CheckConstraint(
                condition=models.Q(("scopes", []), _negated=True), name="api_token_has_a_scope"
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitoken",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."last_used_address" IS DISTINCT FROM (NEW."last_used_address") OR OLD."last_used_at" IS DISTINCT FROM (NEW."last_used_at") OR OLD."manager_id" IS DISTINCT FROM (NEW."manager_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes") OR OLD."token_hash" IS DISTINCT FROM (NEW."token_hash"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="5d3453b0d7a0fa1c4c3c890db79b3f6349cde9cc",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_9c7d1",
                    table="accounts_apitoken",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitoken",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "accounts_apitokenevent" ("created_at", "expires_at", "id", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."manager_id", NEW."name", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="6d2114ce9d4332ab2db34194d45671a435c8f60d",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_01b7d",
                    table="accounts_apitoken",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="apitoken",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."expires_at" IS DISTINCT FROM (NEW."expires_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."manager_id" IS DISTINCT FROM (NEW."manager_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."revoked_at" IS DISTINCT FROM (NEW."revoked_at") OR OLD."scopes" IS DISTINCT FROM (NEW."scopes"))',
                    func='INSERT INTO "accounts_apitokenevent" ("created_at", "expires_at", "id", "manager_id", "name", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "revoked_at", "scopes") VALUES (NEW."created_at", NEW."expires_at", NEW."id", NEW."manager_id", NEW."name", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."revoked_at", NEW."scopes"); RETURN NULL;',
                    hash="66b78dc1b83191b307b54d00a6ee2d1e9b394742",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_df53b",
                    table="accounts_apitoken",
                    when="AFTER",
                ),
            ),
        ),
        # A manager's one token goes on working: it could only read, and gets a year from now.
        migrations.RunSQL(
            sql="""
                INSERT INTO accounts_apitoken (created_at, updated_at, name, token_hash, scopes, expires_at, manager_id)
                SELECT COALESCE(api_token_created_at, now()), now(), 'API token', api_token_hash, '{read}',
                       now() + interval '365 days', id
                FROM accounts_user WHERE api_token_hash IS NOT NULL AND kind = 'manager';
                SET CONSTRAINTS ALL IMMEDIATE;
                SET CONSTRAINTS ALL DEFERRED;
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
