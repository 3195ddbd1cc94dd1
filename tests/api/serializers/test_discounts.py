"""What one record of a discount says."""

from api.serializers.discounts import DISCOUNT
from subscriptions.models import Discount
from tests.api.conftest import World


def test_a_discount_tells_its_percentage_and_its_days(world: World) -> None:
    row = world.north.discounts.get()
    record = DISCOUNT.record(DISCOUNT.read(Discount.objects.all()).get(pk=row.pk))["attributes"]
    assert (record["discount_type"], record["code"], record["active"]) == ("promo_code", "NORTH-CODE", True)
    assert (float(record["percent"]), record["valid_until"]) == (float(row.percent), None)
