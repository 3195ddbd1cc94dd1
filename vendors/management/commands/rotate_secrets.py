"""Moves every stored secret (vendors', people's second factors) to the newest key; older keys may go then."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.management.base import BaseCommand
from django.db import models, transaction

from core.secrets import needs_rotation, rotate


class Command(BaseCommand):
    help = "Encrypt every stored secret with the newest key of SECRETS_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rotate row by row, each in a transaction of its own, so that workers are never held up."""
        # A model says itself which of its columns are encrypted: floors above this one have some too.
        sealed = [(model, column) for model in apps.get_models() for column in getattr(model, "sealed_columns", ())]
        moved = sum(self._rotated(model, column) for model, column in sealed)
        moved += self._second_factors_rotated()
        self.stdout.write(f"{moved} secrets moved to the newest key.")

    def _rotated(self, model: type[models.Model], column: str) -> int:
        moved = 0
        for pk in model._default_manager.exclude(**{column: ""}).values_list("pk", flat=True).iterator():
            with transaction.atomic():
                row = model._default_manager.select_for_update().get(pk=pk)
                if needs_rotation(getattr(row, column)):
                    setattr(row, column, rotate(getattr(row, column)))
                    row.save(update_fields=[column])
                    moved += 1
        return moved

    def _second_factors_rotated(self) -> int:
        moved = 0
        for pk in Authenticator.objects.values_list("pk", flat=True).iterator():
            with transaction.atomic():
                row = Authenticator.objects.select_for_update().get(pk=pk)
                sealed = {name: rotate(value) for name, value in row.data.items() if _is_sealed(name, value)}
                if sealed != {name: row.data[name] for name in sealed}:
                    row.data |= sealed
                    row.save(update_fields=["data"])
                    moved += 1
        return moved


def _is_sealed(name: str, value: Any) -> bool:
    """Return whether a member of an authenticator's data is one that accounts/second_factor.py encrypted."""
    return name in ("secret", "seed") and isinstance(value, str)
