"""What is asked before the units of a subscription change, and before it is stopped."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.panel.quantities import QuantitiesForm


class ChangeForm(QuantitiesForm):
    """New quantities, and whether a raise is paid from the balance at once. The hidden key makes a repeat one order."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pay_from_balance"] = forms.BooleanField(
            label=_("Pay from the balance at once"),
            help_text=_("Without it, added units are put into service when the payment for them has come."),
            required=False,
            initial=True,
        )
        self.fields["key"] = forms.CharField(max_length=40, initial=lambda: uuid4().hex, widget=forms.HiddenInput)


class StopForm(forms.Form):
    """Why the subscription is stopped."""

    comment = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
