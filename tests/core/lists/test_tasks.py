"""The hand-over of exports to the workers."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.actors import actor_of
from core.lists.export import LAST_ATTEMPT, asked_by, file_path, left_behind
from core.lists.models import ListExport
from core.lists.tasks import forget_old_exports, write_export
from core.only_one import lock_number
from notifications.models import Notification
from tests.core.test_only_one import end, other_session
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(settings: object, tmp_path: Path) -> ListExport:
    settings.MEDIA_ROOT = tmp_path
    rows.subscription()
    return ListExport.objects.create(
        **asked_by(actor_of(accounts.manager())),
        listing="operator.subscriptions",
        format="csv",
        columns=["id"],
        language="ru",
    )


def test_write_export_writes_the_file_in_the_language_of_its_person(export: ListExport) -> None:
    write_export(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.rows_written, file_path(export).exists()) == ("ready", 1, True)


def test_write_export_given_out_twice_leaves_one_file(export: ListExport) -> None:
    write_export(export_id=export.pk)
    write_export(export_id=export.pk)
    assert [path.name for path in file_path(export).parent.iterdir()] == [file_path(export).name]


def test_forget_old_exports_deletes_what_nobody_fetched(export: ListExport) -> None:
    write_export(export_id=export.pk)
    ListExport.objects.update(created_at=timezone.now() - timedelta(days=8))
    forget_old_exports()
    assert (ListExport.objects.count(), file_path(export).exists()) == (0, False)


def test_exports_that_a_lost_queue_or_a_killed_worker_left_are_carried_on(export: ListExport) -> None:
    """Seen before: an export whose message was lost waited for ever."""
    long_ago = timezone.now() - timedelta(seconds=61)
    for state in ("waiting", "running"):
        ListExport.objects.update(state=state)
        ListExport.objects.update(updated_at=long_ago)  # alone: a trigger keeps the moment of every other change
        ids = left_behind(now=timezone.now())
        assert ids == [export.pk]
        assert left_behind(now=timezone.now()) == []  # handed out a moment ago
        write_export(export_id=export.pk)
        export.refresh_from_db()
        assert export.state == "ready"
        ListExport.objects.update(updated_at=long_ago)
        assert left_behind(now=timezone.now()) == []


def test_one_worker_at_a_time_writes_an_export(export: ListExport) -> None:
    other = other_session()
    cursor = other.cursor()
    cursor.execute("SELECT pg_advisory_lock(%s)", [lock_number("list export", export.pk)])
    write_export(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("waiting", 0)
    end(other, lock_number("list export", export.pk))
    write_export(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.attempts) == ("ready", 1)


def test_an_export_that_kills_every_worker_is_given_up_and_its_person_is_told(export: ListExport) -> None:
    ListExport.objects.update(state="running", attempts=LAST_ATTEMPT)
    write_export(export_id=export.pk)
    export.refresh_from_db()
    assert (export.state, export.failure) == ("failed", "WorkerLost")
    [told] = Notification.objects.filter(user=export.user)
    assert (told.event, "WorkerLost" in told.body_text) == ("export_failed", True)
    write_export(export_id=export.pk)  # given out once more
    assert Notification.objects.count() == 1


def test_an_export_that_is_gone_is_no_error() -> None:
    write_export(export_id=0)
