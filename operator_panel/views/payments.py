"""A payment: approved once the money has come, or cancelled; and the creation of a top-up for a chosen account."""

from dataclasses import replace
from datetime import date
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
from billing.funds import UNPAID
from billing.models import Payment, PaymentMethod, PaymentStatus
from billing.payments import cancel_payment, complete_payment, may_cancel, may_complete
from billing.queries import payments_visible_to, taxes_of
from core.errors import allowed
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import day_text, money_text
from core.panel.page import Crumb, Page, Status
from operator_panel.around import able, log_page, tabs_of
from operator_panel.choosing import choose_account
from operator_panel.doors import requires
from subscriptions.told.preview import Preview, carried_out, preview
from subscriptions.told.showing import shown_of_books

TABS = (
    ("payment", gettext_lazy("General"), "payments.view"),
    ("payment_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> Payment:
    """Return the payment of the address. Raises Http404 for one that the actor does not see."""
    related = (
        "account__account_class",
        "account__reseller",
        "order__subscription",
        "created_by",
        "approved_by",
        "came_from",
    )
    return get_object_or_404(payments_visible_to(request.actor).select_related(*related), pk=pk)


@requires("payments.view")
def payment(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a payment."""
    found = one(request, pk)
    context = {"page": page_of(request.actor, found, "payment"), "payment": found, "taxes": taxes_of(found)}
    return render(request, "operator_panel/payment.html", context)


@requires("log.view")
def payment_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the payment."""
    found = one(request, pk)
    return log_page(request, page_of(request.actor, found, "payment_log"), found)


@requires("payments.create")
def payment_create(request: HttpRequest) -> HttpResponse:
    """Search for the account whose balance is topped up; its page asks for the amount."""
    title = _("Create a payment")
    return choose_account(
        request,
        page=Page(title=title, crumbs=(Crumb(_("Payments"), reverse("operator:payments")), Crumb(title))),
        accounts=accounts_visible_to(request.actor).exclude(status=AccountStatus.DELETED),
        leads_to=lambda account: reverse("operator:account_top_up", args=[account.pk]),
    )


@requires("payments.approve")
def payment_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the money as received: ask how it came, show what follows, put it on the balance."""
    found = one(request, pk)
    today = timezone.localdate()

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args)
        built.fields["method"] = forms.ChoiceField(
            label=_("Payment method"),
            choices=PaymentMethod.choices,
            initial=found.method or PaymentMethod.BANK_TRANSFER,
        )
        return built

    def verb(answers: dict[str, Any]) -> Payment:
        return complete_payment(actor=request.actor, payment=found, today=today, method=answers["method"])

    def show(answers: dict[str, Any]) -> Shown:
        return _shown(found, preview(lambda: verb(answers), account=found.account, today=today), today)

    def carry_out(answers: dict[str, Any]) -> Done:
        seen = carried_out(lambda: verb(answers), account=found.account, today=today)
        said = _("Payment %(number)s is completed.")
        if seen.result.status == PaymentStatus.PARKED:
            said = _("The money of payment %(number)s is set aside.")
        return Done(said % {"number": seen.result.number}, shown=_shown(found, seen, today))

    return confirming(
        request,
        Operation(
            page=_page(found, _("Approve payment")),
            form=form,
            show=show,
            carry_out=carry_out,
            back=reverse("operator:payment", args=[pk]),
            ask=_("Next"),
            facts=_facts(found),
        ),
    )


def _shown(found: Payment, seen: Preview, today: date) -> Shown:
    """Return what the confirmation of a payment says: what the order's charges become, what is available then."""
    amount = money_text(found.amount, found.currency)
    if seen.result.status == PaymentStatus.PARKED:
        return Shown(
            question=_("Has %(amount)s come in? Nobody waits for it any more.") % {"amount": amount},
            text=_(
                "The money is set aside, on nobody's balance. Afterwards it is put on the balance of an account, or "
                "noted as paid back."
            ),
            submit=_("Set %(amount)s aside") % {"amount": amount},
            charges=None,
        )
    question = _("Has %(amount)s come in? It goes to the balance of %(account)s.")
    shown = shown_of_books(
        seen,
        question=question % {"amount": amount, "account": found.account},
        submit=_("Approve, put %(amount)s on the balance") % {"amount": money_text(found.net, found.currency)},
        currency=found.currency,
        today=today,
        left=seen.after.available,
    )
    said = []
    if found.order:
        said.append(_("The order %(order)s is carried out at once.") % {"order": found.order})
    if found.tax:
        tax = money_text(found.tax, found.currency)
        said.append(_("%(tax)s of it is tax: it goes to the book of taxes, not to the balance.") % {"tax": tax})
    return replace(shown, text="\n".join(said)) if said else shown


def _facts(found: Payment) -> list[tuple[object, object, str]]:
    """Return who pays, how much and what for: what is compared with the bank's statement first."""
    order = found.order
    facts: list[tuple[object, object, str]] = [
        (_("Account"), f"{found.account} ({found.account_id})", reverse("operator:account", args=[found.account_id])),
        (_("Total"), money_text(found.amount, found.currency), ""),
        (_("Payment number"), found.number, reverse("operator:payment", args=[found.pk])),
        (_("Due date"), day_text(found.due_on), ""),
    ]
    if order is not None:
        facts.append((_("Order"), f"{order}: {order.subscription}", reverse("operator:order", args=[order.pk])))
    if found.comment:
        facts.append((_("Comment"), found.comment, ""))
    return facts


@requires("payments.cancel")
def payment_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Cancel a waiting top-up."""
    found = one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        gone = cancel_payment(actor=request.actor, payment=found, today=timezone.localdate())
        return _("Payment %(number)s is cancelled.") % {"number": gone.number}

    question = _("Cancel the payment %(number)s? Nobody is asked for this money any more.") % {"number": found.number}
    operation = Operation(
        page=_page(found, _("Cancel the payment")),
        form=forms.Form,
        show=lambda _answers: Shown(question=question, submit=_("Cancel the payment"), charges=None),
        carry_out=carry_out,
        back=reverse("operator:payment", args=[pk]),
        ask=_("Check again"),
        danger=True,
        facts=_facts(found),
    )
    return confirming(request, operation)


def page_of(actor: Actor, found: Payment, active: str) -> Page:
    """Return what stands around every page of one payment."""
    can_come, waiting = allowed(may_complete, found), found.status in UNPAID
    offered = (
        ("payment_approve", _("Approve"), "payments.approve", can_come and waiting),
        ("payment_approve", _("The money came after all"), "payments.approve", can_come and not waiting),
        ("payment_reassign", _("Put on a balance"), "payments.approve", found.status == PaymentStatus.PARKED),
        ("payment_return", _("Paid back"), "payments.approve", found.status == PaymentStatus.PARKED),
        ("payment_cancel", _("Cancel the payment"), "payments.cancel", allowed(may_cancel, found)),
    )
    return Page(
        title=_("Payment %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Payments"), reverse("operator:payments")), Crumb(found.number)),
        status=Status(found.status, found.get_status_display()),
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


def _page(found: Payment, title: str) -> Page:
    own = Crumb(found.number, reverse("operator:payment", args=[found.pk]))
    return Page(title=title, crumbs=(Crumb(_("Payments"), reverse("operator:payments")), own, Crumb(title)))
