"""Take the keys of used invitations out of what audit rows and the log of sign-ins have kept until now."""

from django.db import migrations

# As core/door_links.py had it when this was written.
KEYED = r"(/accounts/(invitations|password/reset/key)/)[^/?\s]+"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
        ("pghistory", "0007_auto_20250421_0444"),
    ]

    operations = [
        migrations.RunSQL(
            sql=[
                (
                    "UPDATE pghistory_context"
                    " SET metadata = jsonb_set(metadata, '{url}', to_jsonb(regexp_replace(metadata->>'url', %s, %s)))"
                    " WHERE metadata->>'url' ~ %s",
                    [KEYED, r"\1***", KEYED],
                ),
                *(
                    (
                        f"UPDATE {table} SET path_info = regexp_replace(path_info, %s, %s) WHERE path_info ~ %s",
                        [KEYED, r"\1***", KEYED],
                    )
                    for table in ("axes_accesslog", "axes_accessattempt", "axes_accessfailurelog")
                ),
            ],
            # What was taken out is not known any more, and nothing needs it.
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
