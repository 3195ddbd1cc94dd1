"""The nightly task over connections."""

from vendors.models import ConnectionState, VendorConnection
from vendors.tasks import check_connections


def test_check_connections_reports_how_many_work(example: VendorConnection) -> None:
    assert check_connections() == 0
    VendorConnection.objects.update(state=ConnectionState.GRANTED)
    assert check_connections() == 1
    example.refresh_from_db()
    assert example.last_check_at is not None
