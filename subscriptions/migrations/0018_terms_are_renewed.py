"""A subscription that ends is renewed, by hand and of itself; an order for it waits for its term."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0015_domains_in_one_spelling"),
        ("subscriptions", "0017_sampled_hours"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="order",
            name="touch_updated_at",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="order",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="order",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="subscription",
            name="touch_updated_at",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="subscription",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="subscription",
            name="insert_insert",
        ),
        migrations.AddField(
            model_name="order",
            name="automatic",
            field=models.BooleanField(db_default=False, default=False, verbose_name="automatic"),
        ),
        migrations.AddField(
            model_name="orderevent",
            name="automatic",
            field=models.BooleanField(db_default=False, default=False, verbose_name="automatic"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="auto_renew",
            field=models.BooleanField(db_default=False, default=False, verbose_name="automatic renewal"),
        ),
        migrations.AddField(
            model_name="subscription",
            name="term_anchor",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="subscriptionevent",
            name="auto_renew",
            field=models.BooleanField(db_default=False, default=False, verbose_name="automatic renewal"),
        ),
        migrations.AddField(
            model_name="subscriptionevent",
            name="term_anchor",
            field=models.DateField(blank=True, editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="order",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting_for_payment", "Waiting for payment"),
                    ("waiting_for_provisioning", "Waiting for its term"),
                    ("provisioning", "Provisioning"),
                    ("provisioning_failed", "Provisioning failed"),
                    ("completed", "Completed"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=30,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="orderevent",
            name="status",
            field=models.CharField(
                choices=[
                    ("waiting_for_payment", "Waiting for payment"),
                    ("waiting_for_provisioning", "Waiting for its term"),
                    ("provisioning", "Provisioning"),
                    ("provisioning_failed", "Provisioning failed"),
                    ("completed", "Completed"),
                    ("cancelled", "Cancelled"),
                ],
                max_length=30,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="status",
            field=models.CharField(
                choices=[
                    ("ordered", "Ordered"),
                    ("installing", "Installing"),
                    ("installation_failed", "Installation failed"),
                    ("active", "Active"),
                    ("updating", "Updating"),
                    ("updating_failed", "Updating failed"),
                    ("activating", "Activating"),
                    ("activating_failed", "Activating failed"),
                    ("graced", "Grace period"),
                    ("renewing", "Renewing"),
                    ("renewing_failed", "Renewing failed"),
                    ("stopping", "Stopping"),
                    ("stopping_failed", "Stopping failed"),
                    ("stopped", "Stopped"),
                    ("deleting", "Deleting"),
                    ("deletion_failed", "Deletion failed"),
                    ("deleted", "Deleted"),
                ],
                default="ordered",
                max_length=30,
                verbose_name="status",
            ),
        ),
        migrations.AlterField(
            model_name="subscriptionevent",
            name="status",
            field=models.CharField(
                choices=[
                    ("ordered", "Ordered"),
                    ("installing", "Installing"),
                    ("installation_failed", "Installation failed"),
                    ("active", "Active"),
                    ("updating", "Updating"),
                    ("updating_failed", "Updating failed"),
                    ("activating", "Activating"),
                    ("activating_failed", "Activating failed"),
                    ("graced", "Grace period"),
                    ("renewing", "Renewing"),
                    ("renewing_failed", "Renewing failed"),
                    ("stopping", "Stopping"),
                    ("stopping_failed", "Stopping failed"),
                    ("stopped", "Stopped"),
                    ("deleting", "Deleting"),
                    ("deletion_failed", "Deletion failed"),
                    ("deleted", "Deleted"),
                ],
                default="ordered",
                max_length=30,
                verbose_name="status",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."automatic" IS DISTINCT FROM (NEW."automatic") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."failure" IS DISTINCT FROM (NEW."failure") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_fingerprint" IS DISTINCT FROM (NEW."idempotency_fingerprint") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."paid_on" IS DISTINCT FROM (NEW."paid_on") OR OLD."placed_on" IS DISTINCT FROM (NEW."placed_on") OR OLD."provisioned_on" IS DISTINCT FROM (NEW."provisioned_on") OR OLD."requester_ip" IS DISTINCT FROM (NEW."requester_ip") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."subscription_id" IS DISTINCT FROM (NEW."subscription_id") OR OLD."total" IS DISTINCT FROM (NEW."total") OR OLD."type" IS DISTINCT FROM (NEW."type"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="8da1c3efa3798134d550515eff7a8342e91c99b2",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_8e173",
                    table="subscriptions_order",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "subscriptions_orderevent" ("account_id", "automatic", "closed_on", "created_at", "created_by_id", "currency", "expires_on", "failure", "id", "idempotency_fingerprint", "idempotency_key", "notes", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_on", "provisioned_on", "requester_ip", "reseller_id", "status", "subscription_id", "total", "type", "updated_at") VALUES (NEW."account_id", NEW."automatic", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."expires_on", NEW."failure", NEW."id", NEW."idempotency_fingerprint", NEW."idempotency_key", NEW."notes", NEW."paid_on", _pgh_attach_context(), NOW(), \'insert\', NEW."id", NEW."placed_on", NEW."provisioned_on", NEW."requester_ip", NEW."reseller_id", NEW."status", NEW."subscription_id", NEW."total", NEW."type", NEW."updated_at"); RETURN NULL;',
                    hash="04961d49f49bd4ea6153d25021dc10cfa639fce5",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_c0c59",
                    table="subscriptions_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="order",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."automatic" IS DISTINCT FROM (NEW."automatic") OR OLD."closed_on" IS DISTINCT FROM (NEW."closed_on") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."expires_on" IS DISTINCT FROM (NEW."expires_on") OR OLD."failure" IS DISTINCT FROM (NEW."failure") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."idempotency_fingerprint" IS DISTINCT FROM (NEW."idempotency_fingerprint") OR OLD."idempotency_key" IS DISTINCT FROM (NEW."idempotency_key") OR OLD."notes" IS DISTINCT FROM (NEW."notes") OR OLD."paid_on" IS DISTINCT FROM (NEW."paid_on") OR OLD."placed_on" IS DISTINCT FROM (NEW."placed_on") OR OLD."provisioned_on" IS DISTINCT FROM (NEW."provisioned_on") OR OLD."requester_ip" IS DISTINCT FROM (NEW."requester_ip") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."subscription_id" IS DISTINCT FROM (NEW."subscription_id") OR OLD."total" IS DISTINCT FROM (NEW."total") OR OLD."type" IS DISTINCT FROM (NEW."type") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "subscriptions_orderevent" ("account_id", "automatic", "closed_on", "created_at", "created_by_id", "currency", "expires_on", "failure", "id", "idempotency_fingerprint", "idempotency_key", "notes", "paid_on", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "placed_on", "provisioned_on", "requester_ip", "reseller_id", "status", "subscription_id", "total", "type", "updated_at") VALUES (NEW."account_id", NEW."automatic", NEW."closed_on", NEW."created_at", NEW."created_by_id", NEW."currency", NEW."expires_on", NEW."failure", NEW."id", NEW."idempotency_fingerprint", NEW."idempotency_key", NEW."notes", NEW."paid_on", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."placed_on", NEW."provisioned_on", NEW."requester_ip", NEW."reseller_id", NEW."status", NEW."subscription_id", NEW."total", NEW."type", NEW."updated_at"); RETURN NULL;',
                    hash="f5f9f7c3e03e8f87f8116dea0e663573c17e2677",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_07c0b",
                    table="subscriptions_order",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="touch_updated_at",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."account_id" IS DISTINCT FROM (NEW."account_id") OR OLD."account_name" IS DISTINCT FROM (NEW."account_name") OR OLD."attributes" IS DISTINCT FROM (NEW."attributes") OR OLD."auto_renew" IS DISTINCT FROM (NEW."auto_renew") OR OLD."awaited_operation" IS DISTINCT FROM (NEW."awaited_operation") OR OLD."billing_day" IS DISTINCT FROM (NEW."billing_day") OR OLD."billing_priority" IS DISTINCT FROM (NEW."billing_priority") OR OLD."billing_type" IS DISTINCT FROM (NEW."billing_type") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."currency" IS DISTINCT FROM (NEW."currency") OR OLD."due_on" IS DISTINCT FROM (NEW."due_on") OR OLD."expiration_date" IS DISTINCT FROM (NEW."expiration_date") OR OLD."fixed_price" IS DISTINCT FROM (NEW."fixed_price") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."individual_price" IS DISTINCT FROM (NEW."individual_price") OR OLD."manager_id" IS DISTINCT FROM (NEW."manager_id") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."next_billing_day" IS DISTINCT FROM (NEW."next_billing_day") OR OLD."parameters" IS DISTINCT FROM (NEW."parameters") OR OLD."period_id" IS DISTINCT FROM (NEW."period_id") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."plan_name" IS DISTINCT FROM (NEW."plan_name") OR OLD."quantity" IS DISTINCT FROM (NEW."quantity") OR OLD."reseller_id" IS DISTINCT FROM (NEW."reseller_id") OR OLD."reseller_name" IS DISTINCT FROM (NEW."reseller_name") OR OLD."search_vector" IS DISTINCT FROM (NEW."search_vector") OR OLD."start_date" IS DISTINCT FROM (NEW."start_date") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."stop_comment" IS DISTINCT FROM (NEW."stop_comment") OR OLD."stop_reason" IS DISTINCT FROM (NEW."stop_reason") OR OLD."stopped_on" IS DISTINCT FROM (NEW."stopped_on") OR OLD."term_anchor" IS DISTINCT FROM (NEW."term_anchor") OR OLD."trial" IS DISTINCT FROM (NEW."trial") OR OLD."vendor_ids" IS DISTINCT FROM (NEW."vendor_ids"))',
                    func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
                    hash="565c33e51b0c7c23b142ae113da032f672af6ec3",
                    operation="UPDATE",
                    pgid="pgtrigger_touch_updated_at_2c7fa",
                    table="subscriptions_subscription",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='WITH _pgh_attached_context AS ( SELECT _pgh_attach_context() AS value ) INSERT INTO "subscriptions_subscriptionevent" ("account_id", "account_name", "attributes", "auto_renew", "awaited_operation", "billing_day", "billing_priority", "billing_type", "created_at", "currency", "due_on", "expiration_date", "fixed_price", "id", "individual_price", "manager_id", "name", "next_billing_day", "parameters", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "plan_name", "quantity", "reseller_id", "reseller_name", "start_date", "status", "stop_comment", "stop_reason", "stopped_on", "term_anchor", "trial", "updated_at", "vendor_ids") SELECT new_values."account_id", new_values."account_name", new_values."attributes", new_values."auto_renew", new_values."awaited_operation", new_values."billing_day", new_values."billing_priority", new_values."billing_type", new_values."created_at", new_values."currency", new_values."due_on", new_values."expiration_date", new_values."fixed_price", new_values."id", new_values."individual_price", new_values."manager_id", new_values."name", new_values."next_billing_day", new_values."parameters", new_values."period_id", _pgh_attached_context.value, NOW(), \'insert\', new_values."id", new_values."plan_id", new_values."plan_name", new_values."quantity", new_values."reseller_id", new_values."reseller_name", new_values."start_date", new_values."status", new_values."stop_comment", new_values."stop_reason", new_values."stopped_on", new_values."term_anchor", new_values."trial", new_values."updated_at", new_values."vendor_ids" FROM ( SELECT new_values.* FROM new_values  ) AS new_values, _pgh_attached_context; RETURN NULL;',
                    hash="f477df93407c0c5c2973536323554ee664a97ef9",
                    level="STATEMENT",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_7b204",
                    referencing="REFERENCING NEW TABLE AS new_values ",
                    table="subscriptions_subscription",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="subscription",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."attributes" IS DISTINCT FROM (NEW."attributes") OR OLD."auto_renew" IS DISTINCT FROM (NEW."auto_renew") OR OLD."billing_priority" IS DISTINCT FROM (NEW."billing_priority") OR OLD."expiration_date" IS DISTINCT FROM (NEW."expiration_date") OR OLD."name" IS DISTINCT FROM (NEW."name") OR OLD."quantity" IS DISTINCT FROM (NEW."quantity") OR OLD."start_date" IS DISTINCT FROM (NEW."start_date") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."stop_comment" IS DISTINCT FROM (NEW."stop_comment") OR OLD."stop_reason" IS DISTINCT FROM (NEW."stop_reason"))',
                    func='INSERT INTO "subscriptions_subscriptionevent" ("account_id", "account_name", "attributes", "auto_renew", "awaited_operation", "billing_day", "billing_priority", "billing_type", "created_at", "currency", "due_on", "expiration_date", "fixed_price", "id", "individual_price", "manager_id", "name", "next_billing_day", "parameters", "period_id", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "plan_name", "quantity", "reseller_id", "reseller_name", "start_date", "status", "stop_comment", "stop_reason", "stopped_on", "term_anchor", "trial", "updated_at", "vendor_ids") VALUES (NEW."account_id", NEW."account_name", NEW."attributes", NEW."auto_renew", NEW."awaited_operation", NEW."billing_day", NEW."billing_priority", NEW."billing_type", NEW."created_at", NEW."currency", NEW."due_on", NEW."expiration_date", NEW."fixed_price", NEW."id", NEW."individual_price", NEW."manager_id", NEW."name", NEW."next_billing_day", NEW."parameters", NEW."period_id", _pgh_attach_context(), NOW(), \'update\', NEW."id", NEW."plan_id", NEW."plan_name", NEW."quantity", NEW."reseller_id", NEW."reseller_name", NEW."start_date", NEW."status", NEW."stop_comment", NEW."stop_reason", NEW."stopped_on", NEW."term_anchor", NEW."trial", NEW."updated_at", NEW."vendor_ids"); RETURN NULL;',
                    hash="b7ec03d19316b9d5ff03e77fd55cb8c37b33cf8a",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_fb679",
                    table="subscriptions_subscription",
                    when="AFTER",
                ),
            ),
        ),
    ]
