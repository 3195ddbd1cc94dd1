"""What is asked before a subscription is stopped."""

from django import forms
from django.utils.translation import gettext_lazy as _


class StopForm(forms.Form):
    """Why the subscription is stopped."""

    comment = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
