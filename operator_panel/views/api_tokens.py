"""A manager's own API tokens: made with scopes and an end, shown once, revoked."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.api_tokens import api_tokens_of, create_api_token, revoke_api_token
from accounts.models import TokenScope
from accounts.proof import asks_again
from core.errors import Refused
from core.panel.confirming import Operation, Shown, confirming, put_refusal
from core.panel.once import once
from core.panel.page import Crumb, Page
from operator_panel.doors import requires


@requires("api.use")
@asks_again
def profile_token_new(request: HttpRequest) -> HttpResponse:
    """Make a new API token and show it once."""
    form = _form(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            return _made(request, form.cleaned_data)
        except Refused as refusal:
            put_refusal(form, refusal)
    context = {
        "page": _page(_("New API token")),
        "form": form,
        "submit": _("Make the token"),
        "cancel": reverse("operator:profile"),
    }
    return render(request, "components/questions.html", context, status=422 if form.is_bound else 200)


def _made(request: HttpRequest, answers: dict[str, Any]) -> HttpResponse:
    """Show the new token; a repetition of the form finds it made, and not shown again."""
    shown: dict[str, Any] = {}

    def make() -> str:
        shown["row"], shown["token"] = create_api_token(
            actor=request.actor,
            name=answers["name"],
            scopes=answers["scopes"],
            expires_at=_end_of(answers["expires_on"]),
            now=timezone.now(),
        )
        return reverse("operator:profile")

    address = once(request, make)
    if not shown:
        return redirect(address)
    return render(request, "operator_panel/profile_token.html", {"page": _page(_("API token")), **shown})


@requires("api.use")
def profile_token_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke one of the own tokens; programs that use it are refused from then on."""
    row = get_object_or_404(api_tokens_of(request.actor), pk=pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        revoke_api_token(actor=request.actor, token=row, now=timezone.now())
        return _("The token is revoked.")

    def show(_answers: dict[str, Any]) -> Shown:
        question = _("Revoke the token “%(name)s”? Programs that use it are refused at once.") % {"name": row.name}
        return Shown(question=question, submit=_("Revoke"), charges=None)

    operation = Operation(
        page=_page(_("Revoke a token")),
        form=forms.Form,
        show=show,
        carry_out=carry_out,
        back=reverse("operator:profile"),
        ask=_("Revoke"),
        danger=True,
    )
    return confirming(request, operation)


def _form(data: Any) -> forms.Form:
    last = timezone.localdate() + timedelta(days=settings.API_TOKEN_DAYS - 1)
    form = forms.Form(data, initial={"scopes": [TokenScope.READ], "expires_on": last})
    form.fields["name"] = forms.CharField(
        label=pgettext("token", "Name"), max_length=100, help_text=_("For example the program that uses the token.")
    )
    form.fields["scopes"] = forms.MultipleChoiceField(
        label=_("What it may do, as far as your role allows it"),
        choices=TokenScope.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    form.fields["expires_on"] = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    return form


def _end_of(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def _page(title: str) -> Page:
    return Page(title=title, crumbs=(Crumb(_("My profile"), reverse("operator:profile")), Crumb(title)))
