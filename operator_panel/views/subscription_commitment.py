"""What the vendor has bound a subscription to, and what each decision about it costs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from operator_panel.doors import requires
from operator_panel.views.subscriptions import one, page_of
from subscriptions.told.decisions import bound_of, units_thought_of


@requires("subscriptions.view")
def subscription_commitment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show term, windows and end as the vendor told them, and what keeping, lowering and cancelling cost."""
    found, actor = one(request, pk), request.actor
    # What a level pays is its own to see.
    own = actor.reseller is not None and actor.reseller.pk == found.plan.reseller_id
    context = {
        "page": page_of(actor, found, "subscription_commitment"),
        "subscription": found,
        "bounds": bound_of(actor, found, units=units_thought_of(request.GET), now=timezone.now(), costs=own),
        "costs": own,
    }
    return render(request, "operator_panel/subscription_commitment.html", context)
