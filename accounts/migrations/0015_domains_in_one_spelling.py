"""Addresses kept before domains had one spelling: who typed theirs again was not found, as мир.example and its ASCII differ.

What is kept in other letters is spelt as it is written today (IDNA 2008: straße.example stays itself). A domain that was
kept as strasse.example is not touched: nothing says whether it was typed with ß, and it is somebody's own domain. Who
typed ß and is not found is put right by a manager, who sees the address on the person's page. Nor is an address touched
whose spelling another row of the same table has already, because each signs in with one: that is printed.
"""

from typing import Any

from django.db import migrations

from core.cleaning import clean_email

COLUMNS = {"User": ("email",), "Invitation": ("email",), "Account": ("email", "contact_email"), "Reseller": ("email",)}
OTHER_LETTERS = "[^\x01-\x7f]"


def respell(apps: Any, _schema_editor: Any) -> None:
    """Spell the domain of every address that has other letters; each table is read once."""
    for name, columns in COLUMNS.items():
        model = apps.get_model("accounts", name)
        rows = getattr(model, "everyone", model._base_manager)
        for column in columns:
            for pk, kept in list(rows.filter(**{f"{column}__regex": OTHER_LETTERS}).values_list("pk", column)):
                spelt = clean_email(kept)
                if spelt == kept:
                    continue
                if name == "User" and rows.filter(email=spelt).exists():
                    print(f"\n  User {pk}: {kept} stays, {spelt} is another user's. Change one of the two by hand.")
                    continue
                rows.filter(pk=pk).update(**{column: spelt})


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_removed_people_are_told"),
    ]

    operations = [
        migrations.RunPython(respell, migrations.RunPython.noop),
    ]
