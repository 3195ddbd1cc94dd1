"""What one record of a difference says."""

from api.serializers.differences import DIFFERENCE
from subscriptions.models import Difference
from tests.api.conftest import World


def test_a_difference_tells_both_sides(world: World) -> None:
    row = world.accounts["north"].differences.get()
    record = DIFFERENCE.record(DIFFERENCE.read(Difference.objects.all()).get(pk=row.pk))["attributes"]
    assert (record["kind"], record["ours"], record["theirs"], record["settled"]) == ("quantity", "5", "8", "")
    assert record["subscription_id"] == row.subscription_id
