"""A charge opened to its formula: why it is what it is, and the chain of splits that it belongs to."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.explanation import explain_charge
from billing.owed import explain_owed, waits_to_be_owed
from billing.queries import charges_visible_to, reseller_charges_visible_to
from core.panel.page import Crumb, Page, Status
from operator_panel.doors import requires


@requires("charges.view")
def charge(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a charge with its formula, and what resellers owe one another for it as far as the actor is one of them."""
    related = (
        "account",
        "subscription",
        "subscription_resource__plan_resource",
        "order",
        "parent",
        "price",
        "plan_price",
    )
    found = get_object_or_404(charges_visible_to(request.actor).select_related(*related), pk=pk)
    page = Page(
        title=_("Charge %(number)s") % {"number": found.pk},
        crumbs=(Crumb(_("Charges"), reverse("operator:charges")), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
    )
    owed = reseller_charges_visible_to(request.actor).filter(charge=found).order_by("pk")
    context = {
        "page": page,
        "charge": found,
        "explanation": explain_charge(found),
        "owed": explain_owed(owed.select_related("creditor", "debtor", "charge__subscription")),
        "will_be_owed": request.actor.may("reseller_charges.view") and waits_to_be_owed(found),
    }
    return render(request, "operator_panel/charge.html", context)
