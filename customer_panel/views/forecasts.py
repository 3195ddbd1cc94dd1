"""The months to come of the account: what will be charged and asked for, and what would fall short when."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.page import Page
from customer_panel.doors import requires
from subscriptions.told.forecast import forecast_of


@requires("charges.view")
def forecast(request: HttpRequest) -> HttpResponse:
    """Show what the next twelve months bring the account."""
    context = {"page": Page(title=_("Forecast")), "subscription_page": "customer:subscription"}
    try:
        context["forecast"] = forecast_of(request.actor.account, timezone.localdate())
    except Refused as no:
        context["refused"] = str(no)
    return render(request, "customer_panel/forecast.html", context)
