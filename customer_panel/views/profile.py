"""The person's own page: name, phone, language, theme; the ways to password and second factor."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.profile import change_own_profile, choose_language_and_theme
from core.errors import Refused
from core.panel.confirming import put_refusal
from core.panel.page import Page
from customer_panel.doors import requires
from customer_panel.forms.profile import ProfileForm


@requires("", own=True)
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change what the person may change about oneself."""
    person = request.actor.user
    form = ProfileForm(request.POST or None, initial={name: getattr(person, name) for name in ProfileForm.base_fields})
    if request.method == "POST" and form.is_valid():
        try:
            _change(request, form)
        except Refused as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("Your page is changed."))
            return redirect("customer:profile")
    context = {"page": Page(title=str(person)), "person": person, "form": form}
    return render(request, "customer_panel/profile.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, form: ProfileForm) -> None:
    given = form.cleaned_data
    change_own_profile(actor=request.actor, values={"name": given["name"], "phone": given["phone"]})
    choose_language_and_theme(user=request.actor.user, language=given["language"], theme=given["theme"])
