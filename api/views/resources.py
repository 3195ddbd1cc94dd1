"""What every resource of the API has in common: who may ask, which records, filters, sorting, includes."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
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

OF_LISTS = {SIZE, NUMBER, AFTER, BEFORE, "sort"}


class ResourceViewSet(GenericViewSet):
    """A list and a record by id; `scope` says whether of the path's reseller or of all below it."""

    scope: Scope = Scope.OWN
    right: ClassVar[str]
    shape: ClassVar[Shape]
    filterset: ClassVar[type[FilterSet]]
    # Those of the set that the API offers: what has an index.
    filters: ClassVar[tuple[str, ...]]
    # What `sort` takes, and the column behind it; each has an index.
    sorts: ClassVar[dict[str, str]]
    # A list that is filtered by one of these is ordered by its column: the page then lies together in the index,
    # where in the order of ids the first match may be millions of rows away.
    natural: ClassVar[dict[str, str]]
    # How the rows that `include` names are read, in the same statement.
    paths: ClassVar[dict[str, str]]

    @abstractmethod
    def rows_visible_to(self, actor: Actor) -> QuerySet:
        """Return the rows of the resource that the actor sees."""

    @abstractmethod
    def with_what_is_shown(self, rows: QuerySet) -> QuerySet:
        """Return the rows with what the shape reads of other tables."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not use the API or see the resource, and what the method does not take."""
        super().initial(request, *args, **kwargs)
        self.actor: Actor = request.auth
        self.actor.require("api.use")
        self.actor.require(self.right)
        self.reseller = reseller_of_path(self.actor, kwargs["reseller_id"])
        self.included = [name for name in request.query_params.get("include", "").split(",") if name]
        self._refuse_unknown_parameters(request)

    def list(self, request: Request, **_path: int) -> Response:
        """Return a page of the records that the query string asks for."""
        pages = Pages(request, self.sorts, default=self._natural_order(request))
        scope = self._rows()
        found = filtered(scope, request.query_params, self.filterset, self.filters)
        rows = pages.rows(found, self._shown, scope=scope)
        return self._document([self.shape.record(row) for row in rows], rows, links=pages.links(), meta=pages.meta())

    def retrieve(self, _request: Request, *, pk: int, **_path: int) -> Response:
        """Return one record."""
        row = get_object_or_404(self._shown(self._rows()), pk=pk)
        return self._document(self.shape.record(row), [row])

    def _rows(self) -> QuerySet:
        return self.rows_visible_to(self.actor).filter(within(self.scope, self.reseller))

    def _shown(self, rows: QuerySet) -> QuerySet:
        rows = self.with_what_is_shown(rows)
        paths = [self.paths[name] for name in self.included]
        return rows.select_related(*paths) if paths else rows  # without a name Django would read every relation

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
        known = {"include"} | (OF_LISTS if self.action == "list" else set())
        for name in request.query_params:
            if name not in known and not (self.action == "list" and name.startswith("filter")):
                raise BadParameter(name, _("This method does not take such a parameter."))
        for name in self.included:
            if self.scope is not Scope.OWN:
                raise BadParameter("include", _("The methods of child resellers answer without included records."))
            if name not in self.shape.included:
                names = ", ".join(self.shape.included)
                raise BadParameter("include", _("Include some of: %(names)s.") % {"names": names})
