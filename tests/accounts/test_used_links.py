"""What was kept of used links before they were masked is taken out once, by a migration."""

from importlib import import_module

import pghistory
import pytest
from axes.models import AccessLog
from django.db import connection
from pghistory.models import Context

from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def test_the_migration_takes_the_keys_out_and_leaves_the_rest():
    for url in ("/accounts/invitations/17:1hNd__Dy/", "/operator/accounts/17/change/"):
        with pghistory.context(url=url, user=5):
            make.manager().delete()
        AccessLog.objects.create(username="ann@example.com", path_info=url)
    migration = import_module("accounts.migrations.0002_used_links_are_forgotten").Migration
    with connection.schema_editor(atomic=False) as editor:
        for operation in migration.operations:
            operation.database_forwards("accounts", editor, None, None)
    masked = ["/accounts/invitations/***/", "/operator/accounts/17/change/"]
    assert list(AccessLog.objects.order_by("pk").values_list("path_info", flat=True)) == masked
    kept = [context.metadata for context in Context.objects.filter(metadata__user=5).order_by("created_at", "id")]
    assert sorted(kept, key=str) == [{"url": url, "user": 5} for url in masked]
