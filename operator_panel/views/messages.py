"""What a manager was told: by letters as well, or in the panel only."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.panel.page import Crumb, Page
from notifications.reading import read_messages
from operator_panel.doors import requires


@requires("")
def messages(request: HttpRequest) -> HttpResponse:
    """Show every message of the person, the newest first."""
    title = _("Messages")
    context = {
        "page": Page(title=title, crumbs=(Crumb(_("Home"), reverse("operator:home")), Crumb(title))),
        "news": read_messages(actor=request.actor, page=request.GET.get("page"), now=timezone.now()),
        "empty": _("What happens to accounts, services and money that you look after is told here."),
    }
    return render(request, "components/messages_page.html", context)
