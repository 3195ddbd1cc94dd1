"""A correction: asked for on a chosen account, approved by somebody else, or declined."""

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
from billing.corrections import approve_correction, ask_correction, decline_correction, may_approve
from billing.models import Correction, CorrectionStatus
from billing.queries import corrections_visible_to
from core.errors import allowed
from core.fitting import MONEY
from core.lists.paging import LARGEST_ID
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
    ("correction", gettext_lazy("General"), "corrections.view"),
    ("correction_log", gettext_lazy("Log"), "log.view"),
)


def _one(request: HttpRequest, pk: int) -> Correction:
    related = ("account__account_class", "account__reseller", "created_by", "decided_by", "credit_note")
    return get_object_or_404(corrections_visible_to(request.actor).select_related(*related), pk=pk)


@requires("corrections.view")
def correction(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a correction."""
    found = _one(request, pk)
    context = {"page": _page_of(request.actor, found, "correction"), "correction": found}
    return render(request, "operator_panel/correction.html", context)


@requires("log.view")
def correction_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the correction."""
    found = _one(request, pk)
    return log_page(request, _page_of(request.actor, found, "correction_log"), found)


@requires("corrections.create")
def correction_create(request: HttpRequest) -> HttpResponse:
    """Search for the account whose balance is to be corrected; its page asks for the amount."""
    title = _("Create a correction")
    return choose_account(
        request,
        page=Page(title=title, crumbs=(Crumb(_("Corrections"), reverse("operator:corrections")), Crumb(title))),
        accounts=accounts_visible_to(request.actor).exclude(status=AccountStatus.DELETED),
        leads_to=lambda account: reverse("operator:account_correct", args=[account.pk]),
    )


@requires("corrections.create")
def account_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a correction of the account's balance; nothing moves until somebody else approves it."""
    found = one_account(request, pk)

    def keep(answers: dict[str, Any]) -> Done:
        asked = ask_correction(
            actor=request.actor,
            account=found,
            amount=answers["amount"],
            reason=answers["reason"],
            today=timezone.localdate(),
            charge_id=answers["charge"],
        )
        said = _("Correction %(number)s waits for somebody else to approve it.") % {"number": asked.number}
        return Done(said, reverse("operator:correction", args=[asked.pk]))

    amount = forms.DecimalField(
        label=_("Total, %(currency)s") % {"currency": found.currency},
        max_digits=MONEY["max_digits"],
        help_text=_("Less than zero takes from the balance."),
    )
    named = request.GET.get("charge", "")
    charge = forms.IntegerField(
        label=_("Gives back of the charge (ID)"),
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        initial=named if named.isascii() and named.isdecimal() else None,
        help_text=_("Of a charge on an invoice: a credit note is made, and taxes added to it go back with it."),
    )
    page = Page(title=_("Correct the balance"), crumbs=(*crumbs_of(found), Crumb(_("Correct the balance"))))
    form = form_of(Correction, ("amount", "reason"), amount=amount, charge=charge)
    back = reverse("operator:account", args=[pk])
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Ask for approval")))


@requires("corrections.approve")
def correction_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Put the correction on the balance, having shown what is available then."""
    found = _one(request, pk)
    today = timezone.localdate()

    def verb() -> Correction:
        return approve_correction(actor=request.actor, correction=found, today=today)

    def words(seen: Preview) -> Shown:
        question = _("Correct the balance of %(account)s by %(amount)s? %(reason)s")
        return shown_of_books(
            seen,
            question=question
            % {
                "account": found.account,
                "amount": money_text(found.amount, found.currency),
                "reason": found.reason,
            },
            submit=_("Approve the correction"),
            currency=found.currency,
            today=today,
            left=seen.after.available,
        )

    def carry_out(_answers: dict[str, Any]) -> Done:
        seen = carried_out(verb, account=found.account, today=today)
        return Done(_("Correction %(number)s is on the balance.") % {"number": found.number}, shown=words(seen))

    operation = Operation(
        page=_page(found, _("Approve the correction")),
        form=forms.Form,
        show=lambda _answers: words(preview(verb, account=found.account, today=today)),
        carry_out=carry_out,
        back=reverse("operator:correction", args=[pk]),
        ask=_("Check again"),
    )
    return confirming(request, operation)


@requires("corrections.approve")
def correction_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Decline the correction."""
    found = _one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        gone = decline_correction(actor=request.actor, correction=found, today=timezone.localdate())
        return _("Correction %(number)s is declined.") % {"number": gone.number}

    question = _("Decline the correction %(number)s? The balance stays as it is.") % {"number": found.number}
    operation = Operation(
        page=_page(found, _("Decline the correction")),
        form=forms.Form,
        show=lambda _answers: Shown(question=question, submit=_("Decline the correction"), charges=None),
        carry_out=carry_out,
        back=reverse("operator:correction", args=[pk]),
        ask=_("Check again"),
        danger=True,
    )
    return confirming(request, operation)


def _page_of(actor: Actor, found: Correction, active: str) -> Page:
    waits = found.status == CorrectionStatus.APPROVAL_REQUIRED
    offered = (
        ("correction_approve", _("Approve"), "corrections.approve", allowed(may_approve, actor, found)),
        ("correction_decline", _("Decline"), "corrections.approve", waits),
    )
    return Page(
        title=_("Correction %(number)s") % {"number": found.number},
        crumbs=(Crumb(_("Corrections"), reverse("operator:corrections")), Crumb(found.number)),
        status=Status(found.status, found.get_status_display()),
        buttons=able(actor, offered, found.pk),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


def _page(found: Correction, title: str) -> Page:
    own = Crumb(found.number, reverse("operator:correction", args=[found.pk]))
    return Page(title=title, crumbs=(Crumb(_("Corrections"), reverse("operator:corrections")), own, Crumb(title)))
