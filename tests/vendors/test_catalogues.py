"""Catalogues that take longer to list than a person waits: kept, read by workers, and anew before they are too old."""

from datetime import datetime, timedelta

import pytest
from pytest_django.fixtures import Settings

from accounts.actors import Actor
from sandbox.microsoft import Microsoft
from tests.vendors.consenting import consent
from vendors import catalogues, questions
from vendors.models import VendorConnection, VendorExchange
from vendors.questions import VendorUnavailable
from vendors.tasks import read_catalogue


@pytest.fixture
def granted(admin: Actor, office365: VendorConnection, now: datetime) -> VendorConnection:
    return consent(admin, office365, now)


def test_long_catalogue_is_kept_by_its_country(granted: VendorConnection, now: datetime) -> None:
    first = questions.catalogue(granted, now=now)
    calls = VendorExchange.objects.count()
    assert questions.catalogue(granted, now=now) == first
    assert VendorExchange.objects.count() == calls
    granted.settings = {**granted.settings, "country": "DE"}
    assert catalogues.kept(granted) is None


def test_what_takes_longer_than_a_person_waits_is_left_to_a_worker(
    granted: VendorConnection, now: datetime, settings: Settings
) -> None:
    settings.VENDOR_PERSON_SECONDS = 0
    with pytest.raises(VendorUnavailable) as refusal:
        questions.catalogue(granted, now=now)
    assert (refusal.value.code, "Open this page again" in str(refusal.value)) == ("being_read", True)
    read_catalogue(connection_id=granted.pk)
    assert len(questions.catalogue(granted, now=now)) > 20


def test_a_vendor_that_is_silent_is_said_to_be_and_read_once_more(
    granted: VendorConnection, microsoft: Microsoft, now: datetime, settings: Settings
) -> None:
    settings.VENDOR_PERSON_SECONDS = 0
    microsoft.fail("error_before", path=r"/products$", times=50)
    read_catalogue(connection_id=granted.pk)
    with pytest.raises(VendorUnavailable) as refusal:
        questions.catalogue(granted, now=now)
    assert refusal.value.code == "being_read", "a worker is asked to read it once more"
    assert "could not be read on" in str(refusal.value)
    assert "It is read once more now" in str(refusal.value)
    microsoft.heal()
    read_catalogue(connection_id=granted.pk)
    assert catalogues.trouble(granted) is None
    assert len(questions.catalogue(granted, now=now)) > 20


def test_night_reads_old_ones_anew_and_leaves_what_nobody_has_opened(
    granted: VendorConnection, microsoft: Microsoft, now: datetime
) -> None:
    assert catalogues.read_old_ones(now=now) == 0
    before = questions.catalogue(granted, now=now)
    assert catalogues.read_old_ones(now=now + timedelta(days=4)) == 0
    microsoft.behave(legacy_offers_until="2020-01-01")
    assert catalogues.read_old_ones(now=now + timedelta(days=5)) == 1
    assert 0 < len(questions.catalogue(granted, now=now)) < len(before)
    microsoft.fail("error_before", path=r"/products$", times=50)
    assert catalogues.read_old_ones(now=now + timedelta(days=11)) == 0
    read_catalogue(connection_id=granted.pk)
    assert catalogues.kept(granted) is not None
    read_catalogue(connection_id=0)
