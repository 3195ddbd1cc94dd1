"""What the workers are given."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from brokerage.celery import app
from core.lists.export import KEPT, file_path
from core.lists.models import ListExport
from core.lists.tasks import forget_old_exports, write_export
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_folder(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def waiting() -> ListExport:
    return ListExport.objects.create(
        user=accounts.manager(), listing="operator.subscriptions", format="csv", columns=["name"], language="en",
        query="?sort=name",
    )  # fmt: skip


def test_the_worker_writes_the_export_that_it_is_given_and_no_other() -> None:
    for name in ("b", "a"):
        rows.subscription(name=name)
    export, other = waiting(), waiting()
    write_export.apply(kwargs={"export_id": export.pk}).get()
    export.refresh_from_db()
    other.refresh_from_db()
    assert (export.state, export.rows_written, other.state) == ("ready", 2, "waiting")
    assert file_path(export).read_text("utf-8-sig").split() == ["Name", "a", "b"]
    assert export.finished_at <= timezone.now()


def test_an_export_that_is_gone_fails_aloud() -> None:
    with pytest.raises(ListExport.DoesNotExist):
        write_export.apply(kwargs={"export_id": 1}).get()


def test_what_nobody_fetched_for_long_is_forgotten() -> None:
    old, new = waiting(), waiting()
    ListExport.objects.filter(pk=old.pk).update(created_at=timezone.now() - KEPT - timedelta(minutes=1))
    ListExport.objects.filter(pk=new.pk).update(created_at=timezone.now() - KEPT + timedelta(minutes=1))
    forget_old_exports.apply().get()
    assert list(ListExport.objects.all()) == [new]


def test_forgetting_is_on_the_schedule() -> None:
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert forget_old_exports.name in scheduled
