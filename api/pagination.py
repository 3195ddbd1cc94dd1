"""Pages of a list: by number as the reference has them, and by position, so that far rows cost what near ones do."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from api.errors import BadParameter
from core.lists.paging import Order, Position, Sure, Wanted, cursor_of, estimates, guess, keys_of_page, position_of

SIZE, NUMBER, AFTER, BEFORE = "page[size]", "page[number]", "page[after]", "page[before]"
DEFAULT_SIZE = 50
LARGEST_SIZE = 500
LARGEST_NUMBER = 1_000_000
LARGE_SCOPE = 50_000
MANY = 30_000


class Pages:
    """`page[size]` and `page[number]`, and in the links `page[after]` and `page[before]` with an opaque position."""

    def __init__(self, request: Request, sorts: Mapping[str, str], *, default: str) -> None:
        """Read what page is asked for; `default` is the column to order by. Raises BadParameter for what is no page."""
        self.request = request
        self.size = _whole(request, SIZE, DEFAULT_SIZE, LARGEST_SIZE)
        self.number = _whole(request, NUMBER, 1, LARGEST_NUMBER)
        self.order = _order(request, sorts, default)
        # Filtered by the column that the list is ordered by, a page lies together in that column's index.
        self.together = default != "pk" and self.order.expression == F(default)

    def rows(self, queryset: QuerySet, shown: Callable[[QuerySet], QuerySet], *, scope: QuerySet) -> list[Any]:
        """Return the rows of the page in its order, each as `shown` reads it; `scope` is the unfiltered list."""
        position = self._position(queryset)
        offset = 0 if position else (self.number - 1) * self.size
        # In a small scope nearly every row of that index would be somebody else's.
        easy = self.together and guess(scope) >= LARGE_SCOPE
        self.keys = keys_of_page(queryset, self.order, Wanted(self.size, offset, position), easy=easy, many=MANY)
        self._remember(position, offset, queryset)
        ids = [pk for _key, pk in self.keys.pairs]
        rows = {row.pk: row for row in shown(queryset.filter(pk__in=ids))}
        return [rows[pk] for pk in ids if pk in rows]

    def meta(self) -> dict[str, object]:
        """Return how many records there are, and whether that is an estimate."""
        return {
            "pagination": {"total": self.total, "total_is_estimate": not self.exact, "page_size": self.size},
        }

    def links(self) -> dict[str, str | None]:
        """Return the links of the page; `next` and `prev` lead by position."""
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

    def _position(self, queryset: QuerySet) -> Position | None:
        for name in (AFTER, BEFORE):
            text = self.request.query_params.get(name)
            if text is not None:
                position = position_of(text, queryset, self.order, backwards=name == BEFORE)
                if position is None:
                    raise BadParameter(name, _("This is no position in the list: follow the links of an answer."))
                return position
        return None

    def _remember(self, position: Position | None, offset: int, queryset: QuerySet) -> None:
        """Keep what the links and the total need. An estimate is said to be one."""
        keys, backwards = self.keys, position is not None and position.backwards
        self.has_next = bool(keys.pairs) and (keys.more or backwards)
        self.has_previous = bool(keys.pairs) and (keys.more if backwards else position is not None or offset > 0)
        if position is None and not keys.more and keys.pairs:
            self.total, self.exact = offset + len(keys.pairs), True
        elif keys.total is not None:
            self.total, self.exact = keys.total.rows, keys.total.sure is Sure.EXACT
        else:
            [count] = estimates([queryset])
            self.total, self.exact = count.rows, count.sure is Sure.EXACT


def _order(request: Request, sorts: Mapping[str, str], default: str) -> Order:
    text = request.query_params.get("sort", "")
    if not text:
        return Order(F(default), downwards=False)
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
