"""The two moments that every row of the platform carries, kept by the database so that bulk writes keep them too."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from core.fitting import Fitting


class Timestamped(Fitting):
    """A row that knows when it was created and last changed (aware moments, set by PostgreSQL's clock)."""

    created_at = models.DateTimeField(db_default=Now(), editable=False)
    updated_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        abstract = True
        # A trigger rather than auto_now: QuerySet.update and bulk statements pass by Python's save().
        triggers = [
            pgtrigger.Trigger(
                name="touch_updated_at",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["updated_at"]),
                func="NEW.updated_at = statement_timestamp(); RETURN NEW;",
            )
        ]
