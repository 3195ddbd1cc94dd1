"""Application templates: plugin → granted connection → resources out of the vendor's catalogue, or none at all."""

from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from core.errors import Refused
from core.handover import hand_over
from core.lists.tabs import ListTab, list_views
from core.panel.confirming import Done
from core.panel.page import Button, Crumb, Page, Status
from operator_panel.around import log_page, tabs_of
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing
from operator_panel.forms.template_resources import ResourcesForm, sold_of
from operator_panel.lists.plans import PLANS
from operator_panel.views.vendor_connections import shown_value
from subscriptions.catalogue.templates import Sold, ask_vendor_of_template, change_template, create_template
from subscriptions.models import ApplicationTemplate, TemplateStatus
from subscriptions.queries import templates_visible_to
from vendors.base import Offer
from vendors.connections import state_label
from vendors.forms import OPTION, values_of
from vendors.models import VendorConnection
from vendors.queries import connections_visible_to, usable_connections
from vendors.questions import BeingRead, catalogue, template_fields
from vendors.registry import plugin_for
from vendors.tasks import read_catalogue

TABS = (
    ("application_template", gettext_lazy("General"), "application_templates.view"),
    ListTab("application_template_plans", PLANS, by="template_id", right="application_templates.view"),
    ("application_template_log", gettext_lazy("Log"), "application_templates.view"),
)


def one(request: HttpRequest, pk: int) -> ApplicationTemplate:
    """Return the template of the address. Raises Http404 for one that the actor does not see."""
    return get_object_or_404(templates_visible_to(request.actor).select_related("reseller", "connection"), pk=pk)


@requires("application_templates.view")
def application_template(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a template and what it sells."""
    found = one(request, pk)
    context = {
        "page": _page_of(request.actor, found, "application_template"),
        "template": found,
        "plugin": plugin_for(found.plugin).name if found.plugin else "",
        "sees_connection": found.connection_id is not None
        and connections_visible_to(request.actor).filter(pk=found.connection_id).exists(),
        "resources": found.resources.order_by("pk"),
        "options": [(field.label, shown_value(field, found.settings)) for field in template_fields(found.connection)],
        "may_change": request.actor.may("application_templates.change"),
    }
    return render(request, "operator_panel/application_template.html", context)


@requires("application_templates.view")
def application_template_log(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what happened to the template."""
    found = one(request, pk)
    return log_page(request, _page_of(request.actor, found, "application_template_log"), found)


@requires("application_templates.change")
def application_template_create(request: HttpRequest) -> HttpResponse:
    """Choose through which granted connection the service is provided, or none."""
    reseller = request.actor.reseller
    mine = connections_visible_to(request.actor).filter(reseller=reseller)
    context = {
        "page": Page(title=_("Create a template"), crumbs=(_section(), Crumb(_("Create a template")))),
        "connections": _named(usable_connections(reseller)),
        "others": _named(mine.exclude(pk__in=usable_connections(reseller).values("pk"))),
    }
    return render(request, "operator_panel/template_choice.html", context)


def _named(connections: QuerySet[VendorConnection]) -> list[tuple[VendorConnection, str]]:
    return [(connection, state_label(connection)) for connection in connections.order_by("name")]


@requires("application_templates.change")
def application_template_billed(request: HttpRequest) -> HttpResponse:
    """Create a template without a vendor: its plans are only billed."""
    return _create(request, None)


@requires("application_templates.change")
def application_template_new(request: HttpRequest, connection: int) -> HttpResponse:
    """Create a template over a connection: its resources are chosen out of the vendor's catalogue."""
    mine = connections_visible_to(request.actor).filter(reseller=request.actor.reseller)
    return _create(request, get_object_or_404(mine, pk=connection))


def _create(request: HttpRequest, connection: VendorConnection | None) -> HttpResponse:
    offers, trouble = _offers(connection)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        sold = sold_of(answers, offers, manual=connection is None)
        return {"resources": sold, "settings": values_of(answers, OPTION)}

    def keep(answers: dict[str, Any]) -> Done:
        _raise(refusal)
        made = create_template(
            actor=request.actor,
            reseller=request.actor.reseller,
            name=answers["name"],
            description=answers["description"],
            connection=connection,
            **wish(answers),
        )
        said = _("The template is created. The next step: a plan that sells it.")
        return Done(said, reverse("operator:application_template", args=[made.pk]))

    def form(*args: Any) -> ResourcesForm:
        options = template_fields(connection)
        return ResourcesForm(*args, offers=offers, manual=connection is None, chosen=(), options=options)

    refusal = _refused_by_vendor(request, connection, form, wish)
    title = _("Create a template")
    page = Page(title=title, crumbs=(_section(), Crumb(title, reverse("operator:application_template_create"))))
    back = reverse("operator:application_template_create")
    return editing(
        request,
        Editing(page=page, form=form, keep=keep, back=back, submit=_("Create"), note=trouble, read_only=bool(trouble)),
    )


@requires("application_templates.change")
def application_template_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a template's name, what it sells, and whether it may be used for new plans."""
    found = one(request, pk)
    offers, trouble = _offers(found.connection)

    def chosen() -> list[Sold]:
        return [_sold(resource) for resource in found.resources.order_by("pk")]

    offers = _with_chosen(offers, chosen())

    def form(*args: Any) -> ResourcesForm:
        return _form_of(found, offers, chosen(), *args)

    def wish(answers: dict[str, Any]) -> dict[str, Any]:
        sold = sold_of(answers, offers, manual=found.connection is None, known=chosen())
        return {"resources": sold, "settings": found.settings | values_of(answers, OPTION)}

    def keep(answers: dict[str, Any]) -> Done:
        _raise(refusal)
        change_template(
            actor=request.actor,
            template=found,
            name=answers["name"],
            description=answers["description"],
            active=answers["active"],
            **wish(answers),
        )
        return Done(_("Saved."), back)

    refusal = _refused_by_vendor(request, found.connection, form, wish)
    back = reverse("operator:application_template", args=[pk])
    page = Page(title=_("Edit"), crumbs=(_section(), Crumb(found.name, back), Crumb(_("Edit"))))
    return editing(
        request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=trouble, row=found)
    )


