"""Open an account, change its groups of facts, put it on hold, release it, delete it, top it up."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from accounts.forms import name_company_or_person
from accounts.models import Account, Reseller
from accounts.queries import (
    account_classes_visible_to,
    account_types_for,
    managers_visible_to,
    resellers_above,
    resellers_visible_to,
)
from accounts.registration import (
    change_account,
    delete_account,
    hold_account,
    needed_of,
    open_account,
    release_account,
)
from billing.models import Payment
from billing.payments import open_top_up
from core.errors import Refused
from core.fitting import MONEY
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.page import Crumb, Page
from core.panel.remedies import suggested_amount
from core.panel.told import forget, remember, tell
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.views.accounts import crumbs_of, one

PERSON = ("contact_first_name", "contact_middle_name", "contact_last_name", "contact_email", "contact_phone")
CONTACT = ("email", "phone", "country", "region", "city", "street", "building", "office", "zip")
INFORMATION = (
    "primary_name", "tax_id", "account_type", "account_class", "manager", "trial", "credit_limit_override",
    "subscription_credit_limit",
)  # fmt: skip
NEEDED = frozenset({"primary_name", "tax_id", *PERSON, *CONTACT})
GROUPS = {"information": INFORMATION, "person": PERSON, "contact": CONTACT}


@requires("accounts.create")
def account_create(request: HttpRequest) -> HttpResponse:
    """Open an account of a reseller; where there are several resellers, the first step asks which."""
    page = Page(
        title=_("Create an account"),
        crumbs=(Crumb(_("Accounts"), reverse("operator:accounts")), Crumb(_("Create an account"))),
    )
    reseller = _reseller(request)
    if reseller is None:
        return _ask_reseller(request, page)

    def keep(answers: dict[str, Any]) -> Done:
        values = {name: value for name, value in answers.items() if name not in ("owner_email", "owner_name")}
        opened = open_account(
            actor=request.actor,
            reseller=reseller,
            owner_email=answers["owner_email"],
            owner_name=answers["owner_name"],
            account_type=values.pop("account_type"),
            account_class=values.pop("account_class"),
            values=values,
            now=timezone.now(),
        )
        said = _("The account is open; %(email)s is invited as its owner.") % {"email": answers["owner_email"]}
        return Done(said, reverse("operator:account", args=[opened.pk]))

    note = _("A customer of %(reseller)s, in %(currency)s.") % {"reseller": reseller, "currency": reseller.currency}
    back = reverse("operator:accounts")
    return editing(
        request,
        Editing(
            page=page,
            form=_new_account(request, reseller),
            keep=keep,
            back=back,
            submit=_("Create"),
            note=note,
            groups=_groups(),
        ),
    )


def _new_account(request: HttpRequest, reseller: Reseller) -> Callable[..., forms.Form]:
    """Return what builds the form of a new account, with the reseller's usual terms chosen."""
    classes = account_classes_visible_to(request.actor).filter(reseller=reseller).order_by("-is_default", "name")
    kinds = account_types_for(reseller).order_by("name")
    build = form_of(
        Account,
        ("primary_name", "tax_id", "account_type", "account_class", "manager", *PERSON, *CONTACT),
        initial={"account_class": classes.first(), "account_type": kinds.first(), "manager": request.actor.user},
        owner_name=forms.CharField(label=_("Owner's name"), max_length=200, required=False),
        owner_email=forms.EmailField(
            label=_("Owner's e-mail"), help_text=_("The owner is invited by a link to choose a password.")
        ),
        **_choices(request, reseller),
    )
    return lambda *args: name_company_or_person(build(*args))


