"""What one reseller owes the one above it, and what a reseller's margin is: each level sees its own two sides."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.owed import explain_owed
from billing.queries import reseller_charges_visible_to
from core.panel.page import Button, Crumb, Page
from operator_panel.doors import requires
from subscriptions.told.margins import margins_of


@requires("reseller_charges.view")
def reseller_charge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a reseller charge with its formula."""
    related = ("account", "subscription", "creditor", "debtor", "charge__subscription")
    found = get_object_or_404(reseller_charges_visible_to(request.actor).select_related(*related), pk=pk)
    page = Page(
        title=_("Reseller charge %(number)s") % {"number": found.pk},
        crumbs=(Crumb(_("Reseller charges"), reverse("operator:reseller_charges")), Crumb(found.pk)),
    )
    sees = {"reseller": request.actor.may("resellers.view"), "charge": request.actor.may("charges.view")}
    (explanation,) = explain_owed([found])
    context = {"page": page, "owed": found, "explanation": explanation, "sees": sees}
    return render(request, "operator_panel/reseller_charge.html", context)


@requires("reseller_charges.view")
def margins(request: HttpRequest) -> HttpResponse:
    """Show what one's own reseller earned, what it owes for that, and what is left: by month and plan."""
    ahead = Button(_("Forecast"), reverse("operator:margin_forecast"))
    losing = Button(_("Below cost"), reverse("operator:below_cost"))
    page = Page(title=_("Margins"), crumbs=(), buttons=(ahead, losing))
    months = margins_of(request.actor, today=timezone.localdate())
    return render(request, "operator_panel/margins.html", {"page": page, "months": months})
