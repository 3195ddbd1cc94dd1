"""The form behind an invitation's link, and what the forms of an account in both panels say alike."""

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


def name_company_or_person(form: forms.Form) -> forms.Form:
    """Return an account's form, its company name saying when it is needed: an account without any name is refused."""
    company = form.fields.get("primary_name")
    if company is not None and not company.required:
        company.needed_when = _("needed without a contact person")
    return form
