"""The own profile of a manager: name, language and theme, password and second factor, API tokens."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.api_tokens import api_tokens_of
from accounts.models import User
from accounts.profile import change_own_profile, choose_language_and_theme
from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of


@requires("")
def profile(request: HttpRequest) -> HttpResponse:
    """Show the own profile."""
    context = {
        "page": Page(title=_("My profile")),
        "person": request.actor.user,
        "may_use_api": request.actor.may("api.use"),
        "tokens": api_tokens_of(request.actor),
        "now": timezone.now(),
    }
    return render(request, "operator_panel/profile.html", context)


@requires("")
def profile_change(request: HttpRequest) -> HttpResponse:
    """Change the own name and phone."""

    def keep(answers: dict[str, Any]) -> Done:
        change_own_profile(actor=request.actor, values=answers)
        return Done(_("Saved."), back)

    back = reverse("operator:profile")
    form = form_of(User, ("name", "phone"), row=request.actor.user)
    return editing(
        request,
        Editing(page=_page(_("Edit")), form=form, keep=keep, back=back, submit=_("Save"), row=request.actor.user),
    )


@requires("")
def profile_look(request: HttpRequest) -> HttpResponse:
    """Choose the language and the theme of the panel, and whether messages about services are mailed."""
    user = request.actor.user

    def keep(answers: dict[str, Any]) -> Done:
        choose_language_and_theme(user=user, **answers)
        return Done(_("Saved."), back)

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args, initial={name: getattr(user, name) for name in ("language", "theme", "letters")})
        built.fields["language"] = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
        themes = (("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))
        built.fields["theme"] = forms.ChoiceField(label=_("Theme"), choices=themes)
        built.fields["letters"] = forms.BooleanField(
            label=_("Letters about services"),
            required=False,
            help_text=_(
                "Whether what you asked for is done is mailed to you too. The panel shows every message anyway."
            ),
        )
        return built

    back = reverse("operator:profile")
    page = _page(_("Language, theme, letters"))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), row=user))


def _page(title: str) -> Page:
    return Page(title=title, crumbs=(Crumb(_("My profile"), reverse("operator:profile")), Crumb(title)))
