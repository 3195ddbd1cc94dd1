"""How many units may be had."""

import pytest

from subscriptions.models import ApplicationResource, PlanResource
from subscriptions.people.quantities import QuantityNotAllowed, check_quantity, checked_quantities, refuse_nothing


def _resource(key: str = "seats", *, vendor: dict | None = None, **bounds: object) -> PlanResource:
    sold = ApplicationResource(key=key, name=key.title(), **(vendor or {}))
    return PlanResource(pk=hash(key) % 1000, resource=sold, name=key.title(), **bounds)


@pytest.mark.parametrize(
    ("resource", "count", "sentence"),
    [
        (_resource(minimum=2), 1, "Seats: at least 2."),
        (_resource(limit=5), 6, "Seats: at most 5."),
        (_resource(vendor={"vendor_minimum": 3}), 2, "Seats: at least 3."),
        (_resource(limit=9, vendor={"vendor_maximum": 5}), 6, "Seats: at most 5."),
        (_resource(measurable=False), 2, "Seats: at most 1."),
        (_resource(), 1_000_001, "Seats: at most 1000000."),
    ],
)
def test_bounds_of_plan_and_vendor(resource: PlanResource, count: int, sentence: str) -> None:
    with pytest.raises(QuantityNotAllowed) as refusal:
        check_quantity(resource, count)
    assert (refusal.value.field, str(refusal.value)) == ("quantities.seats", sentence)


def test_none_of_a_resource_may_be_had_whatever_the_vendors_minimum() -> None:
    check_quantity(_resource(vendor={"vendor_minimum": 3}), 0)


def test_what_is_left_out_is_what_is_included_or_demanded() -> None:
    resources = [_resource(minimum=2), _resource("disks", included=10), _resource("boxes")]
    counts = checked_quantities(resources, {"boxes": 4})
    assert {resource.resource.key: count for resource, count in counts.items()} == {
        "seats": 2,
        "disks": 10,
        "boxes": 4,
    }


def test_nothing_at_all_is_refused() -> None:
    with pytest.raises(QuantityNotAllowed):
        refuse_nothing(checked_quantities([_resource()], {}))


def test_every_resource_out_of_bounds_is_named_at_once() -> None:
    with pytest.raises(QuantityNotAllowed) as refusal:
        checked_quantities([_resource(minimum=2), _resource("disks", limit=5)], {"seats": 1, "disks": 6, "boxes": 1})
    assert [(problem.field, problem.sentence) for problem in refusal.value.problems] == [
        ("quantities.boxes", "The plan has no resource “boxes”."),
        ("quantities.seats", "Seats: at least 2."),
        ("quantities.disks", "Disks: at most 5."),
    ]
