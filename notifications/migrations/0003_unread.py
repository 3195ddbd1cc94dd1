"""The index by which a page counts what its reader has not seen yet."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("notifications", "0002_read_in_the_panel")]

    operations = [
        AddIndexConcurrently(
            model_name="notification",
            index=models.Index(fields=["user"], condition=models.Q(read_at=None), name="notification_unread"),
        ),
    ]
