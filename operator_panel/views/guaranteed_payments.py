"""A guaranteed payment: given to a chosen account for some days, and revoked before they are over."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import AccountStatus
from accounts.queries import accounts_visible_to
from billing.guarantees import give_guarantee, may_revoke, revoke_guarantee
from billing.models import GuaranteedPayment
from billing.queries import guarantees_visible_to
from core.errors import allowed
from core.fitting import MONEY
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import money_text
from core.panel.page import Crumb, Page, Status
from operator_panel.around import able, log_page, tabs_of
from operator_panel.choosing import choose_account
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.views.accounts import crumbs_of
from operator_panel.views.accounts import one as one_account
from subscriptions.told.preview import Preview, carried_out, preview
from subscriptions.told.showing import shown_of_books

TABS = (
    ("guaranteed_payment", gettext_lazy("General"), "guarantees.view"),
    ("guaranteed_payment_log", gettext_lazy("Log"), "log.view"),
)
# What is offered first: the account has two weeks to pay.
OFFERED = timedelta(days=14)


def _one(request: HttpRequest, pk: int) -> GuaranteedPayment:
    related = ("account__account_class", "account__reseller", "created_by", "revoked_by")
    return get_object_or_404(guarantees_visible_to(request.actor).select_related(*related), pk=pk)


@requires("guarantees.view")
def guaranteed_payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a guaranteed payment."""
    found = _one(request, pk)
    context = {"page": _page_of(request.actor, found, "guaranteed_payment"), "guarantee": found}
    return render(request, "operator_panel/guaranteed_payment.html", context)


@requires("log.view")
def guaranteed_payment_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the guaranteed payment."""
    found = _one(request, pk)
    return log_page(request, _page_of(request.actor, found, "guaranteed_payment_log"), found)


@requires("guarantees.create")
def guaranteed_payment_create(request: HttpRequest) -> HttpResponse:
    """Search for the account that gets the credit; its page asks for the amount and the days."""
    title = _("Create a guaranteed payment")
    crumb = Crumb(_("Guaranteed payments"), reverse("operator:guaranteed_payments"))
    return choose_account(
        request,
        page=Page(title=title, crumbs=(crumb, Crumb(title))),
        accounts=accounts_visible_to(request.actor).exclude(status=AccountStatus.DELETED),
        leads_to=lambda account: reverse("operator:account_guarantee", args=[account.pk]),
    )


@requires("guarantees.create")
def account_guarantee(request: HttpRequest, pk: int) -> HttpResponse:
    """Put money on the account's balance that has not come yet."""
    found = one_account(request, pk)
    today = timezone.localdate()

    def keep(answers: dict[str, Any]) -> Done:
        given = give_guarantee(
            actor=request.actor,
            account=found,
            amount=answers["amount"],
            expires_on=answers["expires_on"],
            reason=answers["reason"],
            today=today,
        )
        said = _("%(amount)s are on the balance until the money comes.")
        amount = money_text(given.amount, given.currency)
        return Done(said % {"amount": amount}, reverse("operator:guaranteed_payment", args=[given.pk]))

    amount = forms.DecimalField(
        label=_("Total, %(currency)s") % {"currency": found.currency}, max_digits=MONEY["max_digits"]
    )
    expires_on = forms.DateField(
        label=_("Expiration date"),
        initial=today + OFFERED,
        help_text=_("In the night of this day the money is taken from the balance again, unless it has come."),
    )
    title = _("Give a guaranteed payment")
    form = form_of(GuaranteedPayment, ("amount", "expires_on", "reason"), amount=amount, expires_on=expires_on)
    edit = Editing(
        page=Page(title=title, crumbs=(*crumbs_of(found), Crumb(title))),
        form=form,
        keep=keep,
        back=reverse("operator:account", args=[pk]),
        submit=_("Put it on the balance"),
    )
    return editing(request, edit)


@requires("guarantees.create")
def guaranteed_payment_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the money from the balance, having shown what is available then."""
    found = _one(request, pk)
    today = timezone.localdate()

    def verb() -> GuaranteedPayment:
        return revoke_guarantee(actor=request.actor, guarantee=found, today=today)

    def words(seen: Preview) -> Shown:
        amount = money_text(found.amount, found.currency)
        return shown_of_books(
            seen,
            question=_("Take the guaranteed %(amount)s from the balance of %(account)s?")
            % {"amount": amount, "account": found.account},
            submit=_("Revoke %(amount)s") % {"amount": amount},
            currency=found.currency,
            today=today,
            left=seen.after.available,
        )

    def carry_out(_answers: dict[str, Any]) -> Done:
        seen = carried_out(verb, account=found.account, today=today)
        return Done(_("Guaranteed payment %(number)s is revoked.") % {"number": found.number}, shown=words(seen))

    own = Crumb(found.number, reverse("operator:guaranteed_payment", args=[found.pk]))
    title = _("Revoke")
    operation = Operation(
        page=Page(
            title=title,
            crumbs=(Crumb(_("Guaranteed payments"), reverse("operator:guaranteed_payments")), own, Crumb(title)),
        ),
        form=forms.Form,
        show=lambda _answers: words(preview(verb, account=found.account, today=today)),
        carry_out=carry_out,
        back=reverse("operator:guaranteed_payment", args=[pk]),
        ask=_("Check again"),
        danger=True,
    )
    return confirming(request, operation)


def _page_of(actor: Actor, found: GuaranteedPayment, active: str) -> Page:
    offered = (("guaranteed_payment_revoke", _("Revoke"), "guarantees.create", allowed(may_revoke, found)),)
    return Page(
        title=_("Guaranteed payment %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Guaranteed payments"), reverse("operator:guaranteed_payments")), Crumb(found.number)),
        status=Status(found.status, found.get_status_display()),
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )
