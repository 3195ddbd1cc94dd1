"""Time-zone data: new enough, of the package, and zones compared by what they mean."""

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest

from brokerage.health import tz_release

DECEMBER = datetime(2026, 12, 15, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "hours"), [("America/Vancouver", -7), ("America/Winnipeg", -5), ("Africa/Casablanca", 0)]
)
def test_time_zone_data_know_the_changes_of_2026(zone, hours):
    """Seen before: Vancouver -08:00, Winnipeg -06:00, Casablanca +01:00 from the system's 2025b."""
    assert DECEMBER.astimezone(zoneinfo.ZoneInfo(zone)).utcoffset() == timedelta(hours=hours)


def test_the_data_are_the_packages_and_their_release_is_told():
    assert zoneinfo.TZPATH == ()
    assert tz_release() >= "2026.6"


@pytest.mark.parametrize(
    ("one", "other"), [("Europe/Kiev", "Europe/Kyiv"), ("America/Godthab", "America/Nuuk"), ("EET", "Europe/Athens")]
)
def test_zones_are_equal_by_what_they_mean(one, other):
    """By link, not by spelling: a day is cut alike under both names."""
    moments = [DECEMBER + timedelta(days=30 * month) for month in range(13)]
    cut = [[moment.astimezone(zoneinfo.ZoneInfo(name)).date() for moment in moments] for name in (one, other)]
    offsets = [[moment.astimezone(zoneinfo.ZoneInfo(name)).utcoffset() for moment in moments] for name in (one, other)]
    assert cut[0] == cut[1]
    assert offsets[0] == offsets[1]
