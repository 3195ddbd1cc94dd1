"""The hand-over of exports to the workers."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from core.lists.export import file_path
from core.lists.models import ListExport
from core.lists.tasks import forget_old_exports, write_export
from tests.factories import accounts
from tests.operator_panel.lists import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def export(settings: object, tmp_path: Path) -> ListExport:
    settings.MEDIA_ROOT = tmp_path
    rows.subscription()
    return ListExport.objects.create(
        user=accounts.manager(), listing="operator.subscriptions", format="csv", columns=["id"], language="ru"
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
