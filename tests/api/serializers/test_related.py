"""The short shapes beside other records."""

import pytest

from accounts.models import Account, Reseller
from api.serializers.related import ACCOUNT, PLAN, RESELLER, SUBSCRIPTION
from api.serializers.shape import Shape
from subscriptions.models import Plan, Subscription

SHAPES = [(RESELLER, Reseller), (ACCOUNT, Account), (PLAN, Plan), (SUBSCRIPTION, Subscription)]


@pytest.mark.parametrize(("shape", "model"), SHAPES, ids=[shape.kind for shape, _model in SHAPES])
def test_every_attribute_is_read_from_the_row_itself(shape: Shape, model: type) -> None:
    columns = {field.attname for field in model._meta.concrete_fields}
    assert set(shape.attributes) <= columns


def test_no_kind_is_described_twice() -> None:
    assert len({shape.kind for shape, _model in SHAPES}) == len(SHAPES)
