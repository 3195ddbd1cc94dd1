"""Indirect resellers (microsoft-2026.md, section 4): customers name their tenant, orders their Partner ID."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import Field, FieldKind
from vendors.errors import NotFound, Rejected
from vendors.microsoft.partner_center import Members, PartnerCenter, same_id

RELATIONSHIP = "IsIndirectCloudSolutionProviderOf"
TENANT, PARTNER_ID = "reseller_tenant", "reseller_partner_id"
FIELDS = (
    Field(
        TENANT,
        _("Tenant of the reseller at Microsoft"),
        FieldKind.CHOICE,
        required=False,
        help=_("Of our indirect resellers; new customers are associated with it."),
    ),
    Field(
        PARTNER_ID,
        _("Partner ID of the reseller"),
        required=False,
        help=_(
            "Its number in Microsoft's partner network, for orders. Empty: that which Microsoft has for the tenant."
        ),
    ),
)

NOT_OURS = gettext_noop(
    "This tenant is none of our indirect resellers at Microsoft. Invite it in Partner Center, or choose another."
)
NOT_ACTIVE = gettext_noop(
    "The reseller relationship with %(name)s is not active at Microsoft (%(state)s). Put it right in Partner Center."
)
OTHER_PARTNER_ID = gettext_noop(
    "This is not the Partner ID of %(name)s: Microsoft has %(partner_id)s. Correct it, or leave it empty."
)
OWN_PARTNER_ID = gettext_noop("This is our own Partner ID. Enter that of the reseller.")
NO_PARTNER = gettext_noop("Microsoft knows no Partner ID %(partner_id)s. Correct it.")
NO_RESELLER = gettext_noop(
    "The Partner ID %(partner_id)s belongs to none of our indirect resellers at Microsoft. Invite the partner"
    " in Partner Center, or correct the number."
)


def choices(partner_center: PartnerCenter) -> tuple[Field, ...]:
    """Return FIELDS with our indirect resellers to choose from, by name."""
    known = sorted((_name(row), str(row["id"]), str(row.get("mpnId") or "")) for row in _resellers(partner_center))
    tenants = tuple((tenant, f"{name} ({partner_id})") for name, tenant, partner_id in known)
    return tuple(replace(field, choices=tenants) if field.name == TENANT else field for field in FIELDS)


def checked(partner_center: PartnerCenter, values: Mapping[str, str]) -> dict[str, str]:
    """Return tenant and Partner ID of the indirect reseller that is meant: either is enough, both are one pair.

    Raises Rejected, naming the field, for what is none of our active resellers.
    """
    tenant, partner_id = values.get(TENANT, ""), values.get(PARTNER_ID, "")
    known = _resellers(partner_center)
    found = [row for row in known if same_id(str(row["id"]), tenant)] if tenant else known
    if tenant and not found:
        raise Rejected(NOT_OURS, code="no_reseller", at=TENANT)
    pair = [row for row in found if not partner_id or str(row.get("mpnId")) == partner_id]
    if not pair and tenant:
        told = {"name": _name(found[0]), "partner_id": str(found[0].get("mpnId") or "")}
        raise Rejected(OTHER_PARTNER_ID, code="other_partner_id", at=PARTNER_ID, **told)
    if not pair:
        raise _unknown(partner_center, partner_id)
    if not same_id(str(pair[0].get("state") or "active"), "active"):
        raise Rejected(NOT_ACTIVE, code="not_active", at=TENANT, name=_name(pair[0]), state=str(pair[0]["state"]))
    return {TENANT: str(pair[0]["id"]), PARTNER_ID: str(pair[0].get("mpnId") or "")}


def _unknown(partner_center: PartnerCenter, partner_id: str) -> Rejected:
    """Return why a Partner ID is none of a reseller of ours: nobody's, our own, or a stranger's."""
    try:
        partner_center.read("profiles/mpn", params={"mpnId": partner_id})
    except NotFound:
        return Rejected(NO_PARTNER, code="no_partner", at=PARTNER_ID, partner_id=partner_id)
    own = str(partner_center.read("profiles/mpn").body.get("mpnId") or "")
    sentence = OWN_PARTNER_ID if own == partner_id else NO_RESELLER
    return Rejected(sentence, code="no_reseller", at=PARTNER_ID, partner_id=partner_id)


def _resellers(partner_center: PartnerCenter) -> list[Members]:
    return list(partner_center.collection("relationships", params={"relationship_type": RELATIONSHIP}))


def _name(row: Members) -> str:
    return str(row.get("name") or row["id"])
