"""Vendor connections ("Office 365 Settings"): settings without their secrets, the consent, whether the access works."""

from collections.abc import Mapping
from itertools import count
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.queries import resellers_visible_to
from core.countries import country_name
from core.errors import Refused, allowed
from core.lists.tabs import ListTab, list_views
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.formats import moment_text
from core.panel.page import Crumb, Page, Status
from core.panel.posted import posted
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing
from operator_panel.lists.vendor_exchanges import VENDOR_EXCHANGES
from subscriptions.queries import templates_visible_to
from vendors.base import Field, FieldKind, VendorPlugin
from vendors.capabilities import GRANT_NOW, NeedsConsent
from vendors.connections import add_connection, change_connection, check_connection, state_label
from vendors.forms import SETTING, inputs_of, values_of
from vendors.models import ConnectionState, VendorConnection
from vendors.queries import connections_visible_to
from vendors.registry import UnknownPlugin, installed_plugin, plugin_for, plugins, settings_fields_of
from vendors.revoking import may_revoke, revoke_consent

# Below so many days the page asks for a new grant: a token that dies stops every operation at the vendor.
FEW_DAYS = 14


def one(request: HttpRequest, pk: int) -> VendorConnection:
    """Return the connection of the address. Raises Http404 for one that the actor does not see."""
    related = ("reseller", "granted_by", "created_by")
    return get_object_or_404(connections_visible_to(request.actor).select_related(*related), pk=pk)


