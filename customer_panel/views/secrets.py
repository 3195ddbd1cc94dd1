"""What a vendor told once of a service, for example the administrator's first password: shown once."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.page import Crumb, Page
from customer_panel.doors import requires
from customer_panel.services import FactShown, portal_of, secret_label
from customer_panel.views.subscriptions import one
from subscriptions.models import Subscription, SubscriptionSecret
from subscriptions.people.revealing import keep_secrets, lasting, reveal_secret
from subscriptions.queries import operations_for, secrets_visible_to

KEPT = "kept"


@requires("subscriptions.change")
def subscription_secrets(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what the vendor told once, to one person, until that person has kept it; who has seen it is written down.

    Opening the address shows what this person has asked for before (a reload, the way back) and nothing new.
    """
    found = one(request, pk)
    back = redirect("customer:subscription", pk=found.pk)
    secrets = secrets_visible_to(request.actor).filter(subscription=found)
    if KEPT in request.POST:
        keep_secrets(actor=request.actor, subscription=found, now=timezone.now())
        messages.success(request, _("The first sign-in is yours alone now: it is not shown again."))
        return back
    if request.method != "POST":
        return _shown(request, found) if _to_show(request, found).exists() else back
    try:
        told = [reveal_secret(actor=request.actor, secret=secret, now=timezone.now()) for secret in secrets]
    except Refused as refusal:
        messages.error(request, str(refusal))
        return back
    if not told:
        messages.error(request, _("Nothing is left to be shown. Set a new password at the vendor."))
        return back
    return redirect("customer:subscription_secrets", pk=found.pk)


def _to_show(request: HttpRequest, found: Subscription) -> QuerySet[SubscriptionSecret]:
    """Return what this person has asked for before, and what is shown whenever somebody asks."""
    shown = Q(shown_at__isnull=False) | Q(key__in=lasting(found))
    return secrets_visible_to(request.actor).filter(shown, subscription=found)


def _shown(request: HttpRequest, found: Subscription) -> HttpResponse:
    secrets = list(_to_show(request, found))
    told = [
        FactShown(
            secret_label(found, secret.key), reveal_secret(actor=request.actor, secret=secret, now=timezone.now())
        )
        for secret in secrets
    ]
    once = [secret for secret in secrets if secret.key not in lasting(found)]
    title = _("First sign-in") if once else _("Access data")
    back = reverse("customer:subscription", args=[found.pk])
    crumbs = (Crumb(_("Subscriptions"), reverse("customer:subscriptions")), Crumb(found.name, back), Crumb(title))
    context = {
        "page": Page(title=title, crumbs=crumbs),
        "told": told,
        "notes": [note for operation in operations_for(found) for note in operation.notes],
        "portal": portal_of(found),
        "kept": KEPT if once else "",
    }
    return render(request, "customer_panel/secrets.html", context)
