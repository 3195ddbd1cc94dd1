"""What a customer has to be for Microsoft to sell to a segment: a school, an authority, a charity.

Microsoft vets what a partner says of a customer; what is in review is waited for, and a charity is made one by
Microsoft alone (microsoft-2026.md, section 3). Only a person may ask (App+User).
"""

from collections.abc import Mapping
from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import JSON, Field, FieldKind, Steps, Waiting, Who
from vendors.errors import LostAnswer, Rejected
from vendors.microsoft.errors import UNREADABLE
from vendors.microsoft.partner_center import Members, PartnerCenter, same_id

# Segments of a template, as what Microsoft calls those who qualify for them, and the answer that asking takes.
QUALIFICATIONS = {
    "Education": ("Education", "education_segment", "educationSegment"),
    "Government": ("GovernmentCommunityCloud", "validation_code", "validationCode"),
    "Nonprofit": ("Nonprofit", "", ""),
}
IN_REVIEW, APPROVED, DENIED = "inreview", "approved", "denied"
ORDER_FIELDS = (
    Field(
        "education_segment",
        _("Kind of school"),
        FieldKind.CHOICE,
        choices=(("K12", _("School")), ("HigherEducation", _("University"))),
        used_by="qualification",
        after=("domain_prefix",),
        help=_("Microsoft sells this to schools only, and looks whether the customer is one."),
    ),
    Field(
        "validation_code",
        _("Validation code of the authority"),
        used_by="qualification",
        after=("domain_prefix",),
        help=_("Microsoft gives it to authorities that it has vetted for its government cloud."),
    ),
)

NOT_A_CHARITY = gettext_noop(
    "Microsoft sells this only to charities that it has vetted itself, and the customer is not one of them yet. The"
    " customer registers at https://nonprofit.microsoft.com with its own tenant; order again once it is accepted there."
)
UNANSWERED = gettext_noop("Microsoft sells this only to a segment (%(segment)s). “%(field)s” is missing: fill it in.")
REFUSED = gettext_noop(
    "Microsoft has not accepted the customer for this segment (%(segment)s): %(reason)s Choose another plan, or settle"
    " it with Microsoft's partner support and order again."
)
REVIEWED = gettext_noop(
    "Microsoft looks whether the customer belongs to the segment that this is sold to (%(segment)s). Nothing has to be"
    " done; the order goes on by itself."
)
LOOK_AGAIN, AT_MOST = timedelta(hours=1), timedelta(days=30)


def asked_for(partner_center: PartnerCenter, customer_id: str, segment: str) -> tuple[Field, ...]:
    """Return what an order has to answer so that Microsoft can be asked to vet the customer; nothing where it has."""
    _name, field, _member = QUALIFICATIONS.get(segment, ("", "", ""))
    if not field or _status(partner_center, customer_id, segment)[0] in (IN_REVIEW, APPROVED):
        return ()
    return tuple(one for one in ORDER_FIELDS if one.name == field)


def problem_of(
    partner_center: PartnerCenter, customer_id: str, segment: str, answers: Mapping[str, str]
) -> Rejected | None:
    """Return why an order of a segment cannot be placed for the customer ("" for one that is new), before any pays."""
    if segment not in QUALIFICATIONS:
        return None
    status, reason = _status(partner_center, customer_id, segment)
    field = QUALIFICATIONS[segment][1]
    if status == DENIED:
        return Rejected(REFUSED, code="not_qualified", segment=segment, reason=reason)
    if status:
        return None
    if not field:
        return Rejected(NOT_A_CHARITY, code="not_qualified")
    if not answers.get(field):
        (asked,) = (one for one in ORDER_FIELDS if one.name == field)
        return Rejected(UNANSWERED, code="not_qualified", at=field, segment=segment, field=asked.label)
    return None


def awaited(
    partner_center: PartnerCenter, customer: JSON, segment: str, answers: Mapping[str, str], steps: Steps
) -> Waiting | None:
    """Ask Microsoft to vet the customer where it has to be; return the wait for that, None where nothing is left.

    Raises Rejected for whom Microsoft does not accept.
    """
    if segment not in QUALIFICATIONS:
        return None
    customer_id = customer["customer_id"]
    problem = problem_of(partner_center, customer_id, segment, answers)
    if problem is not None:
        raise problem
    if not _status(partner_center, customer_id, segment)[0]:
        _ask(partner_center, customer_id, segment, answers, steps)
    if _status(partner_center, customer_id, segment)[0] == APPROVED:
        return None
    return Waiting(
        REVIEWED,
        {"segment": segment},
        who=Who.VENDOR,
        vendor_ids=dict(customer),
        look_again=LOOK_AGAIN,
        at_most=AT_MOST,
    )


def _ask(
    partner_center: PartnerCenter, customer_id: str, segment: str, answers: Mapping[str, str], steps: Steps
) -> None:
    name, field, member = QUALIFICATIONS[segment]
    path = f"customers/{customer_id}/qualifications"

    def send(request_id: str) -> JSON:
        body = {"qualification": name, member: answers[field]}
        told = partner_center.write("POST", path, body, request_id=request_id).body
        if not same_id(str(told.get("qualification") or ""), name):
            raise LostAnswer(UNREADABLE, code="unreadable", answered=True)
        return {"asked": name}

    def find() -> JSON | None:
        return {"asked": name} if _status(partner_center, customer_id, segment)[0] else None

    # Microsoft shows at once what it was asked.
    steps.once("qualification", send=send, find=find, visible_after=timedelta(0))


def _status(partner_center: PartnerCenter, customer_id: str, segment: str) -> tuple[str, str]:
    """Return how far the vetting is, in small letters, and Microsoft's reason; "" where it was never asked for."""
    if not customer_id:
        return "", ""
    for told in partner_center.read(f"customers/{customer_id}/qualifications").body or ():
        row = Members(told)
        if same_id(str(row.get("qualification") or ""), QUALIFICATIONS[segment][0]):
            return str(row.get("vettingStatus") or "").casefold(), str(row.get("vettingReason") or "—")
    return "", ""
