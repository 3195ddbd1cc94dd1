"""Pages of a list: by number as the reference has them, and by position, so that far rows cost what near ones do."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from api.errors import BadParameter
from core.lists.paging import Keys, Order, Position, cursor_of, estimates, keys_of_page, position_of

SIZE, NUMBER, AFTER, BEFORE = "page[size]", "page[number]", "page[after]", "page[before]"
DEFAULT_SIZE = 50
LARGEST_SIZE = 500
LARGEST_NUMBER = 1_000_000


class Pages(BasePagination):
    """`page[size]` and `page[number]`, and in the links `page[after]` and `page[before]` with an opaque position."""

    def paginate_queryset(self, queryset: QuerySet, request: Request, view: APIView | None = None) -> list[Any]:
        """Return the rows of the page, in the order asked for. Raises BadParameter for what is no page."""
        self.request = request
        self.size = _whole(request, SIZE, DEFAULT_SIZE, LARGEST_SIZE)
        self.number = _whole(request, NUMBER, 1, LARGEST_NUMBER)
        order = _order(request, getattr(view, "sorts", {}))
        position = self._position(queryset, order)
        offset = 0 if position else (self.number - 1) * self.size
        keys = keys_of_page(queryset, order, size=self.size, offset=offset, position=position, easy=False)
        self._remember(keys, position, offset, queryset)
        rows = {row.pk: row for row in queryset.filter(pk__in=[pk for _key, pk in keys.pairs])}
        return [rows[pk] for _key, pk in keys.pairs if pk in rows]

    def _position(self, queryset: QuerySet, order: Order) -> Position | None:
        for name in (AFTER, BEFORE):
            text = self.request.query_params.get(name)
            if text is not None:
                position = position_of(text, queryset, order, backwards=name == BEFORE)
                if position is None:
                    raise BadParameter(name, _("This is no position in the list: follow the links of an answer."))
                return position
        return None

    def _remember(self, keys: Keys, position: Position | None, offset: int, queryset: QuerySet) -> None:
        """Keep what the links and the total need. An estimate is said to be one."""
        self.keys = keys
        backwards = position is not None and position.backwards
        self.has_next = bool(keys.pairs) and (keys.more or backwards)
        self.has_previous = bool(keys.pairs) and (keys.more if backwards else position is not None or offset > 0)
        if position is None and not keys.more and keys.pairs:
            self.total, self.exact = offset + len(keys.pairs), True
        elif keys.total is not None:
            self.total, self.exact = keys.total, True
        else:
            [(self.total, self.exact)] = estimates([queryset])

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        """Return the page with its links and its total."""
        meta = {"total": self.total, "total_is_estimate": not self.exact, "page_size": self.size}
        return Response({"results": data, "meta": {"pagination": meta}, "links": self._links()})

    def _links(self) -> dict[str, str | None]:
        plain = self.request.build_absolute_uri()
        for name in (NUMBER, AFTER, BEFORE):
            plain = remove_query_param(plain, name)
        pairs = self.keys.pairs
        return {
            "self": self.request.build_absolute_uri(),
            "first": plain,
            "next": replace_query_param(plain, AFTER, cursor_of(pairs[-1])) if self.has_next else None,
            "prev": replace_query_param(plain, BEFORE, cursor_of(pairs[0])) if self.has_previous else None,
        }


def _order(request: Request, sorts: dict[str, str]) -> Order:
    text = request.query_params.get("sort", "")
    if not text:
        return Order(F("pk"), downwards=False)
    name = text.removeprefix("-")
    if name not in sorts:
        raise BadParameter(
            "sort", _("Sort by one of: %(names)s; with - in front for downwards.") % {"names": ", ".join(sorts)}
        )
    return Order(F(sorts[name]), downwards=text.startswith("-"))


def _whole(request: Request, name: str, default: int, largest: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:10]) <= largest):
        raise BadParameter(name, _("Give a whole number from 1 to %(largest)s.") % {"largest": largest})
    return int(text)
