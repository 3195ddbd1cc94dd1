"""The customer's account: balance, contact person, contact information (CR-544)."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.registration import change_account, needed_of
from core.countries import country_name
from core.errors import Refused
from core.panel.page import Crumb, Page, Status
from core.panel.told import forget, remember, tell
from core.versions import edited
from customer_panel.doors import requires
from customer_panel.forms.account import AccountForm
from customer_panel.holds import hold_of


def needed_page(request: HttpRequest, refusals: Iterable[Refused]) -> str:
    """Return where exactly what a vendor demands of the account is asked for, and the way back here; "" for nothing."""
    needed = needed_of(refusals)
    if not needed or not request.actor.may("accounts.change"):
        return ""
    remember(request, request.actor.account.pk, refusals)
    return (
        f"{reverse('customer:account_edit')}?{urlencode({'need': needed, 'next': request.get_full_path()}, doseq=True)}"
    )


@requires("accounts.view")
def account(request: HttpRequest) -> HttpResponse:
    """Show the account; the balance stands on top for who may see money."""
    found = request.actor.account
    context = {
        "page": Page(title=found.name, status=Status(found.status, found.get_status_display())),
        "country": country_name(found.country),
        "edit": reverse("customer:account_edit") if request.actor.may("accounts.change") else "",
        **hold_of(request.actor, today=timezone.localdate()),
    }
    return render(request, "customer_panel/account.html", context)


@requires("accounts.change")
def account_edit(request: HttpRequest) -> HttpResponse:
    """Change the contact person and the contact information; go back to where the person came from."""
    found = request.actor.account
    back = _back(request)
    needed = [name for name in request.GET.getlist("need") if name in AccountForm.base_fields]

    def build(*args: Any) -> AccountForm:
        initial = {name: getattr(found, name) for name in AccountForm.base_fields}
        return tell(request, found.pk, AccountForm(*args, initial=initial, needed=needed))

    def keep(answers: dict[str, Any]) -> str:
        change_account(actor=request.actor, account=found, values=answers, today=timezone.localdate())
        forget(request)
        messages.success(request, _("The account is changed."))
        return back

    came = edited(request, build, keep, row=found)
    if came.url:
        return redirect(came.url)
    title = _("Edit")
    context = {
        "page": Page(
            title=title, crumbs=(Crumb(pgettext("own", "Account"), reverse("customer:account")), Crumb(title))
        ),
        "form": came.form,
        "needed": needed,
        "submit": _("Save"),
        "cancel": back,
    }
    return render(request, "customer_panel/account_edit.html", context, status=came.status)


def _back(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("customer:account")
