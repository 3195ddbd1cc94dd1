"""What the vendor has bound a customer's subscription to, and what each decision about it costs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from customer_panel.doors import requires
from customer_panel.views.subscriptions import one, page_of
from subscriptions.told.decisions import bound_of, units_thought_of


@requires("subscriptions.view")
def subscription_commitment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show term, windows and end as the vendor told them, and what keeping, lowering and cancelling cost."""
    found = one(request, pk)
    context = {
        "page": page_of(request.actor, found, "subscription_commitment"),
        "subscription": found,
        "bounds": bound_of(request.actor, found, units=units_thought_of(request.GET), now=timezone.now(), costs=False),
    }
    return render(request, "customer_panel/subscription_commitment.html", context)
