"""What every resource of the API has in common: who may ask, which records, filters, sorting, includes."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework.mixins import ListModelMixin, RetrieveModelMixin
from rest_framework.request import Request
from rest_framework.viewsets import GenericViewSet

from accounts.actors import Actor
from api.errors import BadParameter
from api.filtering import filtered
from api.pagination import AFTER, BEFORE, NUMBER, SIZE
from api.scopes import Scope, reseller_of_path, within

ALWAYS = {"include", "fields"}
OF_LISTS = {SIZE, NUMBER, AFTER, BEFORE, "sort"}


class ResourceViewSet(ListModelMixin, RetrieveModelMixin, GenericViewSet):
    """A list and a record by id; `scope` says whether of the path's reseller or of all below it."""

    scope: Scope = Scope.OWN
    right: ClassVar[str]
    filterset: ClassVar[type[FilterSet]]
    # What `sort` takes, and the column behind it; each has an index.
    sorts: ClassVar[dict[str, str]]
    # What `include` takes in the own methods, and how it is read without another statement per row.
    includes: ClassVar[dict[str, str]]

    def rows_visible_to(self, actor: Actor) -> QuerySet:
        """Return the rows of the resource that the actor sees; a subclass names its query."""
        raise NotImplementedError

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse who may not use the API or see the resource, and what the method does not take."""
        super().initial(request, *args, **kwargs)
        self.actor: Actor = request.auth
        self.actor.require("api.use")
        self.actor.require(self.right)
        self.reseller = reseller_of_path(self.actor, kwargs["reseller_id"])
        self._refuse_unknown_parameters(request)

    def get_queryset(self) -> QuerySet:
        """Return the visible rows of the scope, with what the answer shows of other tables beside them."""
        rows = self.rows_visible_to(self.actor).filter(within(self.scope, self.reseller))
        return rows.select_related(*self.beside(), *(self.includes[name] for name in self._included()))

    def beside(self) -> tuple[str, ...]:
        """Return the relations that every row of the answer needs."""
        return ()

    def filter_queryset(self, queryset: QuerySet) -> QuerySet:
        """Return the rows that the query string asks for; a record by id is not filtered."""
        return filtered(queryset, self.request.query_params, self.filterset) if self.action == "list" else queryset

    def _included(self) -> list[str]:
        text = self.request.query_params.get("include", "")
        return [name for name in text.split(",") if name]

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = ALWAYS | (OF_LISTS if self.action == "list" else set())
        for name in request.query_params:
            if name in known or name.startswith("fields["):
                continue
            if not (self.action == "list" and name.startswith("filter")):
                raise BadParameter(name, _("This method does not take such a parameter."))
        for name in self._included():
            if self.scope is not Scope.OWN:
                raise BadParameter("include", _("The methods of child resellers answer without included records."))
            if name not in self.includes:
                raise BadParameter("include", _("Include some of: %(names)s.") % {"names": ", ".join(self.includes)})
