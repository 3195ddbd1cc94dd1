"""A database of its own for a measurement, beside the one that the checkout works on."""

from django.conf import settings
from django.core.management import call_command
from django.db import connection

from brokerage import local_services


def use_database(name: str, *, fresh: bool) -> None:
    """Work from now on in the database `name`, migrated; made anew where `fresh`, otherwise kept from the last run."""
    if settings.LOCAL_SERVICES:
        local_services.start_for(settings)
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        exists = cursor.fetchone() is not None
        if exists and fresh:
            cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        if fresh or not exists:
            cursor.execute(f'CREATE DATABASE "{name}"')
    connection.settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
