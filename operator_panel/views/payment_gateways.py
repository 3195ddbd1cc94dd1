"""A card gateway of a reseller: created, looked at and changed in one form."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.gateways.registry import GATEWAYS
from billing.gateways.settings import add_gateway, change_gateway
from billing.models import GatewayPlugin, PaymentGateway
from billing.queries import payment_gateways_visible_to
from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing

# The one gateway that there is; the second one makes this a choice.
PLUGIN = GatewayPlugin.ROBOKASSA


@requires("payment_gateways.change")
def payment_gateway_create(request: HttpRequest) -> HttpResponse:
    """Create a card gateway of the own reseller."""

    def keep(answers: dict[str, Any]) -> Done:
        made = add_gateway(
            actor=request.actor,
            reseller=request.actor.reseller,
            plugin=PLUGIN,
            name=answers["name"],
            currency=answers["currency"],
            values=_values(answers),
        )
        return Done(_("Saved. Enter the address for messages at the gateway."), _address(made))

    title = _("Create a card gateway")
    page = Page(title=title, crumbs=(_section(), Crumb(title)))
    form = _form(None)
    back = reverse("operator:payment_gateways")
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Create")))


@requires("payment_gateways.view")
def payment_gateway(request: HttpRequest, pk: int) -> HttpResponse:
    """Show and change a card gateway, and the address at which it tells us of payments."""
    found = get_object_or_404(payment_gateways_visible_to(request.actor).select_related("reseller"), pk=pk)

    def keep(answers: dict[str, Any]) -> Done:
        request.actor.require("payment_gateways.change")
        change_gateway(
            actor=request.actor,
            gateway=found,
            name=answers["name"],
            currency=answers["currency"],
            values=_values(answers),
            active=answers["active"],
        )
        return Done(_("Saved."), _address(found))

    told_at = request.build_absolute_uri(reverse("gateways:told", args=[found.pk]))
    edit = Editing(
        page=Page(title=found.name, crumbs=(_section(), Crumb(found.name))),
        form=_form(found),
        keep=keep,
        back=reverse("operator:payment_gateways"),
        submit=_("Save"),
        row=found,
        copied=((_("Address for messages (ResultURL)"), told_at),),
        read_only=not request.actor.may("payment_gateways.change"),
    )
    return editing(request, edit)


def _form(row: PaymentGateway | None) -> Any:
    """Return what builds the form: name, currency, the gateway's own settings, and whether it is in use."""
    gateway = GATEWAYS[row.plugin if row else PLUGIN]

    def build(*args: Any) -> forms.Form:
        kept = {} if row is None else {"name": row.name, "currency": row.currency, "active": row.active, **row.settings}
        built = forms.Form(*args, initial=kept)
        built.fields["name"] = forms.CharField(label=_("Name"), max_length=100, initial=gateway.name)
        built.fields["currency"] = forms.ChoiceField(
            label=_("Currency"), choices=[(code, code) for code in gateway.currencies]
        )
        for asked in gateway.fields:
            built.fields[asked.key] = _field(asked, kept=row is not None)
        if row is not None:
            built.fields["active"] = forms.BooleanField(label=_("In use"), required=False)
        return built

    return build


def _field(asked: Any, *, kept: bool) -> forms.Field:
    if asked.choices:
        needed = "" not in dict(asked.choices)
        return forms.ChoiceField(label=asked.label, choices=asked.choices, required=needed, help_text=asked.help)
    if asked.secret:
        hidden = forms.PasswordInput(attrs={"autocomplete": "off"})
        said = _("Left empty, it stays as it is.") if kept else asked.help
        return forms.CharField(label=asked.label, widget=hidden, required=not kept, help_text=said, max_length=500)
    needed = asked.key != "address"
    return forms.CharField(label=asked.label, required=needed, help_text=asked.help, max_length=500)


def _values(answers: dict[str, Any]) -> dict[str, str]:
    return {asked.key: answers[asked.key] for asked in GATEWAYS[PLUGIN].fields}


def _address(found: PaymentGateway) -> str:
    return reverse("operator:payment_gateway", args=[found.pk])


def _section() -> Crumb:
    return Crumb(_("Card gateways"), reverse("operator:payment_gateways"))
