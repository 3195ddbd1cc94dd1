"""The statement of new charges names columns that the rows have."""

from billing.charge_rows import ADD_CHARGES, ARRAYS, NEW_CHARGE
from billing.models import Charge


def test_every_column_is_one_of_a_charge_and_asked_for_once() -> None:
    columns = {field.column for field in Charge._meta.concrete_fields}
    assert set(NEW_CHARGE) <= columns
    assert ADD_CHARGES.count("%s") == len(NEW_CHARGE)
    assert set(ARRAYS) <= set(NEW_CHARGE)
