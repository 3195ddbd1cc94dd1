"""The form behind an invitation's link."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AcceptanceForm(forms.Form):
    """What a person new to the platform enters: a name and a password, typed twice."""

    name = forms.CharField(label=_("Your name"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least ten characters that nobody guesses."),
    )
    repeated = forms.CharField(
        label=_("The password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, object]:
        """Refuse two different passwords."""
        entered = super().clean() or {}
        if "password" in entered and "repeated" in entered and entered["password"] != entered["repeated"]:
            self.add_error("repeated", _("The two passwords differ. Type the same one twice."))
        return entered
