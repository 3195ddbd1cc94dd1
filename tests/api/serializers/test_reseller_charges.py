"""What one record of a reseller charge says, and what it keeps to itself."""

from api.serializers.reseller_charges import RESELLER_CHARGE
from tests.api.conftest import World


def test_a_record_tells_what_is_owed_and_nothing_of_what_it_costs_the_creditor(world: World) -> None:
    charge = world.charges["north"]
    found = RESELLER_CHARGE.read(type(charge.reseller_charges.get()).objects.all(), include=[], meta=False)
    record = RESELLER_CHARGE.record(found.get(charge=charge), meta=False)["attributes"]
    assert (record["charge_id"], record["reseller_id"]) == (charge.pk, world.north.pk)
    assert (record["upstream_reseller_id"], record["amount"], record["duration"]) == (world.operator.pk, "7.74", 0.4)
    assert not any("cost" in name for name in record)
