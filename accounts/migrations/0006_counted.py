"""The table in which limits are counted (settings.CACHES): as `createcachetable` would make it."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_one_token_per_manager_goes")]

    operations = [
        migrations.RunSQL(
            sql=[
                "CREATE TABLE IF NOT EXISTS django_cache ("
                "cache_key varchar(255) NOT NULL PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL)",
                "CREATE INDEX IF NOT EXISTS django_cache_expires ON django_cache (expires)",
            ],
            reverse_sql=["DROP TABLE django_cache"],
        ),
    ]