@requires("vendor_connections.view")
def vendor_connection(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a connection: what it is allowed to do and until when, and its settings."""
    found = one(request, pk)
    plugin = plugin_for(found.plugin)
    changes = request.actor.may("vendor_connections.change")
    context = {
        "page": _page_of(found),
        "connection": found,
        "plugin": plugin,
        "consents": isinstance(plugin, NeedsConsent),
        "settings": _settings(plugin, found),
        "details": [(_detail(name), value) for name, value in sorted(found.details.items())],
        "days_left": _days_left(found),
        "few_days": FEW_DAYS,
        "begin": _address(found, "begin") if changes and isinstance(plugin, NeedsConsent) else "",
        "state": state_label(found),
        "check": reverse("operator:vendor_connection_check", args=[pk]),
        "may_revoke": changes and allowed(may_revoke, found),
        "redirect_address": _redirect_address(request, found.plugin),
        "granted": found.state == ConnectionState.GRANTED,
        "templates": templates_visible_to(request.actor).filter(connection=found).order_by("name"),
        "may_change": changes,
    }
    return render(request, "operator_panel/vendor_connection.html", context)


def _settings(plugin: VendorPlugin, found: VendorConnection) -> list[tuple[object, object]]:
    """Return the settings by label; of a secret nothing but that there is one, and until when it is valid."""
    rows: list[tuple[object, object]] = [
        (field.label, "••••••••" if field.is_secret else shown_value(field, found.settings))
        for field in plugin.settings_fields
    ]
    if found.certificate_expires_at is not None:
        rows.append((_("Certificate valid until"), moment_text(found.certificate_expires_at)))
    if plugin.tls is not None and plugin.tls.legacy:
        rows.append((_("Encryption"), _("The vendor’s server knows only old ciphers: they are allowed for it.")))
    return rows


def shown_value(field: Field, kept: Mapping[str, str]) -> object:
    """Return what was answered to an input of a plugin, as people call it."""
    value = kept.get(field.name, "")
    if field.kind is FieldKind.YES_NO:
        return _("yes") if value else _("no")
    return country_name(value) if field.kind is FieldKind.COUNTRY else dict(field.choices).get(value, value)


def _detail(name: str) -> str:
    """Return what a detail is called that the vendor told when the access was granted or checked."""
    known = {
        "answer": _("What it answers"),
        "company": _("Our company at the vendor"),
        "granted_at_vendor_by": _("Granted at the vendor by"),
        "host": _("Server's own name"),
        "licensed": _("Licences"),
        "free": _("Licences not used yet"),
        "tenant_id": _("Tenant"),
        "user_id": _("User's id at the vendor"),
        "version": _("Version"),
        "vetting_status": _("Vetting status"),
    }
    return known.get(name, name.replace("_", " ").capitalize())


def _days_left(found: VendorConnection) -> int | None:
    if found.token_expires_on is None or found.state != ConnectionState.GRANTED:
        return None
    return max((found.token_expires_on - timezone.now()).days, 0)


def _address(found: VendorConnection, page: str) -> str:
    """Return the address of a page that the plugin brings along for a connection; nothing where it has none."""
    try:
        return reverse(f"vendors:{found.plugin}:{page}", args=[found.pk])
    except NoReverseMatch:
        return ""


def _redirect_address(request: HttpRequest, plugin: str) -> str:
    """Return where the vendor sends the browser back after a consent: it has to be registered there."""
    try:
        return request.build_absolute_uri(reverse(f"vendors:{plugin}:callback"))
    except NoReverseMatch:
        return ""


def _journal_page(_actor: Actor, found: VendorConnection, _active: str) -> Page:
    return Page(title=_("Journal"), crumbs=(*_crumbs(found), Crumb(_("Journal"))))


# The exchanges with the vendor, secrets masked.
JOURNAL = ListTab("vendor_connection_journal", VENDOR_EXCHANGES, by="connection_id")
lists = list_views([JOURNAL], requires=requires, one=one, page_of=_journal_page)


@requires("vendor_connections.view")
@posted(lambda _request, pk: redirect("operator:vendor_connection", pk))
def vendor_connection_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask the vendor now whether the access works, and show what it said."""
    found = one(request, pk)
    try:
        found = check_connection(actor=request.actor, connection=found, now=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("operator:vendor_connection", pk)
    if found.last_error:
        messages.error(request, found.last_error)
    else:
        messages.success(request, _("The access works."))
    return redirect("operator:vendor_connection", pk)


@requires("vendor_connections.change")
def vendor_connection_create(request: HttpRequest) -> HttpResponse:
    """Choose a vendor; where there is only one, go on at once."""
    known = plugins()
    if len(known) == 1:
        return redirect("operator:vendor_connection_new", known[0].slug)
    page = Page(title=_("Create a connection"), crumbs=(_section(), Crumb(_("Create a connection"))))
    return render(request, "operator_panel/vendor_choice.html", {"page": page, "plugins": known})


@requires("vendor_connections.change")
def vendor_connection_new(request: HttpRequest, plugin: str) -> HttpResponse:
    """Create a connection of the own reseller, or of one below, to the vendor."""
    try:
        chosen = installed_plugin(plugin)
    except UnknownPlugin:
        raise Http404 from None

    fields = settings_fields_of(chosen)

    def form(*args: Any) -> forms.Form:
        built = forms.Form(
            *args,
            files=request.FILES or None,
            initial={"reseller": request.actor.reseller, "name": _free_name(request, chosen)},
        )
        built.fields["reseller"] = forms.ModelChoiceField(
            resellers_visible_to(request.actor).order_by("name"), label=_("Reseller"), empty_label=None
        )
        built.fields["name"] = forms.CharField(label=_("Name"), max_length=200)
        built.fields.update(inputs_of(fields, prefix=SETTING, addresses=request.actor.sees_everything))
        _say_when_needed(built, chosen)
        return built

    def keep(answers: dict[str, Any]) -> Done:
        values = values_of(answers, SETTING)
        made = add_connection(
            actor=request.actor, reseller=answers["reseller"], plugin=plugin, name=answers["name"], values=values
        )
        if not isinstance(chosen, NeedsConsent):
            return Done(
                _("Saved. The next step: check the access."), reverse("operator:vendor_connection", args=[made.pk])
            )
        request.session[GRANT_NOW] = made.pk
        return Done(_("Saved. The next step: grant the permissions at the vendor."), reverse(f"vendors:{plugin}:leave"))

    page = Page(title=str(chosen.name), crumbs=(_section(), Crumb(_("Create a connection"))))
    back = reverse("operator:vendor_connections")
    edit = Editing(page=page, form=form, keep=keep, back=back, submit=_("Create"), copied=_to_register(request, plugin))
    return editing(request, edit)


def _free_name(request: HttpRequest, plugin: VendorPlugin) -> str:
    """Return the vendor's name, with a number where connections have taken it."""
    taken = set(connections_visible_to(request.actor).values_list("name", flat=True))
    names = (str(plugin.name) if number == 1 else f"{plugin.name} {number}" for number in count(1))
    return next(name for name in names if name not in taken)


def _to_register(request: HttpRequest, plugin: str) -> tuple[tuple[str, str], ...]:
    address = _redirect_address(request, plugin)
    return ((_("Redirect address, to be registered for the application at the vendor"), address),) if address else ()


@requires("vendor_connections.change")
def vendor_connection_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what was granted: nothing is done at the vendor until it is granted again."""
    found = one(request, pk)

    def carry_out(_answers: dict[str, Any]) -> str:
        revoke_consent(actor=request.actor, connection=found)
        return _("The permissions are revoked.")

    operation = Operation(
        page=Page(title=_("Revoke permissions"), crumbs=(*_crumbs(found), Crumb(_("Revoke permissions")))),
        form=forms.Form,
        show=lambda _answers: Shown(
            question=_("Revoke the permissions of “%(connection)s”?") % {"connection": found.name},
            text=_(
                "Orders and changes then wait until they are granted again; services that run go on. The vendor's own"
                " list of permitted applications is not changed."
            ),
            submit=_("Revoke permissions"),
            charges=None,
        ),
        prepare=lambda _answers: may_revoke(found),
        carry_out=carry_out,
        back=reverse("operator:vendor_connection", args=[pk]),
        ask=_("Revoke permissions"),
        danger=True,
    )
    return confirming(request, operation)


def _say_when_needed(built: forms.Form, plugin: VendorPlugin) -> None:
    """Say beside the fields of which one has to be filled in that they are not simply optional."""
    for name in (name for group in plugin.one_of for name in group):
        field = built.fields[f"{SETTING}{name}"]
        field.needed_when = _("one of these is needed")


@requires("vendor_connections.change")
def vendor_connection_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change a connection's settings; a secret left empty stays."""
    found = one(request, pk)
    fields = settings_fields_of(plugin_for(found.plugin))

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args, files=request.FILES or None, initial={"name": found.name})
        built.fields["name"] = forms.CharField(label=_("Name"), max_length=200)
        seen = request.actor.sees_everything
        built.fields.update(inputs_of(fields, prefix=SETTING, now=found.settings, addresses=seen))
        return built

    def keep(answers: dict[str, Any]) -> Done:
        values = values_of(answers, SETTING)
        change_connection(actor=request.actor, connection=found, name=answers["name"], values=values)
        return Done(_("Saved."), back)

    back = reverse("operator:vendor_connection", args=[pk])
    page = Page(title=_("Edit"), crumbs=(*_crumbs(found), Crumb(_("Edit"))))
    consents = isinstance(plugin_for(found.plugin), NeedsConsent)
    note = (
        _("Another application or tenant makes the earlier grant void: it has to be given again.") if consents else ""
    )
    copied = _to_register(request, found.plugin)
    edit = Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=note, row=found, copied=copied)
    return editing(request, edit)


def _page_of(found: VendorConnection) -> Page:
    return Page(
        title=found.name,
        crumbs=(_section(), Crumb(found.pk)),
        status=Status(found.state, state_label(found)),
    )


def _section() -> Crumb:
    return Crumb(_("Vendor connections"), reverse("operator:vendor_connections"))


def _crumbs(found: VendorConnection) -> tuple[Crumb, ...]:
    return (_section(), Crumb(found.name, reverse("operator:vendor_connection", args=[found.pk])))
