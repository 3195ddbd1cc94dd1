"""Account terms (classes) and account types: one form each, for a new one and for one that is there."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.account_terms import (
    change_account_class,
    change_account_type,
    create_account_class,
    create_account_type,
)
from accounts.models import AccountClass, AccountType
from accounts.queries import account_classes_visible_to, account_types_visible_to, resellers_visible_to
from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of

CLASS_FIELDS = (
    "name", "key", "color", "is_default", "stop_type", "delete_type", "credit_limit", "pay_with_negative_balance",
    "subzero_period", "cancel_unpaid_order_in", "payment_model", "subscription_credit_limit", "payment_expiration_days",
    "letters_of_invoices",
)  # fmt: skip
TYPE_FIELDS = ("name", "key", "name_pattern")


@requires("account_classes.view")
def account_class(request: HttpRequest, pk: int) -> HttpResponse:
    """Show account terms in their form; who may change them keeps it."""
    found = get_object_or_404(account_classes_visible_to(request.actor).select_related("reseller"), pk=pk)

    def keep(answers: dict[str, Any]) -> Done:
        change_account_class(actor=request.actor, account_class=found, values=answers, today=timezone.localdate())
        return Done(_("Saved."), reverse("operator:account_classes"))

    note = _("An account class of %(reseller)s; amounts in %(currency)s.")
    names = {"reseller": found.reseller, "currency": found.reseller.currency}
    return _page(
        request, _classes(), found.name, form_of(AccountClass, CLASS_FIELDS, row=found), keep, note % names, found
    )


@requires("account_classes.change")
def account_class_create(request: HttpRequest) -> HttpResponse:
    """Create account terms of the own reseller."""

    def keep(answers: dict[str, Any]) -> Done:
        create_account_class(actor=request.actor, reseller=request.actor.reseller, values=answers)
        return Done(_("Saved."), reverse("operator:account_classes"))

    return _page(request, _classes(), _("Create an account class"), form_of(AccountClass, CLASS_FIELDS), keep, "")


@requires("account_classes.view")
def account_type(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an account type in its form; an inherited one is changed by the provider who made it."""
    found = get_object_or_404(account_types_visible_to(request.actor).select_related("reseller"), pk=pk)

    def keep(answers: dict[str, Any]) -> Done:
        change_account_type(actor=request.actor, account_type=found, values=answers)
        return Done(_("Saved."), reverse("operator:account_types"))

    note = _("A type of %(reseller)s and of all below it.") % {"reseller": found.reseller}
    return _page(request, _types(), found.name, form_of(AccountType, TYPE_FIELDS, row=found), keep, note, found)


@requires("account_classes.change")
def account_type_create(request: HttpRequest) -> HttpResponse:
    """Create an account type of the own reseller and of all below it."""

    def keep(answers: dict[str, Any]) -> Done:
        create_account_type(actor=request.actor, reseller=request.actor.reseller, values=answers)
        return Done(_("Saved."), reverse("operator:account_types"))

    return _page(request, _types(), _("Create an account type"), form_of(AccountType, TYPE_FIELDS), keep, "")


def _only_looks(request: HttpRequest, row: Any) -> bool:
    """Return whether the reader may look at it and not keep it: by the role, or because a provider above made it."""
    mine = row is None or resellers_visible_to(request.actor).filter(pk=row.reseller_id).exists()
    return not (mine and request.actor.may("account_classes.change"))


def _page(
    request: HttpRequest, parent: Crumb, title: str, form: Any, keep: Any, note: str, row: Any = None
) -> HttpResponse:
    """Answer with the form of one class or type, of which `parent` is the list."""
    return editing(
        request,
        Editing(
            page=Page(title=title, crumbs=(parent, Crumb(title))),
            form=form,
            keep=keep,
            back=parent.url,
            submit=_("Save"),
            note=note,
            row=row,
            read_only=_only_looks(request, row),
        ),
    )


def _classes() -> Crumb:
    return Crumb(_("Account classes"), reverse("operator:account_classes"))


def _types() -> Crumb:
    return Crumb(_("Account types"), reverse("operator:account_types"))
