"""The months to come: of an account, and of one's own reseller."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.views.accounts import one, page_of
from subscriptions.told.forecast import forecast_of
from subscriptions.told.margin_forecast import margin_forecast


@requires("charges.view")
def account_forecast(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the next twelve months bring an account: charged, needed, left, and what would fall short when."""
    found = one(request, pk)
    context = {"page": page_of(request.actor, found, "account_forecast"), "account": found}
    try:
        context["forecast"] = forecast_of(found, timezone.localdate())
    except Refused as no:
        context["refused"] = str(no)
    if request.actor.may("subscriptions.view"):
        context["subscription_page"] = "operator:subscription"
    return render(request, "operator_panel/account_forecast.html", context)


@requires("reseller_charges.view")
def margin_forecast_page(request: HttpRequest) -> HttpResponse:
    """Show what the next twelve months bring one's own reseller where everything is paid, by currency."""
    page = Page(title=_("Forecast of margins"), crumbs=(Crumb(_("Margins"), reverse("operator:margins")),))
    found = margin_forecast(request.actor, timezone.localdate())
    currencies = [
        (currency, [(month, months[month]) for month in found.months], found.used.get(currency))
        for currency, months in sorted(found.sums.items())
    ] if found else []  # fmt: skip
    context = {"page": page, "currencies": currencies, "left_out": found.left_out if found else 0}
    return render(request, "operator_panel/margin_forecast.html", context)
