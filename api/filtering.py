"""`filter[close_date][gt]=…`: the query string of the API, read with the FilterSets that the panels use."""

import re
from collections.abc import Collection

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django_filters import FilterSet

from api.errors import BadParameter
from core.lists.listing import Asker

FILTER = re.compile(r"filter\[(?P<name>[a-z]+(?:_[a-z]+)*)\](?:\[(?P<lookup>[a-z]+)\])?")
# Larger ids are in no table; PostgreSQL would refuse to compare them.
LARGEST_ID = 2**63 - 1


def filtered(
    rows: QuerySet, parameters: QueryDict, filterset: type[FilterSet], offered: Collection[str], asker: Asker
) -> QuerySet:
    """Return the rows that pass every filter of the query string; `offered` names those of the set that there are.

    A set is shared with a panel's list: filters of it that are not offered are not built.

    Raises BadParameter for a filter that there is not, one given twice, and a value that it does not take.
    """
    wanted: dict[str, str] = {}
    asked: dict[str, str] = {}
    for parameter, values in parameters.lists():
        if not parameter.startswith("filter"):
            continue
        name = _name(parameter, offered)
        if len(values) > 1:
            raise BadParameter(parameter, _("Give this filter once; several values are separated by commas."))
        if not values[0] or "\0" in values[0]:
            raise BadParameter(parameter, _("Give this filter a value, or leave it out."))
        wanted[name], asked[name] = values[0], parameter
    chosen = filterset(wanted, queryset=rows, request=asker)
    chosen.filters = {name: one for name, one in chosen.filters.items() if name in offered}
    for name, messages in chosen.errors.items():
        raise BadParameter(asked.get(name, name), " ".join(str(message) for message in messages))
    return chosen.qs


def _name(parameter: str, filters: Collection[str]) -> str:
    match = FILTER.fullmatch(parameter)
    if match:
        name = match["name"] if match["lookup"] is None else f"{match['name']}__{match['lookup']}"
        if name in filters:
            return name
    raise BadParameter(
        parameter,
        _("There is no such filter. There are: %(names)s.")
        % {"names": ", ".join(parameter_name(other) for other in filters)},
    )


def parameter_name(name: str) -> str:
    """Return how a filter of a FilterSet is written in the query string."""
    return f"filter[{name}]".replace("__", "][")
