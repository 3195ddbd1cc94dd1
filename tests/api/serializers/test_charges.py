"""The shape of a charge."""

import pytest

from api.serializers.charges import months_of
from billing.models import Charge
from core.period import Period
from tests.api.conftest import ORDERED


@pytest.mark.parametrize(
    ("days", "months"),
    [(Period(ORDERED, ORDERED.replace(day=21)), "0.033"), (Period(ORDERED, ORDERED.replace(day=30)), "0.333")],
)
def test_the_duration_is_in_months_to_three_places(days: Period, months: str) -> None:
    """G-D9: one day is 0.033."""
    charge = Charge(operate_from=days.start, operate_to=days.end, period_from=ORDERED, period_to=ORDERED)
    assert str(months_of(charge)) == months
