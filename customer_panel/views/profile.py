"""The person's own page: name, phone, language, theme; the ways to password and second factor."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.profile import change_own_profile, choose_language_and_theme
from core.panel.page import Page
from core.versions import edited
from customer_panel.doors import requires
from customer_panel.forms.profile import ProfileForm


@requires("", own=True)
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what the person may change about oneself."""
    person = request.actor.user

    def build(*args: Any) -> ProfileForm:
        return ProfileForm(*args, initial={name: getattr(person, name) for name in ProfileForm.base_fields})

    came = edited(request, build, lambda given: _change(request, given), row=person)
    if came.url:
        return redirect(came.url)
    context = {"page": Page(title=str(person)), "person": person, "form": came.form}
    return render(request, "customer_panel/profile.html", context, status=came.status)


def _change(request: HttpRequest, given: dict[str, Any]) -> str:
    change_own_profile(actor=request.actor, values={"name": given["name"], "phone": given["phone"]})
    choose_language_and_theme(
        user=request.actor.user, language=given["language"], theme=given["theme"], letters=given["letters"]
    )
    messages.success(request, _("Your page is changed."))
    return reverse("customer:profile")
