"""A customer's calendar of windows and renewals."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core.lists.views import show_list
from core.panel.page import Page
from customer_panel.doors import requires
from customer_panel.lists.calendar import CALENDAR


@requires("subscriptions.view")
def calendar(request: HttpRequest) -> HttpResponse:
    """List until when something can be decided, and what is renewed when, the soonest first."""
    return show_list(request, CALENDAR, page=Page(title=_("Windows and renewals")))
