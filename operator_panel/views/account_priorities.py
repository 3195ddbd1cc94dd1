"""Which of an account's subscriptions goes first where the balance is short."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.views.accounts import crumbs_of, one
from subscriptions.told.turns_page import show_turns


@requires("subscriptions.change")
def account_priorities(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the order in which the night serves the account's subscriptions; keep another one."""
    found = one(request, pk)
    title = _("Who goes first")
    page = Page(title=title, crumbs=(*crumbs_of(found), Crumb(title)))
    back = reverse("operator:account", args=[pk])
    return show_turns(request, found, page=page, link="operator:subscription", back=back, today=timezone.localdate())
