"""Carries a new name of an account, plan or reseller, and an account's new manager, over to the copies in subscriptions."""

from django.db import migrations

COPIES = [
    ("accounts_account", "name", "account_name", "account_id"),
    ("accounts_reseller", "name", "reseller_name", "reseller_id"),
    ("subscriptions_plan", "name", "plan_name", "plan_id"),
    ("accounts_account", "manager_id", "manager_id", "account_id"),
]


def _statements() -> tuple[str, str]:
    make, drop = [], []
    for table, column, copy, key in COPIES:
        name = f"copy_{table}_{column}"
        make.append(
            f"""
            CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                UPDATE subscriptions_subscription SET {copy} = NEW.{column} WHERE {key} = NEW.id;
                RETURN NULL;
            END $$;
            CREATE TRIGGER {name} AFTER UPDATE OF {column} ON {table} FOR EACH ROW
                WHEN (OLD.{column} IS DISTINCT FROM NEW.{column}) EXECUTE FUNCTION {name}();
            """
        )
        drop.append(f"DROP TRIGGER {name} ON {table}; DROP FUNCTION {name}();")
    return "".join(make), "".join(drop)


class Migration(migrations.Migration):
    dependencies = [("subscriptions", "0001_initial"), ("accounts", "0001_initial"), ("lists", "0002_words")]

    operations = [migrations.RunSQL(*_statements())]
