"""What every resource of the API has in common: who may ask, which records, filters, sorting, includes."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from accounts.actors import Actor
from api.errors import BadParameter
from api.filtering import filtered
from api.pagination import AFTER, BEFORE, NUMBER, SIZE, Pages
from api.scopes import Scope, reseller_of_path, within
from api.serializers.shape import Shape
from core.lists.listing import Asker

OF_LISTS = {SIZE, NUMBER, AFTER, BEFORE, "sort"}
META = "meta"


class ResourceViewSet(GenericViewSet):
    """A list and a record by id; `scope` says whether of the path's reseller or of all below it."""

    scope: Scope = Scope.OWN
    right: ClassVar[str]
    # The query that every read starts at: an actor in, the rows that it sees out.
    rows_visible_to: ClassVar[Callable[[Actor], QuerySet]]
    # The column of the reseller whose records they are.
    belongs_to: ClassVar[str] = "reseller"
    shape: ClassVar[Shape]
    filterset: ClassVar[type[FilterSet]]
    # Those of the set that the API offers: what has an index.
    filters: ClassVar[tuple[str, ...]]
    # What `sort` takes, and the column behind it; each has an index.
    sorts: ClassVar[dict[str, str]] = {"id": "id"}
    # A list that is filtered by one of these is ordered by its column: the page then lies together in the index,
    # where in the order of ids the first match may be millions of rows away.
    natural: ClassVar[dict[str, str]] = {}

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not use the API or see the resource, and what the method does not take."""
        super().initial(request, *args, **kwargs)
        self.actor: Actor = request.auth
        self.actor.require("api.use")
        self.actor.require(self.right)
        self.reseller = reseller_of_path(self.actor, kwargs["reseller_id"])
        self.included = [name for name in request.query_params.get("include", "").split(",") if name]
        self.meta = _yes(request, META)
        self._refuse_unknown_parameters(request)

    def list(self, request: Request, **_path: int) -> Response:
        """Return a page of the records that the query string asks for."""
        pages = Pages(request, self.sorts, default=self._natural_order(request))
        scope = self._rows()
        asker = Asker(actor=self.actor, today=timezone.localdate())
        found = filtered(scope, request.query_params, self.filterset, self.filters, asker)
        rows = pages.rows(found, self._shown, scope=scope)
        records = [self.shape.record(row, meta=self.meta) for row in rows]
        return self._document(records, rows, links=pages.links(), meta=pages.meta())

    def retrieve(self, _request: Request, *, pk: int, **_path: int) -> Response:
        """Return one record."""
        row = get_object_or_404(self._shown(self._rows()), pk=pk)
        return self._document(self.shape.record(row, meta=self.meta), [row])

    def _rows(self) -> QuerySet:
        return self.rows_visible_to(self.actor).filter(within(self.scope, self.reseller, self.belongs_to))

    def _shown(self, rows: QuerySet) -> QuerySet:
        return self.shape.read(rows, include=self.included, meta=self.meta)

    def _natural_order(self, request: Request) -> str:
        for name, column in self.natural.items():
            if any(parameter.startswith(f"filter[{name}]") for parameter in request.query_params):
                return column
        return "pk"

    def _document(self, data: object, rows: Sequence[Any], **members: object) -> Response:
        document = {**members, "data": data}
        if self.included:
            document["included"] = self.shape.included_with(rows, self.included)
        return Response(document)

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = {"include"} | (OF_LISTS if self.action == "list" else set()) | ({META} if self.shape.meta else set())
        for name in request.query_params:
            if name not in known and not (self.action == "list" and name.startswith("filter")):
                raise BadParameter(name, _("This method does not take such a parameter."))
        for name in self.included:
            if self.scope is not Scope.OWN:
                raise BadParameter("include", _("The methods of child resellers answer without included records."))
            if name not in self.shape.relations:
                names = ", ".join(self.shape.relations)
                raise BadParameter("include", _("Include some of: %(names)s.") % {"names": names})


def _yes(request: Request, name: str) -> bool:
    text = request.query_params.get(name, "false")
    if text not in ("true", "false"):
        raise BadParameter(name, _("Give “true” or “false”."))
    return text == "true"
