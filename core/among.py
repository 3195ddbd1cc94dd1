"""One of many rows: their ids go to the database as one array, however many there are."""

from collections.abc import Collection
from typing import Any

from django.db import models

from core.prepared import Asked


class Among(models.Func):
    """`filter(Among("account", ids))`: the same rows as `filter(account__in=ids)`.

    Django's `in` looks at every id for itself: of the night's own seconds that was a twelfth.
    """

    output_field = models.BooleanField()

    def __init__(self, column: str, ids: Collection[int] | Asked) -> None:
        super().__init__(column)
        self.ids = ids if isinstance(ids, Asked) else list(ids)

    def as_sql(self, compiler: Any, connection: Any, *_args: Any, **_options: Any) -> tuple[str, Any]:
        """Return the comparison of the column with the array."""
        column, params = compiler.compile(self.source_expressions[0])
        return f"{column} = ANY(%s::bigint[])", (*params, self.ids)
