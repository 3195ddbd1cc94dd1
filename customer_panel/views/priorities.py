"""Which subscription goes first where the balance is short: the customer chooses."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.page import Crumb, Page
from customer_panel.doors import requires
from subscriptions.told.turns_page import show_turns


@requires("subscriptions.change")
def subscription_priorities(request: HttpRequest) -> HttpResponse:
    """Show the order in which the night serves the account's subscriptions; keep another one."""
    title, back = _("Who goes first"), reverse("customer:subscriptions")
    page = Page(title=title, crumbs=(Crumb(_("Subscriptions"), back), Crumb(title)))
    return show_turns(
        request, request.actor.account, page=page, link="customer:subscription", back=back, today=timezone.localdate()
    )
