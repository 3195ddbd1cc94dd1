"""Resellers below: their facts, their first manager, what they sell and to whom."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Reseller, Role
from accounts.queries import managers_visible_to, resellers_above, resellers_visible_to
from accounts.resellers import change_reseller, create_reseller
from core.lists.tabs import ListTab, list_views
from core.panel.confirming import Done
from core.panel.page import Button, Crumb, Page, Status
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.lists.accounts import ACCOUNTS
from operator_panel.lists.managers import MANAGERS
from operator_panel.lists.plans import PLANS
from vendors.resellers import named_at_vendors

TABS = (
    ("reseller", gettext_lazy("General"), "resellers.view"),
    ListTab("reseller_accounts", ACCOUNTS, by="reseller_id"),
    ListTab("reseller_managers", MANAGERS, by="reseller_id"),
    ListTab("reseller_plans", PLANS, by="reseller_id"),
    ("reseller_log", gettext_lazy("Log"), "log.view"),
)


def one(request: HttpRequest, pk: int) -> Reseller:
    """Return the reseller of the address. Raises Http404 for one that the actor does not see."""
    return get_object_or_404(resellers_visible_to(request.actor).select_related("parent", "manager"), pk=pk)


@requires("resellers.view")
def reseller(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a reseller."""
    found = one(request, pk)
    above = found.parent_id is not None and resellers_visible_to(request.actor).filter(pk=found.parent_id).exists()
    context = {
        "page": page_of(request.actor, found, "reseller"),
        "reseller": found,
        "named": named_at_vendors(request.actor, found),
        "sees_parent": above,
        "children": resellers_visible_to(request.actor).filter(parent=found).order_by("name"),
        "may_change": request.actor.may("resellers.change"),
    }
    return render(request, "operator_panel/reseller.html", context)


@requires("log.view")
def reseller_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the reseller."""
    found = one(request, pk)
    return log_page(request, page_of(request.actor, found, "reseller_log"), found)


@requires("resellers.create")
def reseller_create(request: HttpRequest) -> HttpResponse:
    """Create a reseller below the own one or a lower one, with its first administrator."""

    def keep(answers: dict[str, Any]) -> Done:
        made = create_reseller(
            actor=request.actor,
            parent=answers["parent"],
            name=answers["name"],
            currency=answers["currency"].upper(),
            email=answers["email"],
            manager_name=answers["manager_name"],
            manager_email=answers["manager_email"],
            values={name: answers[name] for name in ("domain", "default_language", "bank_details", "card_page")},
            now=timezone.now(),
        )
        said = _("The reseller is created; %(email)s is invited as its administrator.")
        return Done(said % {"email": answers["manager_email"]}, reverse("operator:reseller", args=[made.pk]))

    form = form_of(
        Reseller,
        ("parent", "name", "currency", "domain", "email", "default_language", "bank_details", "card_page"),
        initial={"parent": request.actor.reseller, "currency": request.actor.reseller.currency},
        parent=forms.ModelChoiceField(
            resellers_visible_to(request.actor).order_by("name"), label=_("Provider"),
            help_text=_("The reseller above it. Its account classes are copied. This never changes."),
        ),
        default_language=_language(),
        bank_details=_bank_details(),
        card_page=_card_page(),
        manager_name=forms.CharField(label=_("First manager's name"), max_length=200),
        manager_email=forms.EmailField(
            label=_("First manager's e-mail"), help_text=_("A system administrator, invited by a link.")
        ),
    )  # fmt: skip
    back = reverse("operator:resellers")
    title = _("Create a reseller")
    page = Page(title=title, crumbs=(Crumb(_("Resellers"), back), Crumb(title)))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Create")))


@requires("resellers.change")
def reseller_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a reseller's facts and status."""
    found = one(request, pk)

    def keep(answers: dict[str, Any]) -> Done:
        names = (
            "name", "domain", "email", "default_language", "manager", "status", "second_factor_roles", "bank_details",
            "card_page", "window_letter_days",
        )  # fmt: skip
        change_reseller(actor=request.actor, reseller=found, values={name: answers[name] for name in names})
        return Done(_("Saved."), back)

    back = reverse("operator:reseller", args=[pk])
    form = form_of(
        Reseller,
        (
            "name",
            "domain",
            "email",
            "default_language",
            "manager",
            "status",
            "bank_details",
            "card_page",
            "window_letter_days",
        ),
        row=found,
        initial=lambda: {"second_factor_roles": found.second_factor_roles},
        second_factor_roles=_second_factor(),
        default_language=_language(),
        bank_details=_bank_details(),
        card_page=_card_page(),
        manager=forms.ModelChoiceField(_upstream(request.actor, found), label=_("Manager"), required=False),
    )
    page = Page(title=_("Edit"), crumbs=(*_crumbs(found), Crumb(_("Edit"))))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), row=found))


def _upstream(actor: Actor, found: Reseller) -> Any:
    serving = resellers_above(found.parent or found).values("pk")
    return managers_visible_to(actor).filter(reseller__in=serving).order_by("name")


def _second_factor() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("Two-factor authentication required of"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Managers of these roles set one up at the next page they open, and do nothing before."),
    )


def _language() -> forms.ChoiceField:
    return forms.ChoiceField(label=_("Default language"), choices=settings.LANGUAGES)


def _bank_details() -> forms.CharField:
    return forms.CharField(
        label=_("Bank details"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Payee, bank, account number: shown to customers wherever they pay, to be copied into a transfer."),
    )


def _card_page() -> forms.URLField:
    return forms.URLField(
        label=_("Page for payments by card"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("The address where you take cards. Empty: customers are offered no card."),
    )


def page_of(actor: Actor, found: Reseller, active: str) -> Page:
    """Return what stands around every page of one reseller."""
    address = f"{reverse('operator:account_create')}?reseller={found.pk}"
    buttons = (
        Button(_("Create an account"), address, primary=True) if actor.may("accounts.create") else None,
        Button(_("Create a manager"), f"{reverse('operator:manager_create')}?reseller={found.pk}")
        if actor.may("managers.create")
        else None,
    )
    return Page(
        title=found.name,
        crumbs=(Crumb(_("Resellers"), reverse("operator:resellers")), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=tuple(button for button in buttons if button),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=page_of)


def _crumbs(found: Reseller) -> tuple[Crumb, ...]:
    own = Crumb(found.name, reverse("operator:reseller", args=[found.pk]))
    return (Crumb(_("Resellers"), reverse("operator:resellers")), own)
