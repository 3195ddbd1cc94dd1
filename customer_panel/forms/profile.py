"""What a person changes about oneself."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProfileForm(forms.Form):
    """Name, phone, and how the panel looks to this person."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"autocomplete": "tel"})
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(
        label=_("Theme"),
        choices=[("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))],
        widget=forms.RadioSelect,
    )
    letters = forms.BooleanField(
        label=_("Letters about services"),
        required=False,
        help_text=_("Whether what you asked for is done is mailed to you too. The panel shows every message anyway."),
    )
