"""The OpenAPI document: written from the shapes and filters that answer, in the JSON:API envelope they come in."""

from collections.abc import Collection
from typing import Any

import django_filters
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from api.filtering import parameter_name
from api.pagination import AFTER, BEFORE, DEFAULT_SIZE, LARGEST_NUMBER, LARGEST_SIZE, NUMBER, SIZE
from api.scopes import Scope
from api.serializers.shape import Shape, object_of
from api.views.resources import META
from core.lists.filters import PLAIN_DECIMAL

Json = dict[str, Any]
ERRORS = {
    "400": "A parameter cannot be used; the error names it.",
    "401": "The token is missing, unknown, or its manager is blocked.",
    "403": "The manager's role does not hold the right.",
    "404": "There is no such reseller or record in the part of the tree that the token sees.",
    "406": "The Accept header asks for something else than JSON.",
}
SORT_WORDS = "With - in front: downwards. By default: id, or the day or moment that is filtered by."
TEXT: Json = {"type": "string"}
NUMBER_OF_ROWS: Json = {"type": "integer", "minimum": 0}
LINK: Json = {"type": "string", "format": "uri", "nullable": True}


class Schema(AutoSchema):
    """One operation of the API: its parameters, its answers, and the errors that it documents."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Return what the query string takes."""
        parameters = []
        if self._is_list:
            parameters += [*_paging(), _sort(self.view.sorts), *_filters(self.view.filterset, self.view.filters)]
        if self.view.scope is Scope.OWN and self.view.shape.relations:
            names = ", ".join(self.view.shape.relations)
            parameters.append(OpenApiParameter("include", str, description=f"Comma list of: {names}."))
        if self.view.shape.meta:
            names = ", ".join(self.view.shape.meta)
            parameters.append(OpenApiParameter(META, bool, description=f"true: each record's meta, with {names}."))
        return parameters

    def get_tags(self) -> list[str]:
        """Return the resource that the operation belongs to."""
        return [self.view.shape.kind]

    def get_response_serializers(self) -> None:
        """Return none: answers are described by their shapes."""

    def get_request_serializer(self) -> None:
        """Return none: no method takes a body."""

    def _get_filter_parameters(self) -> list[Json]:
        return []

    def _get_pagination_parameters(self) -> list[Json]:
        return []

    def _get_response_bodies(self, *_direction: str) -> Json:
        content = self.map_renderers("media_type")
        answer = self._document_of_list() if self._is_list else self._document_of_record()
        bodies = {"200": _body(answer, content, self.get_description())}
        errors = self._component("Errors", _errors())
        bodies.update({status: _body(errors, content, text) for status, text in ERRORS.items()})
        return bodies

    @property
    def _is_list(self) -> bool:
        return self.view.action == "list"

    def _document_of_list(self) -> Json:
        paging = {
            "total": {"type": "integer"},
            "total_is_estimate": {"type": "boolean"},
            "page_size": {"type": "integer"},
        }
        members = {
            "links": object_of({"self": LINK, "first": LINK, "next": LINK, "prev": LINK}),
            "data": {"type": "array", "items": self._record(self.view.shape)},
            "meta": object_of({"pagination": object_of(paging)}),
        }
        return self._with_included(members)

    def _document_of_record(self) -> Json:
        return self._with_included({"data": self._record(self.view.shape)})

    def _with_included(self, members: Json) -> Json:
        document = object_of(members)
        if self.view.scope is Scope.OWN and self.view.shape.relations:
            shapes = {relation.shape.kind: relation.shape for relation in self.view.shape.relations.values()}
            kinds = [self._record(shape) for shape in shapes.values()]
            document["properties"]["included"] = {"type": "array", "items": {"oneOf": kinds}}
        return document

    def _record(self, shape: Shape) -> Json:
        """Return the record of the shape, registered under the name of its kind."""
        attributes = {name: attribute.schema for name, attribute in shape.attributes.items()}
        members = {"type": {"type": "string", "enum": [shape.kind]}, "id": TEXT, "attributes": object_of(attributes)}
        if shape.relations:
            members["relationships"] = object_of({name: one.schema for name, one in shape.relations.items()})
        schema = object_of(members)
        if shape.meta:  # only where it is asked for
            schema["properties"]["meta"] = object_of({name: one.schema for name, one in shape.meta.items()})
        return self._component(shape.kind.capitalize(), schema)

    def _component(self, name: str, schema: Json) -> Json:
        component = ResolvedComponent(name=name, type=ResolvedComponent.SCHEMA, schema=schema, object=name)
        self.registry.register_on_missing(component)
        return component.ref


def _errors() -> Json:
    source = {"type": "object", "properties": {"parameter": TEXT, "pointer": TEXT}, "additionalProperties": False}
    error = object_of({"status": TEXT, "code": TEXT, "title": TEXT, "detail": TEXT})
    error["properties"]["source"] = source
    return object_of({"errors": {"type": "array", "minItems": 1, "items": error}})


def _body(schema: Json, media_types: list[str], description: str) -> Json:
    return {"description": description, "content": {media_type: {"schema": schema} for media_type in media_types}}


def _paging() -> list[OpenApiParameter]:
    return [
        OpenApiParameter(SIZE, {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE, "default": DEFAULT_SIZE}),
        OpenApiParameter(
            NUMBER,
            {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER, "default": 1},
            description="The page by its number. Following `links.next` is faster for many pages.",
        ),
        OpenApiParameter(AFTER, str, description="A position: taken from `links.next`."),
        OpenApiParameter(BEFORE, str, description="A position: taken from `links.prev`."),
    ]


def _sort(sorts: dict[str, str]) -> OpenApiParameter:
    names = [sign + name for name in sorts for sign in ("", "-")]
    return OpenApiParameter(
        "sort",
        str,
        enum=names,
        description="With - in front: downwards. By default: id, or the day or moment that is filtered by.",
    )


def _filters(filterset: type[django_filters.FilterSet], offered: Collection[str]) -> list[OpenApiParameter]:
    return [
        OpenApiParameter(parameter_name(name), _shape(declared), description=_words(declared))
        for name, declared in filterset.base_filters.items()
        if name in offered
    ]


def _shape(declared: django_filters.Filter) -> Any:
    if isinstance(declared, django_filters.IsoDateTimeFilter):
        return OpenApiTypes.DATETIME
    if isinstance(declared, django_filters.DateFilter):
        return OpenApiTypes.DATE
    if isinstance(declared, django_filters.NumberFilter) and not isinstance(declared, django_filters.BaseCSVFilter):
        return {"type": "string", "pattern": f"^{PLAIN_DECIMAL}$"}
    return OpenApiTypes.STR


def _words(declared: django_filters.Filter) -> str:
    text = str(declared.label)
    if choices := declared.extra.get("choices"):
        text += ": " + ", ".join(value for value, _label in choices)
    if isinstance(declared, django_filters.BaseCSVFilter):
        text += " (several: separated by commas)"
    return text
