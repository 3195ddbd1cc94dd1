"""python -m bench.list_export DATABASE xlsx|csv: write the operator's whole list; print rows and peak memory."""

import os
import resource
import sys

import django
from django.db import connection

LIST = "operator.subscriptions"


def main(database: str, kind: str) -> None:
    """Carry the export out as the worker does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "brokerage.settings")
    django.setup()
    from django.utils import timezone  # noqa: PLC0415 (Django has to be set up first)

    from accounts.actors import actor_of  # noqa: PLC0415 (as above)
    from accounts.models import User  # noqa: PLC0415 (as above)
    from core.lists.export import asked_by, carry_out, file_path  # noqa: PLC0415 (as above)
    from core.lists.listing import listing_named  # noqa: PLC0415 (as above)
    from core.lists.models import ListExport  # noqa: PLC0415 (as above)

    connection.settings_dict["NAME"] = database
    user = User.objects.get(email="operator@bench.example")
    columns = [column.name for column in listing_named(LIST).columns]
    export = ListExport.objects.create(
        **asked_by(actor_of(user)),
        listing=LIST,
        format=kind,
        columns=columns,
        language="en",
        rows_expected=1_000_000,
    )
    done = carry_out(export=export, now=timezone.now())
    file_path(done).unlink()
    print(done.rows_written, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)


if __name__ == "__main__":
    main(*sys.argv[1:])
