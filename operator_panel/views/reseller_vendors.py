"""What a reseller is called at a vendor that asks who sells: chosen from the vendor's list, checked there, kept."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.confirming import Done
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing
from operator_panel.views.resellers import one
from vendors.forms import RESELLER, inputs_of, values_of
from vendors.queries import connections_visible_to
from vendors.questions import reseller_choices
from vendors.resellers import fields_of, name_reseller, refuse_unless_above


@requires("resellers.change")
def reseller_vendor(request: HttpRequest, pk: int, connection: int) -> HttpResponse:
    """Say what a reseller is called at the vendor behind a connection above it."""
    found = one(request, pk)
    over = get_object_or_404(connections_visible_to(request.actor), pk=connection)
    known = found.at_vendors.filter(connection=over).first()
    trouble, fields = "", fields_of(over)
    try:
        refuse_unless_above(request.actor, found, over)
        fields = reseller_choices(over, now=timezone.now())
    except Refused as refusal:
        trouble = str(refusal)

    def form(*args: Any) -> forms.Form:
        built = forms.Form(*args)
        built.fields.update(inputs_of(fields, prefix=RESELLER, now=known.values if known is not None else {}))
        return built

    def keep(answers: dict[str, Any]) -> Done:
        values = values_of(answers, RESELLER)
        kept = name_reseller(actor=request.actor, reseller=found, connection=over, values=values, now=timezone.now())
        return Done(_("Checked at the vendor and saved.") if kept else _("Saved."), back)

    back = reverse("operator:reseller", args=[pk])
    crumbs = (Crumb(_("Resellers"), reverse("operator:resellers")), Crumb(found.name, back), Crumb(over.name))
    page = Page(title=_("At the vendor: %(connection)s") % {"connection": over.name}, crumbs=crumbs)
    edit = Editing(
        page=page, form=form, keep=keep, back=back, submit=_("Check and save"), note=trouble, read_only=bool(trouble)
    )
    return editing(request, edit)
