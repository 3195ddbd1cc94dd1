"""What a template says: the type of licence, and the zone of the vendor's day."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from vendors.base import Effective
from vendors.eset.licences import FULL, TRIAL
from vendors.eset.options import FIELDS, ZONES, kind_of, rule_of


def test_licences_are_full_unless_the_template_says_trial() -> None:
    assert [kind_of(options) for options in ({}, {"licence": "full"}, {"licence": "trial"})] == [FULL, FULL, TRIAL]
    assert [field.default for field in FIELDS] == ["full", "Europe/Bratislava"]


def test_units_change_once_a_day_of_the_settable_zone_and_from_the_next_day_on() -> None:
    rule = rule_of({})
    assert (rule.a_day, rule.raise_from, rule.lower_from) == (1, Effective.NEXT_DAY, Effective.NEXT_DAY)
    late = datetime(2026, 11, 29, 23, 30, tzinfo=UTC)
    assert rule.day_begins(late) == datetime(2026, 11, 30, tzinfo=ZoneInfo("Europe/Bratislava"))
    assert rule_of({"zone": "UTC"}).day_begins(late).date().isoformat() == "2026-11-29"


@pytest.mark.parametrize("zone", [zone for zone, _label in ZONES])
def test_every_choice_is_a_zone(zone: str) -> None:
    assert rule_of({"zone": zone}).zone == zone
