"""A form that asks for units of some resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms


@dataclass(frozen=True)
class Asked:
    """A resource to ask for: the key that quantities go by, its name, what stands in the box, the bounds, a help."""

    key: str
    name: Any
    initial: int = 0
    minimum: int = 0
    maximum: int | None = None
    help: Any = ""


class QuantitiesForm(forms.Form):
    """One whole number a resource; a refusal of "quantities.seats" lands at the field of that name."""

    def __init__(self, *args: Any, resources: Sequence[Asked], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for resource in resources:
            self.fields[f"quantities.{resource.key}"] = forms.IntegerField(
                label=resource.name,
                initial=resource.initial,
                min_value=resource.minimum,
                max_value=resource.maximum,
                help_text=resource.help,
                widget=forms.NumberInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
            )

    @staticmethod
    def quantities(cleaned: dict[str, Any]) -> dict[str, int]:
        """Return the units by key."""
        prefix = "quantities."
        return {name.removeprefix(prefix): value for name, value in cleaned.items() if name.startswith(prefix)}
