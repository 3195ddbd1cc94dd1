"""Money that was set aside: put on the balance of an account, or noted as paid back."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import AccountStatus
from accounts.queries import accounts_visible_to
from billing.models import Payment, PaymentStatus
from billing.parking import reassign_money, return_money
from billing.queries import payments_visible_to
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import money_text
from core.panel.page import Crumb, Page
from core.panel.quantities import whole_number
from operator_panel.choosing import choose_account
from operator_panel.doors import requires
from subscriptions.told.preview import Preview, carried_out, preview
from subscriptions.told.showing import shown_of_books

ACCOUNT = "account"


@requires("payments.approve")
def payment_reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the money on the balance of an account of the same reseller and currency."""
    found = _set_aside(request, pk)
    page = _page(found, _("Put on a balance"))
    if request.method != "POST" and ACCOUNT not in request.GET:
        return _choose(request, found, page)
    today = timezone.localdate()
    amount = money_text(found.amount, found.currency)

    def verb(answers: dict[str, Any]) -> Payment:
        return reassign_money(actor=request.actor, payment=found, account=answers["account"], today=today)

    def words(answers: dict[str, Any], seen: Preview) -> Shown:
        question = _("Put %(amount)s on the balance of %(account)s?")
        return shown_of_books(
            seen,
            question=question % {"amount": amount, "account": answers["account"]},
            submit=_("Put %(amount)s on the balance") % {"amount": amount},
            currency=found.currency,
            today=today,
            left=seen.after.available,
        )

    def show(answers: dict[str, Any]) -> Shown:
        return words(answers, preview(lambda: verb(answers), account=answers["account"], today=today))

    def carry_out(answers: dict[str, Any]) -> Done:
        seen = carried_out(lambda: verb(answers), account=answers["account"], today=today)
        said = _("%(amount)s are on the balance of %(account)s.") % {"amount": amount, "account": answers["account"]}
        return Done(said, reverse("operator:payment", args=[seen.result.pk]), shown=words(answers, seen))

    operation = Operation(
        page=page,
        form=partial(_account_form, request, found),
        show=show,
        carry_out=carry_out,
        back=reverse("operator:payment", args=[pk]),
        ask=_("Next"),
    )
    return confirming(request, operation)


@requires("payments.approve")
def payment_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Note that the money has been paid back to who sent it."""
    found = _set_aside(request, pk)
    amount = money_text(found.amount, found.currency)

    def carry_out(_answers: dict[str, Any]) -> str:
        return_money(actor=request.actor, payment=found, today=timezone.localdate())
        return _("%(amount)s are noted as paid back.") % {"amount": amount}

    shown = Shown(
        question=_("Has %(amount)s been paid back to who sent it?") % {"amount": amount},
        text=_("This only notes it in the books: the bank transfer is made by hand."),
        submit=_("Note as paid back"),
        charges=None,
    )
    operation = Operation(
        page=_page(found, _("Paid back")),
        form=forms.Form,
        show=lambda _answers: shown,
        carry_out=carry_out,
        back=reverse("operator:payment", args=[pk]),
        ask=_("Check again"),
        danger=True,
    )
    return confirming(request, operation)


def _choose(request: HttpRequest, found: Payment, page: Page) -> HttpResponse:
    """Search for the account that has the money; the payer's own is offered first."""
    return choose_account(
        request,
        page=page,
        accounts=_accounts(request, found),
        leads_to=lambda account: f"{request.path}?{ACCOUNT}={account.pk}",
        first=found.account if found.account.status != AccountStatus.DELETED else None,
    )


def _accounts(request: HttpRequest, found: Payment) -> Any:
    """Return the accounts that may have the money: of the same reseller and currency, living."""
    accounts = accounts_visible_to(request.actor).filter(reseller=found.reseller_id, currency=found.currency)
    return accounts.exclude(status=AccountStatus.DELETED).select_related("account_class", "reseller")


def _account_form(request: HttpRequest, found: Payment, *args: Any) -> forms.Form:
    """Return the question for the account, answered by the one that was chosen by searching."""
    chosen = (request.POST if request.method == "POST" else request.GET).get(ACCOUNT, "")
    number = whole_number(chosen)
    built = forms.Form(*args, initial={ACCOUNT: number})
    built.fields[ACCOUNT] = forms.ModelChoiceField(
        _accounts(request, found).filter(pk=number), label=_("Account"), empty_label=None
    )
    return built


def _set_aside(request: HttpRequest, pk: int) -> Payment:
    """Return the payment of the address; who sent the form for one that went on meanwhile hears it from the verb."""
    seen = payments_visible_to(request.actor).select_related("account")
    states = (PaymentStatus.PARKED, PaymentStatus.RETURNED, PaymentStatus.REASSIGNED)
    return get_object_or_404(seen.filter(status__in=states), pk=pk)


def _page(found: Payment, title: str) -> Page:
    own = Crumb(found.number, reverse("operator:payment", args=[found.pk]))
    return Page(title=title, crumbs=(Crumb(_("Payments"), reverse("operator:payments")), own, Crumb(title)))
