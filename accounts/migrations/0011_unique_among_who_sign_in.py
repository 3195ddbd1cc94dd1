import django.db.models.functions.text
from django.db import migrations, models

ONCE = models.UniqueConstraint(condition=models.Q(("signs_in", True)), fields=("email",), name="user_signs_in_once")
WHATEVER_THE_CASE = models.UniqueConstraint(
    django.db.models.functions.text.Lower("email"),
    condition=models.Q(("signs_in", True)),
    name="user_signs_in_once_whatever_the_case",
)


def built(constraint: models.UniqueConstraint, column: str) -> migrations.SeparateDatabaseAndState:
    """Return what builds the constraint's index while people work; Django knows how to do that for plain ones only.

    What an earlier try has left half built goes first: PostgreSQL keeps it and does not use it.
    """
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {constraint.name}"
    build = f"CREATE UNIQUE INDEX CONCURRENTLY {constraint.name} ON accounts_user ({column}) WHERE signs_in"
    return migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RunSQL([drop, build], drop)],
        state_operations=[migrations.AddConstraint(model_name="user", constraint=constraint)],
    )


class Migration(migrations.Migration):
    """The old uniqueness goes only when the new one holds."""

    atomic = False
    dependencies = [("accounts", "0010_an_address_signs_in_once_proven")]

    operations = [
        built(ONCE, "email"),
        built(WHATEVER_THE_CASE, "lower(email)"),
        migrations.RemoveConstraint(model_name="user", name="user_email_unique_whatever_the_case"),
        migrations.AlterField(
            model_name="user", name="email", field=models.EmailField(max_length=254, verbose_name="e-mail")
        ),
    ]
