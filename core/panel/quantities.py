"""A form that asks for units of some resources."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

# The part of an address that says which plan's period is switched to.
SWITCH_TO = "to"


def whole_number(given: str) -> int:
    """Return the number of a row that stands in an address; 0, which no row has, for anything else."""
    return int(given) if given.isascii() and given.isdigit() and len(given) <= 18 else 0


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

    def take_key_and_payment(self, help_text: Any, *, postpay: bool) -> None:
        """Ask whether it is paid from the balance, and take a hidden key that makes a repeat one order.

        In postpay nothing is paid, and nothing asked.
        """
        self.fields["pay_from_balance"] = forms.BooleanField(
            label=_("Pay from the balance at once"), help_text=help_text, required=False, initial=not postpay
        )
        if postpay:
            self.fields["pay_from_balance"].widget = forms.HiddenInput()
        self.fields["key"] = forms.CharField(max_length=40, initial=lambda: uuid4().hex, widget=forms.HiddenInput)

    @staticmethod
    def quantities(cleaned: dict[str, Any]) -> dict[str, int]:
        """Return the units by key."""
        prefix = "quantities."
        return {name.removeprefix(prefix): value for name, value in cleaned.items() if name.startswith(prefix)}


class ChangeForm(QuantitiesForm):
    """New quantities, and whether a raise is paid from the balance at once."""

    def __init__(self, *args: Any, postpay: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take_key_and_payment(
            _("Without it, added units are put into service when the payment for them has come."), postpay=postpay
        )


class RenewalForm(QuantitiesForm):
    """The units of the term to come, and whether what is due of it is paid from the balance at once."""

    def __init__(self, *args: Any, postpay: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take_key_and_payment(
            _("Without it, the renewal waits until the payment for it has come."), postpay=postpay
        )


class SwitchForm(QuantitiesForm):
    """The units of another plan, and whether what is due of it is paid from the balance at once."""

    def __init__(self, *args: Any, postpay: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.take_key_and_payment(
            _("Without it, the plan is switched when the payment for it has come."), postpay=postpay
        )


class AutoRenewalForm(forms.Form):
    """Whether a subscription renews itself."""

    on = forms.BooleanField(
        label=_("Renew by itself at the end"),
        help_text=_("What the next term costs is taken from the balance, if it suffices; else it waits to be paid."),
        required=False,
    )

    def __init__(self, *args: Any, postpay: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if postpay:
            self.fields["on"].help_text = _("What the next term costs is owed then, within the credit limit.")


class EndOfTermForm(forms.Form):
    """What comes after the term that a vendor binds us to."""

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at_end"] = forms.ChoiceField(
            label=_("At the end of the vendor's term"), choices=choices, widget=forms.RadioSelect
        )
