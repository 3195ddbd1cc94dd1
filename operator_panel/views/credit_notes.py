"""A credit note with its lines: the charges of an invoice that were taken back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.queries import credit_notes_visible_to
from core.panel.page import Crumb, Page
from operator_panel.doors import requires


@requires("invoices.view")
def credit_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a credit note."""
    visible = credit_notes_visible_to(request.actor).select_related("account", "invoice", "correction")
    found = get_object_or_404(visible, pk=pk)
    page = Page(
        title=_("Credit note %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Credit notes"), reverse("operator:credit_notes")), Crumb(found.number)),
    )
    lines = found.lines.select_related("line__charge").order_by("pk")
    return render(request, "operator_panel/credit_note.html", {"page": page, "credit_note": found, "lines": lines})
