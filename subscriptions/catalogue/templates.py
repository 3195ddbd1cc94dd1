"""Application templates: a vendor's service made ready for plans."""

import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.models import Reseller
from core.errors import Refusals, Refused
from subscriptions.catalogue.reach import NameTaken, checked_name, require_reseller
from subscriptions.models import ApplicationResource, ApplicationTemplate, PlanResource, TemplateStatus
from vendors.answers import checked_all
from vendors.models import VendorConnection
from vendors.queries import usable_connections
from vendors.questions import template_fields, validate_template

KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")


class ConnectionNotUsable(Refused):
    """The vendor connection belongs to somebody else, or the vendor has not granted access through it."""

    code = "connection_not_usable"
    field = "connection"


class ResourceNotAllowed(Refused):
    """A resource of the template is not described well, or is in use and cannot go."""

    code = "resource_not_allowed"
    field = "resources"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sold:
    """A resource that can be counted and sold: our key, the vendor's id of it and the vendor's bounds."""

    key: str
    name: str
    unit: str = "unit"
    vendor_reference: str = ""
    vendor_minimum: int | None = None
    vendor_maximum: int | None = None


def ask_vendor_of_template(
    *,
    actor: Actor,
    connection: VendorConnection | None,
    resources: Collection[Sold],
    settings: Mapping[str, str],
    now: datetime,
) -> None:
    """Let the vendor refuse what it does not sell so; it may take seconds, nothing may be locked meanwhile.

    Where it cannot be asked now, what is ordered is looked at again. Raises Forbidden, refusals of the vendor.
    """
    actor.require("application_templates.change")
    offers = {resource.key: resource.vendor_reference for resource in resources if resource.vendor_reference}
    validate_template(connection, offers=offers, options=settings, now=now)


@transaction.atomic
def create_template(
    *,
    actor: Actor,
    reseller: Reseller,
    name: str,
    connection: VendorConnection | None,
    resources: Collection[Sold],
    description: str = "",
    settings: Mapping[str, str] | None = None,
) -> ApplicationTemplate:
    """Create an application template over a granted vendor connection, or over none: then it is only billed.

    Raises Forbidden, NameMissing, NameTaken, ConnectionNotUsable, ResourceNotAllowed.
    """
    require_reseller(actor, reseller, "application_templates.change")
    name = checked_name(name)
    if ApplicationTemplate.objects.filter(reseller=reseller, name=name).exists():
        raise NameTaken(_("There is a template of this name already. Choose another name."))
    _check_connection(reseller, connection)
    settings = checked_all(template_fields(connection), settings or {}) if connection is not None else settings
    _check_resources(resources, connection)
    template = ApplicationTemplate.objects.create(
        reseller=reseller,
        name=name,
        description=description,
        plugin=connection.plugin if connection is not None else "",
        connection=connection,
        settings=dict(settings or {}),
    )
    ApplicationResource.objects.bulk_create(
        ApplicationResource(template=template, **asdict(resource)) for resource in resources
    )
    return template


@transaction.atomic
def change_template(
    *,
    actor: Actor,
    template: ApplicationTemplate,
    name: str,
    description: str,
    settings: Mapping[str, str],
    resources: Collection[Sold],
    active: bool = True,
) -> ApplicationTemplate:
    """Change a template; its resources become those given. One that plans sell keeps its key and vendor's id.

    Raises Forbidden, NameMissing, NameTaken, ResourceNotAllowed.
    """
    require_reseller(actor, template.reseller, "application_templates.change")
    template.name = checked_name(name)
    same = ApplicationTemplate.objects.filter(reseller=template.reseller_id, name=template.name)
    if same.exclude(pk=template.pk).exists():
        raise NameTaken(_("There is a template of this name already. Choose another name."))
    settings = dict(settings) | checked_all(template_fields(template.connection), settings)
    _check_resources(resources, template.connection)
    template.description = description
    template.settings = dict(settings)
    template.status = TemplateStatus.ACTIVE if active else TemplateStatus.INACTIVE
    template.save(update_fields=["name", "description", "settings", "status"])
    _replace_resources(template, {resource.key: resource for resource in resources})
    return template


def _replace_resources(template: ApplicationTemplate, wanted: Mapping[str, Sold]) -> None:
    known = {resource.key: resource for resource in template.resources.all()}
    in_use = set(PlanResource.objects.filter(resource__template=template).values_list("resource__key", flat=True))
    for key, resource in known.items():
        asked = wanted.get(key)
        if key in in_use and (asked is None or asked.vendor_reference != resource.vendor_reference):
            raise ResourceNotAllowed(
                _("Plans sell the resource “%(name)s”: it can neither go nor become another one at the vendor.")
                % {"name": resource.name}
            )
        if asked is None:
            resource.delete()
            continue
        for field, value in asdict(asked).items():
            setattr(resource, field, value)
        resource.save()
    ApplicationResource.objects.bulk_create(
        ApplicationResource(template=template, **asdict(resource))
        for key, resource in wanted.items()
        if key not in known
    )


def _check_connection(reseller: Reseller, connection: VendorConnection | None) -> None:
    if connection is None or usable_connections(reseller).filter(pk=connection.pk).exists():
        return
    raise ConnectionNotUsable(
        _("“%(connection)s” cannot be used yet: grant the access, or check it, on the connection's page first.")
        % {"connection": connection}
    )


def _check_resources(resources: Collection[Sold], connection: VendorConnection | None) -> None:
    if not resources:
        raise ResourceNotAllowed(_("Choose at least one resource."))
    if len({resource.key for resource in resources}) < len(resources):
        raise ResourceNotAllowed(_("Two resources have the same key."))
    refusals = Refusals()
    for resource in resources:
        if not KEY.fullmatch(resource.key) or not resource.name.strip():
            sentence = _("Each resource needs a name, and a key of small Latin letters, digits, “-” and “_”.")
            refusals.add(ResourceNotAllowed(sentence))
        if connection is not None and not resource.vendor_reference:
            refusals.add(ResourceNotAllowed(_("%(name)s: the vendor's id is missing.") % {"name": resource.name}))
        if resource.vendor_minimum and resource.vendor_maximum and resource.vendor_minimum > resource.vendor_maximum:
            refusals.add(ResourceNotAllowed(_("%(name)s: the minimum is above the maximum.") % {"name": resource.name}))
    refusals.raise_any()
