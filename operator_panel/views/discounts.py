"""Discounts: what a promo code, an account or a reseller below gets off, and for how long."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.models import Account, Reseller
from accounts.queries import account_classes_visible_to, accounts_visible_to, resellers_visible_to
from core.panel.confirming import Done
from core.panel.page import Button, Crumb, Page
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from subscriptions.catalogue.discounts import COLUMNS, LISTS, Granted, change_discount, create_discount
from subscriptions.models import Discount, DiscountType
from subscriptions.queries import discounts_visible_to, plans_visible_to

TABS = (
    ("discount", gettext_lazy("General"), "discounts.view"),
    ("discount_log", gettext_lazy("Log"), "log.view"),
)
A_DAY = timedelta(days=1)
TYPED = (
    "name", "code", "percent", "valid_from", "valid_until", "on_setup", "on_renewal", "on_recurring", "account_limit",
    "subscription_limit", "active", "all_plans",
)  # fmt: skip
GROUPS = (
    (gettext_lazy("Discount"), ("name", "percent", "valid_from", "valid_until", "active")),
    (gettext_lazy("What it is taken off"), ("on_setup", "on_renewal", "on_recurring", "all_plans", "plans")),
    (gettext_lazy("Promo code"), ("code", "account_limit", "subscription_limit")),
    (gettext_lazy("For whom it holds"), ("accounts", "account_classes", "resellers")),
)


class LastDayField(forms.DateField):
    """The last day of something that is kept by the first day after it."""

    def to_python(self, value: Any) -> date | None:
        """Return the first day after the one that was typed."""
        last = super().to_python(value)
        return last + A_DAY if last is not None and last < date.max else last

    def prepare_value(self, value: Any) -> Any:
        """Return the last day of what is kept, and what was typed as it is."""
        return value - A_DAY if isinstance(value, date) else value


def last_day() -> LastDayField:
    """Return the box of the last day of what may have no end."""
    return LastDayField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until it is switched off."),
    )


class NumbersField(forms.CharField):
    """The numbers of accounts, separated by commas: an account's list of them may be long."""

    def __init__(self, accounts: Any, **options: Any) -> None:
        super().__init__(required=False, **options)
        self.accounts = accounts

    def clean(self, value: Any) -> list[Account]:
        """Return the accounts. Raises ValidationError for a number that is none of theirs."""
        typed = super().clean(value).replace(",", " ").split()
        numbers = {int(one) for one in typed if one.isdecimal() and len(one) < 19}
        found = {account.pk: account for account in self.accounts.filter(pk__in=numbers)}
        wrong = [one for one in typed if not one.isdecimal() or int(one) not in found]
        if wrong:
            raise forms.ValidationError(_("There is no account with the ID %(number)s.") % {"number": wrong[0]})
        return [found[pk] for pk in sorted(found)]


def _one(request: HttpRequest, pk: int) -> Discount:
    return get_object_or_404(discounts_visible_to(request.actor).select_related("reseller"), pk=pk)


@requires("discounts.view")
def discount(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a discount, for whom it holds, and how often its code is used."""
    found = _one(request, pk)
    context = {
        "page": _page_of(request.actor, found, "discount"),
        "discount": found,
        "plans": found.plans.order_by("name", "pk"),
        "accounts": found.accounts.order_by("pk")[:100],
        "account_classes": found.account_classes.order_by("name", "pk"),
        "resellers": found.resellers.order_by("name", "pk"),
        "used": found.subscriptions.count(),
    }
    return render(request, "operator_panel/discount.html", context)


@requires("log.view")
def discount_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the discount."""
    found = _one(request, pk)
    return log_page(request, _page_of(request.actor, found, "discount_log"), found)


@requires("discounts.change")
def discount_create(request: HttpRequest) -> HttpResponse:
    """Create a discount of the own reseller."""
    seller = request.actor.reseller

    def keep(answers: dict[str, Any]) -> Done:
        kind = DiscountType(answers.pop("type"))
        made = create_discount(
            actor=request.actor, reseller=seller, type=kind, granted=_granted(answers), today=timezone.localdate()
        )
        return Done(_("Saved."), reverse("operator:discount", args=[made.pk]))

    kinds = forms.ChoiceField(label=_("Type"), choices=DiscountType.choices, widget=forms.RadioSelect)
    title = _("Create a discount")
    return editing(
        request,
        Editing(
            page=Page(title=title, crumbs=(_section(), Crumb(title))),
            form=_form(request.actor, seller, type=kinds),
            keep=keep,
            back=reverse("operator:discounts"),
            submit=_("Create"),
            groups=((gettext_lazy("Type"), ("type",)), *GROUPS),
        ),
    )


@requires("discounts.change")
def discount_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a discount, or switch it off: what was charged keeps what it had."""
    found = _one(request, pk)
    back = reverse("operator:discount", args=[pk])

    def keep(answers: dict[str, Any]) -> Done:
        change_discount(actor=request.actor, discount=found, granted=_granted(answers), today=timezone.localdate())
        return Done(_("Saved."), back)

    return editing(
        request,
        Editing(
            page=Page(title=_("Edit"), crumbs=(_section(), Crumb(found.name, back), Crumb(_("Edit")))),
            form=_form(request.actor, found.reseller, row=found),
            keep=keep,
            back=back,
            submit=_("Save"),
            note=_("What was charged already keeps the discount that it had."),
            groups=GROUPS,
            row=found,
        ),
    )


def _granted(answers: dict[str, Any]) -> Granted:
    lists = {name: list(answers[name]) for name in LISTS}
    return Granted(**{name: answers[name] for name in COLUMNS}, **lists)


def _form(
    actor: Actor, reseller: Reseller, row: Discount | None = None, **more: forms.Field
) -> Callable[..., forms.Form]:
    def initial() -> dict[str, Any]:
        if row is None:
            return {}
        lists = {name: list(getattr(row, name).order_by("pk")) for name in ("plans", "account_classes", "resellers")}
        numbers = ", ".join(str(pk) for pk in row.accounts.order_by("pk").values_list("pk", flat=True))
        return {**lists, "accounts": numbers}

    def several(rows: Any, label: str) -> forms.Field:
        own = rows.order_by("name", "pk")
        return forms.ModelMultipleChoiceField(own, label=label, required=False, widget=forms.CheckboxSelectMultiple)

    return form_of(
        Discount,
        TYPED,
        row=row,
        initial=initial,
        code=forms.CharField(
            label=_("Promo code"), max_length=40, required=False,
            help_text=_("What customers type; empty: one is made up."),
        ),
        valid_until=last_day(),
        plans=several(plans_visible_to(actor).filter(reseller=reseller), _("Plans")),
        accounts=NumbersField(
            accounts_visible_to(actor).filter(reseller=reseller), label=_("Accounts"),
            help_text=_("IDs of accounts, separated by commas."),
        ),
        account_classes=several(account_classes_visible_to(actor).filter(reseller=reseller), _("Account classes")),
        resellers=several(resellers_visible_to(actor).filter(parent=reseller), _("Resellers")),
        **more,
    )  # fmt: skip


def _page_of(actor: Actor, found: Discount, active: str) -> Page:
    edit = Button(_("Edit"), reverse("operator:discount_change", args=[found.pk]))
    return Page(
        title=found.name,
        crumbs=(_section(), Crumb(found.name)),
        buttons=(edit,) if actor.may("discounts.change") else (),
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


def _section() -> Crumb:
    return Crumb(_("Discounts"), reverse("operator:discounts"))
