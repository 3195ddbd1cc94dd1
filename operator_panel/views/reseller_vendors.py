"""What a reseller is called at a vendor that asks who sells: chosen from the vendor's list, checked there, kept."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Reseller
from core.errors import Refused
from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing
from operator_panel.views.resellers import one
from vendors.forms import RESELLER, inputs_of, values_of
from vendors.models import VendorConnection
from vendors.queries import connections_visible_to
from vendors.questions import reseller_choices
from vendors.reseller_rows import ResellerAtVendor
from vendors.resellers import ask_vendor_of_reseller, fields_of, name_reseller, refuse_unless_above


@requires("resellers.change")
def reseller_vendor(request: HttpRequest, pk: int, connection: int) -> HttpResponse:
    """Say what a reseller is called at the vendor behind a connection above it."""
    found = one(request, pk)
    over = get_object_or_404(connections_visible_to(request.actor), pk=connection)
    trouble, fields = "", fields_of(over)
    try:
        refuse_unless_above(request.actor, found, over)
        fields = reseller_choices(over, now=timezone.now())
    except Refused as refusal:
        trouble = str(refusal)

    def form(*args: Any) -> forms.Form:
        row = _known(found, over)
        built = forms.Form(*args)
        built.fields.update(inputs_of(fields, prefix=RESELLER, now=row.values if row is not None else {}))
        return built

    said: dict[str, Any] = {"actor": request.actor, "reseller": found, "connection": over, "now": timezone.now()}
    checked = _checked(form(request.POST), said) if request.method == "POST" and not trouble else {}

    def keep(_answers: dict[str, Any]) -> Done:
        if isinstance(checked, Refused):
            raise checked
        kept = name_reseller(**said, values=checked)
        return Done(_("Checked at the vendor and saved.") if kept else _("Saved."), back)

    back = reverse("operator:reseller", args=[pk])
    crumbs = (Crumb(_("Resellers"), reverse("operator:resellers")), Crumb(found.name, back), Crumb(over.name))
    page = Page(title=_("At the vendor: %(connection)s") % {"connection": over.name}, crumbs=crumbs)
    edit = Editing(
        page=page, form=form, keep=keep, back=back, submit=_("Check and save"), note=trouble, read_only=bool(trouble),
        row=found, author=lambda: _author(_known(found, over)),
    )  # fmt: skip
    return editing(request, edit)


def _known(reseller: Reseller, connection: VendorConnection) -> ResellerAtVendor | None:
    return reseller.at_vendors.filter(connection=connection).select_related("checked_by").first()


def _author(row: ResellerAtVendor | None) -> tuple[str, datetime] | None:
    """Return who had it checked at the vendor, and when; None for what nobody did, and what was forgotten."""
    if row is None or row.checked_by is None or row.checked_at is None:
        return None
    return str(row.checked_by), row.checked_at


def _checked(form: forms.Form, said: dict[str, Any]) -> dict[str, str] | Refused:
    """Return what the vendor says of the answers of a form, before the transaction in which they are kept."""
    if not form.is_valid():
        return {}
    try:
        return ask_vendor_of_reseller(**said, values=values_of(form.cleaned_data, RESELLER))
    except Refused as refusal:
        return refusal
