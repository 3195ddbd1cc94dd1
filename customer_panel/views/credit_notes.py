"""The account's credit notes, each with its lines."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.queries import credit_notes_visible_to
from core.lists.views import show_list
from core.panel.page import Crumb, Page
from customer_panel.doors import requires
from customer_panel.lists.credit_notes import CREDIT_NOTES


@requires("invoices.view")
def credit_notes(request: HttpRequest) -> HttpResponse:
    """List the account's credit notes."""
    return show_list(request, CREDIT_NOTES, page=Page(title=_("Credit notes")))


@requires("invoices.view")
def credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one credit note with its lines."""
    found = get_object_or_404(credit_notes_visible_to(request.actor).select_related("invoice"), pk=pk)
    page = Page(
        title=_("Credit note %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Credit notes"), reverse("customer:credit_notes")), Crumb(found.number)),
    )
    lines = found.lines.select_related("line__charge").order_by("pk")
    return render(request, "customer_panel/credit_note.html", {"page": page, "credit_note": found, "lines": lines})
