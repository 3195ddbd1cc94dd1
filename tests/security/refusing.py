"""What filters refuse by themselves, before a row is looked at."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet


def refuses(
    filterset: type[Any], filters: Mapping[str, Any], data: Mapping[str, Any], rows: QuerySet[Any], asker: Any
) -> bool:
    """Return whether these of a filter set's filters refuse what they are given."""
    alone = type("Alone", (filterset,), {})
    alone.base_filters = dict(filters)
    return not alone(data=data, queryset=rows, request=asker).form.is_valid()
