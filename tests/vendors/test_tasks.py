"""The nightly tasks over connections and their journal."""

from datetime import timedelta

from django.utils import timezone
from pytest_django.fixtures import Settings

from vendors.models import ConnectionState, VendorConnection, VendorExchange
from vendors.tasks import check_connections, forget_old_exchanges


def test_check_connections_reports_how_many_work(example: VendorConnection) -> None:
    assert check_connections() == 0
    VendorConnection.objects.update(state=ConnectionState.GRANTED)
    assert check_connections() == 1
    example.refresh_from_db()
    assert example.last_check_at is not None


def test_forget_old_exchanges_asks_the_settings_how_old(db: None, settings: Settings) -> None:
    assert settings.VENDOR_JOURNAL_DAYS == 180
    settings.VENDOR_JOURNAL_DAYS = 7
    for age in (6, 8, 181):
        at = timezone.now() - timedelta(days=age)
        VendorExchange.objects.create(at=at, method="GET", url="http://x.example/", milliseconds=1)
    assert forget_old_exchanges() == 2
    assert VendorExchange.objects.count() == 1
