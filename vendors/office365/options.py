"""What an application template says of how its offers are bought at Microsoft, and what happens when a term is over."""

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from vendors.base import Connection, Field, FieldKind, Order, Service
from vendors.commitments import AtEnd
from vendors.fields import YES
from vendors.microsoft.agreements import CONFIRMED
from vendors.microsoft.plugin import country_of, road_of
from vendors.microsoft.resellers import PARTNER_ID
from vendors.office365.alignment import ENDS_WITH
from vendors.office365.lines import COMMERCIAL, Terms

TEMPLATE_FIELDS = (
    Field(
        "billing_cycle",
        _("Billing cycle at Microsoft"),
        FieldKind.CHOICE,
        choices=(
            ("monthly", _("Monthly")),
            ("annual", _("Annual")),
            ("triennial", _("Every three years")),
            ("none", _("None (trials)")),
        ),
        default="monthly",
    ),
    Field(
        "term_duration",
        _("Term at Microsoft"),
        FieldKind.CHOICE,
        choices=(("P1M", _("One month")), ("P1Y", _("One year")), ("P3Y", _("Three years"))),
        required=False,
        help=_("Needed for products of the new commerce; older offers have none."),
    ),
    Field(
        "segment",
        _("Sold to"),
        FieldKind.CHOICE,
        choices=(
            (COMMERCIAL, _("Companies")),
            ("Education", _("Education")),
            ("Government", _("Authorities")),
            ("Nonprofit", _("Charities")),
        ),
        default=COMMERCIAL,
    ),
    Field(
        "end_of_term",
        _("At the end of the term"),
        FieldKind.CHOICE,
        choices=(
            (AtEnd.RENEWS.value, _("It renews")),
            (AtEnd.ENDS.value, _("It ends")),
            (AtEnd.EXTENDS.value, _("It goes on by the month (extended service term, dearer)")),
        ),
        default=AtEnd.RENEWS.value,
        help=_("What is arranged at Microsoft after each purchase. A trial ends."),
    ),
    Field(
        "promotion_id",
        _("Promotion"),
        required=False,
        help=_("The promotion's id at Microsoft. Whoever does not get it is told so before paying."),
    ),
    Field(
        "attested",
        _("The conditions of offers for which Microsoft wants that confirmed are accepted"),
        FieldKind.YES_NO,
        required=False,
    ),
    Field(
        "partner_mpn_id",
        _("Partner ID (MPN) of an indirect reseller"),
        required=False,
        help=_("For sales of resellers whose page names none at Microsoft."),
    ),
)


def end_of(options: Mapping[str, str]) -> AtEnd:
    """Return what a template's options want at the end of a term."""
    return AtEnd(options.get("end_of_term") or AtEnd.RENEWS)


def terms_of(connection: Connection, sold: Order | Service, answers: Mapping[str, str] | None = None) -> Terms:
    """Return how to order over a connection: the template's options, the answers of an order, and who sells it."""
    options = sold.options
    return Terms(
        billing_cycle=options.get("billing_cycle") or "monthly",
        country=country_of(connection),
        partner_mpn_id=sold.reseller.get(PARTNER_ID) or options.get("partner_mpn_id") or "",
        term_duration=options.get("term_duration") or "",
        segment=options.get("segment") or COMMERCIAL,
        promotion_id=options.get("promotion_id") or "",
        attested=options.get("attested") == YES,
        at_end=end_of(options),
        ends_with=(answers or {}).get(ENDS_WITH, ""),
        carts=road_of(connection) != CONFIRMED,
    )
