"""Every shape of the API, those beside other records too: read from columns that there are, null where these are."""

from collections.abc import Iterator

import pytest
from django.db.models import Field, Model

from api.serializers.shape import LOOKUP, Shape
from api.urls import RESOURCES


def shapes() -> Iterator[tuple[Shape, type[Model]]]:
    """Yield every shape that the API answers with, and the rows that it is read from."""
    waiting = [(viewset.shape, viewset.filterset._meta.model) for viewset in RESOURCES.values()]
    seen = set()
    while waiting:
        shape, model = waiting.pop()
        if id(shape) in seen:
            continue
        seen.add(id(shape))
        yield shape, model
        waiting += [(one.shape, fields_at(model, one.path)[-1].related_model) for one in shape.relations.values()]


def fields_at(model: type[Model], path: str) -> list[Field]:
    """Return the columns that a path leads over. Raises FieldDoesNotExist for one that there is not."""
    fields: list[Field] = []
    for name in path.replace(".", LOOKUP).split(LOOKUP):
        owner = fields[-1].related_model if fields else model
        fields.append(owner._meta.get_field(name))
    return fields


SHAPES = list(shapes())


@pytest.mark.parametrize(("shape", "model"), SHAPES, ids=[shape.kind for shape, _model in SHAPES])
def test_what_may_be_empty_is_declared_so(shape: Shape, model: type[Model]) -> None:
    """A client that was told of no null meets none: attributes and relations, on every column of the way."""
    for name, attribute in {**shape.attributes, **shape.meta}.items():
        if attribute.schema["type"] != "object" and attribute.paths:
            empty = any(field.null for field in fields_at(model, attribute.paths[0]))
            assert not empty or attribute.schema.get("nullable"), name
        for path in attribute.paths:
            assert fields_at(model, path), name
    for name, relation in shape.relations.items():
        assert relation.nullable == any(field.null for field in fields_at(model, relation.path)), name


def test_no_kind_is_described_twice() -> None:
    kinds = [shape.kind for shape, _model in SHAPES]
    assert sorted(kinds) == sorted(set(kinds))
    assert set(RESOURCES) <= set(kinds)


@pytest.mark.parametrize("name", RESOURCES)
def test_a_resource_is_of_the_kind_of_its_address(name: str) -> None:
    assert RESOURCES[name].shape.kind == name