def _form_of(found: ApplicationTemplate, offers: tuple[Offer, ...], chosen: list[Sold], *args: Any) -> ResourcesForm:
    """Return the form of a template as it is now."""
    return ResourcesForm(
        *args,
        initial={"name": found.name, "description": found.description},
        offers=offers,
        manual=found.connection is None,
        chosen=chosen,
        options=template_fields(found.connection),
        settings=found.settings,
        active=found.status == TemplateStatus.ACTIVE,
    )


def _refused_by_vendor(
    request: HttpRequest,
    connection: VendorConnection | None,
    form: Callable[..., ResourcesForm],
    wish: Callable[[dict[str, Any]], dict[str, Any]],
) -> Refused | None:
    """Return why the vendor does not sell what a form asks for: asked before the transaction in which it is kept."""
    answered = form(request.POST) if request.method == "POST" and connection is not None else None
    if answered is None or not answered.is_valid():
        return None
    try:
        asked = wish(answered.cleaned_data)
        ask_vendor_of_template(actor=request.actor, connection=connection, now=timezone.now(), **asked)
    except Refused as refusal:
        return refusal
    return None


def _raise(refusal: Refused | None) -> None:
    if refusal is not None:
        raise refusal


def _offers(connection: VendorConnection | None) -> tuple[tuple[Offer, ...], str]:
    """Return what the vendor sells, and the sentence that says why it could not be asked."""
    if connection is None:
        return (), ""
    try:
        return catalogue(connection, now=timezone.now()), ""
    except BeingRead as refusal:
        hand_over(read_catalogue, connection_id=connection.pk)
        return (), str(refusal)
    except Refused as refusal:
        return (), str(refusal)


def _with_chosen(offers: Iterable[Offer], chosen: Iterable[Sold]) -> tuple[Offer, ...]:
    """Return the offers with those that are sold already, which the vendor may have taken off its list."""
    known = {offer.id for offer in offers}
    gone = (one for one in chosen if one.vendor_reference and one.vendor_reference not in known)
    return (*offers, *(Offer(id=one.vendor_reference, name=one.name, unit=one.unit) for one in gone))


def _sold(resource: Any) -> Sold:
    names = ("key", "name", "unit", "vendor_reference", "vendor_minimum", "vendor_maximum")
    return Sold(**{name: getattr(resource, name) for name in names})


def _page_of(actor: Actor, found: ApplicationTemplate, active: str) -> Page:
    buttons: tuple[Button, ...] = ()
    if actor.may("plans.change") and found.status == TemplateStatus.ACTIVE:
        address = f"{reverse('operator:plan_create')}?template={found.pk}"
        buttons = (Button(_("Create a plan"), address, primary=True),)
    return Page(
        title=found.name,
        crumbs=(_section(), Crumb(found.pk)),
        status=Status(found.status, found.get_status_display()),
        buttons=buttons,
        tabs=tabs_of(actor, TABS, active, found.pk),
    )


lists = list_views(TABS, requires=requires, one=one, page_of=_page_of)


def _section() -> Crumb:
    return Crumb(_("Application templates"), reverse("operator:application_templates"))
