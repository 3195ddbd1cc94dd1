"""What is asked when the balance is topped up."""

from django import forms
from django.utils.translation import gettext_lazy as _

from core.fitting import MONEY


class TopUpForm(forms.Form):
    """The amount in the account's currency, and what it is for."""

    amount = forms.DecimalField(
        label=_("Amount"),
        max_digits=MONEY["max_digits"],
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "autocomplete": "off", "step": "any"}),
    )
    comment = forms.CharField(label=_("Purpose"), max_length=200, required=False)
