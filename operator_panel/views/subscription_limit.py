"""The credit limit of one postpay subscription: its own, or that of its account."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import refusal_of
from core.panel.confirming import Done
from core.panel.formats import money_text
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.views.subscription_operations import page_named
from operator_panel.views.subscriptions import one
from subscriptions.contract.confirming import inherited_limit
from subscriptions.models import Subscription
from subscriptions.people.limits import limit_subscription, may_limit


@requires("accounts.change")
def subscription_limit(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask how much the subscription may owe; nothing is as its account says."""
    found = one(request, pk)
    back = reverse("operator:subscription", args=[pk])

    def keep(answers: dict[str, Any]) -> Done:
        limit = answers["subscription_credit_limit"]
        limit_subscription(actor=request.actor, subscription=found, limit=limit, today=timezone.localdate())
        return Done(_("Saved."), back)

    inherited = inherited_limit(found)
    note = _("How much it may owe, in %(currency)s. Empty: as its account says, which is without a limit.")
    if inherited is not None:
        note = _("How much it may owe, in %(currency)s. Empty: as its account says, which is %(limit)s.")
    refusal = refusal_of(may_limit, found)
    if refusal is not None:
        note = str(refusal)
    words = {"currency": found.currency, "limit": money_text(inherited or 0, found.currency)}
    return editing(
        request,
        Editing(
            page=page_named(found, _("Credit limit")),
            form=form_of(Subscription, ("subscription_credit_limit",), row=found),
            keep=keep,
            back=back,
            submit=_("Save"),
            note=note if refusal is not None else note % words,
            row=found,
            read_only=refusal is not None,
        ),
    )
