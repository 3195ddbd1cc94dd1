"""Moves every stored vendor secret to the newest key of SECRETS_KEYS, after which older keys may be removed."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from vendors.models import VendorConnection, VendorOperation
from vendors.secrets import needs_rotation, rotate

COLUMNS = ((VendorConnection, "secrets"), (VendorOperation, "sealed"))


class Command(BaseCommand):
    help = "Encrypt every stored vendor secret with the newest key of SECRETS_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rotate row by row, each in a transaction of its own, so that workers are never held up."""
        moved = sum(self._rotated(model, column) for model, column in COLUMNS)
        self.stdout.write(f"{moved} secrets moved to the newest key.")

    def _rotated(self, model: type[VendorConnection] | type[VendorOperation], column: str) -> int:
        moved = 0
        for pk in model.objects.exclude(**{column: ""}).values_list("pk", flat=True).iterator():
            with transaction.atomic():
                row = model.objects.select_for_update().get(pk=pk)
                if needs_rotation(getattr(row, column)):
                    setattr(row, column, rotate(getattr(row, column)))
                    row.save(update_fields=[column])
                    moved += 1
        return moved