def _groups() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return the parts of the form of a new account."""
    return (
        (_("Account information"), ("primary_name", "tax_id", "account_type", "account_class", "manager")),
        (_("Owner"), ("owner_name", "owner_email")),
        (_("Contact person"), PERSON),
        (_("Contact information"), CONTACT),
    )


def _reseller(request: HttpRequest) -> Reseller | None:
    """Return the reseller of the address, or the only one there is."""
    visible = resellers_visible_to(request.actor)
    named = request.GET.get("reseller", "")
    if named:
        found = visible.filter(pk=int(named)).first() if named.isdecimal() and len(named) < 19 else None
        if found is None:
            raise Http404
        return found
    few = list(visible.order_by("pk")[:2])
    return few[0] if len(few) == 1 else None


def _ask_reseller(request: HttpRequest, page: Page) -> HttpResponse:
    def form(*args: Any) -> forms.Form:
        asked = forms.Form(*args, initial={"reseller": request.actor.reseller})
        asked.fields["reseller"] = forms.ModelChoiceField(
            resellers_visible_to(request.actor).order_by("name"), label=_("Reseller"), empty_label=None
        )
        return asked

    filled = form(request.POST) if request.method == "POST" else form()
    if filled.is_bound and filled.is_valid():
        return redirect(f"{reverse('operator:account_create')}?reseller={filled.cleaned_data['reseller'].pk}")
    back = reverse("operator:accounts")
    note = _("Whose customer is it? The account class and the currency follow from that.")
    return editing(
        request,
        Editing(page=page, form=form, keep=lambda answers: Done("", back), back=back, submit=_("Next"), note=note),
    )


def _choices(request: HttpRequest, reseller: Reseller) -> dict[str, forms.Field]:
    """Return the inputs whose choices belong to a reseller."""
    serving = managers_visible_to(request.actor).filter(reseller__in=resellers_above(reseller).values("pk"))
    if request.actor.account_manager_ids is not None:
        serving = serving.filter(pk__in=request.actor.account_manager_ids)
    return {
        "account_type": forms.ModelChoiceField(account_types_for(reseller).order_by("name"), label=_("Account type")),
        "account_class": forms.ModelChoiceField(
            account_classes_visible_to(request.actor).filter(reseller=reseller).order_by("name"),
            label=_("Account class"),
        ),
        "manager": forms.ModelChoiceField(serving.order_by("name"), label=_("Manager"), required=False),
    }


@requires("accounts.change")
def account_change(request: HttpRequest, pk: int, group: str) -> HttpResponse:
    """Change one group of an account's facts."""
    found = one(request, pk)
    groups = {**GROUPS, "needed": tuple(name for name in request.GET.getlist("need") if name in NEEDED)}
    if not groups.get(group):
        raise Http404
    titles = {
        "needed": _("What the vendor demands"),
        "information": _("Account information"),
        "person": _("Contact person"),
        "contact": _("Contact information"),
    }
    replaced = _choices(request, found.reseller) if group == "information" else {}

    def keep(answers: dict[str, Any]) -> Done:
        change_account(actor=request.actor, account=found, values=answers, today=timezone.localdate())
        forget(request)
        return Done(_("Saved."), back)

    def form(*args: Any) -> forms.Form:
        return tell(request, pk, name_company_or_person(asked(*args)))

    back = _back(request, reverse("operator:account", args=[pk]))
    page = Page(title=titles[group], crumbs=(*crumbs_of(found), Crumb(titles[group])))
    asked = form_of(Account, groups[group], row=found, **replaced)
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), row=found))


def needed_page(request: HttpRequest, account_pk: int, refusals: Iterable[Refused]) -> str:
    """Return where exactly what a vendor demands of the account is asked for, and the way back here; "" for nothing."""
    needed = needed_of(refusals)
    if not needed or not request.actor.may("accounts.change"):
        return ""
    remember(request, account_pk, refusals)
    asked = urlencode({"need": needed, "next": request.get_full_path()}, doseq=True)
    return f"{reverse('operator:account_change', args=[account_pk, 'needed'])}?{asked}"


def _back(request: HttpRequest, otherwise: str) -> str:
    wanted = request.GET.get("next", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=hosts, require_https=request.is_secure())
    return wanted if safe else otherwise


@requires("accounts.hold")
def account_hold(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an account on administrative hold."""
    found = one(request, pk)
    question = _(
        "Put %(account)s on administrative hold? Its subscriptions are stopped; its users still read, and can order or "
        "change nothing."
    )
    return _moved(request, found, _("Put on hold"), question, hold_account, danger=True)


@requires("accounts.hold")
def account_release(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an account off its administrative hold."""
    found = one(request, pk)
    question = _(
        "Release %(account)s from its administrative hold? What the hold has stopped is activated again, as far as the "
        "balance allows."
    )
    return _moved(request, found, _("Release from hold"), question, release_account)


@requires("accounts.delete")
def account_delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an account that has neither live subscriptions nor money."""
    found = one(request, pk)
    question = _("Delete %(account)s? Its books stay; its users can no longer act for it. This cannot be undone.")
    typed = (found.name, str(found.pk))
    return _moved(request, found, _("Delete"), question, delete_account, danger=True, typed=typed)


def _moved(
    request: HttpRequest,
    found: Account,
    title: str,
    question: str,
    verb: Callable[..., Account],
    *,
    danger: bool = False,
    typed: tuple[str, ...] = (),
) -> HttpResponse:
    def carry_out(_answers: dict[str, Any]) -> str:
        moved = verb(actor=request.actor, account=found, today=timezone.localdate())
        return _("%(name)s: %(status)s.") % {"name": moved.name, "status": moved.get_status_display()}

    shown = Shown(question=question % {"account": found.name}, submit=title, charges=None)
    operation = Operation(
        page=Page(title=title, crumbs=(*crumbs_of(found), Crumb(title))),
        form=forms.Form,
        show=lambda _answers: shown,
        carry_out=carry_out,
        back=reverse("operator:account", args=[found.pk]),
        ask=title,
        danger=danger,
        typed=typed,
    )
    return confirming(request, operation)


@requires("payments.create")
def account_top_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a payment that tops the balance up; the money counts once the payment is approved."""
    found = one(request, pk)

    def keep(answers: dict[str, Any]) -> Done:
        payment = open_top_up(
            actor=request.actor,
            account=found,
            amount=answers["amount"],
            method=answers["method"],
            comment=answers["comment"],
            today=timezone.localdate(),
        )
        said = _("Payment %(number)s is open. Approve it once the money has come.") % {"number": payment.number}
        return Done(said, reverse("operator:payment", args=[payment.pk]))

    amount = forms.DecimalField(
        label=_("Total, %(currency)s") % {"currency": found.currency},
        max_digits=MONEY["max_digits"],
        initial=suggested_amount(request),
    )
    page = Page(title=_("Top up"), crumbs=(*crumbs_of(found), Crumb(_("Top up"))))
    form = form_of(Payment, ("amount", "method", "comment"), amount=amount)
    back = reverse("operator:account", args=[pk])
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Create payment")))
