"""A certificate that runs out is told of in time, once for each step and each certificate."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.models import Notification
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401 - fixtures
from vendors.expiring import warn_of_certificates
from vendors.models import VendorConnection
from vendors.tasks import check_connections

pytestmark = pytest.mark.django_db
UNTIL = datetime(2027, 3, 31, 12, tzinfo=UTC)


def letters() -> list[str]:
    return list(Notification.objects.filter(event="certificate_expires").values_list("subject", flat=True))


def test_the_operator_is_told_in_time_and_not_every_night(example: VendorConnection) -> None:  # noqa: F811 - imported fixture
    VendorConnection.objects.update(certificate_expires_at=UNTIL)
    told = []
    for days in range(40, -3, -1):
        warn_of_certificates(now=UNTIL - timedelta(days=days))
        told.append((days, len(letters())))
    steps = [days for (days, number), (_day, before) in zip(told[1:], told, strict=False) if number > before]
    assert steps == [30, 14, 3, 0]
    assert "31 Mar 2027" in letters()[0]
    VendorConnection.objects.update(certificate_expires_at=UNTIL + timedelta(days=365))
    assert warn_of_certificates(now=UNTIL) == 0


def test_the_nightly_check_tells(example: VendorConnection) -> None:  # noqa: F811 - imported fixture
    VendorConnection.objects.update(certificate_expires_at=datetime.now(UTC) + timedelta(days=5))
    check_connections()
    assert len(letters()) == 1
