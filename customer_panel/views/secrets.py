"""What a vendor told once of a service, for example the administrator's first password: shown once."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import Refused
from core.panel.page import Crumb, Page
from customer_panel.doors import requires
from customer_panel.services import FactShown, secret_label
from customer_panel.views.subscriptions import one
from subscriptions.queries import operations_for, secrets_visible_to
from subscriptions.revealing import reveal_secret


@require_POST
@requires("subscriptions.change")
def subscription_secrets(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the vendor told once, and never again; who has seen it is written down."""
    found = one(request, pk)
    waiting = secrets_visible_to(request.actor).filter(subscription=found, shown_at=None).order_by("pk")
    now = timezone.now()
    try:
        told = [
            FactShown(secret_label(secret.key), reveal_secret(actor=request.actor, secret=secret, now=now))
            for secret in waiting
        ]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("customer:subscription", pk=found.pk)
    if not told:
        messages.error(request, _("Nothing is left to be shown. Set a new password at the vendor."))
        return redirect("customer:subscription", pk=found.pk)
    title = _("First sign-in")
    back = reverse("customer:subscription", args=[found.pk])
    context = {
        "page": Page(
            title=title,
            crumbs=(
                Crumb(_("Subscriptions"), reverse("customer:subscriptions")),
                Crumb(found.name, back),
                Crumb(title),
            ),
        ),
        "told": told,
        "notes": [note for operation in operations_for(found) for note in operation.notes],
        "back": back,
    }
    return render(request, "customer_panel/secrets.html", context)
