"""Who is invited to the account, and what a user may do."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import AccessLevel

# Owner is not among them: an account has one, who passes the ownership on.
INVITED = [(level.value, level.label) for level in (AccessLevel.USER, AccessLevel.ADMIN)]


class InvitationForm(forms.Form):
    """E-mail addresses separated by spaces, commas or semicolons, and one access level for all of them."""

    emails = forms.CharField(
        label=_("E-mail addresses"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Several are separated by a space, a comma or a semicolon."),
    )
    access_level = forms.ChoiceField(
        label=_("Access level"),
        choices=INVITED,
        initial=AccessLevel.USER,
        widget=forms.RadioSelect,
        help_text=_("A User sees the services; an Admin also orders, pays and manages users."),
    )

    def clean_emails(self) -> list[str]:
        """Return the addresses one by one."""
        return [word for word in re.split(r"[\s,;]+", self.cleaned_data["emails"]) if word]


class LevelForm(forms.Form):
    """Another access level for a user."""

    access_level = forms.ChoiceField(label=_("Access level"), choices=AccessLevel.choices)
