"""Promotions of the new commerce: Microsoft asks the full price, without a word, where a purchase does not get one."""

from collections.abc import Iterable

from django.utils.translation import gettext_noop

from vendors.errors import Rejected
from vendors.microsoft.partner_center import Members, PartnerCenter, same_id
from vendors.office365.lines import Terms, same_item
from vendors.office365.products import Item

UNKNOWN = gettext_noop(
    "Microsoft has no promotion %(promotion)s for this country and segment now. Correct or empty it in the template."
)
OTHER_TERM = gettext_noop(
    "The promotion %(promotion)s is for %(offer)s for the term %(term)s billed %(cycle)s, and Microsoft would ask the"
    " full price without a word. Choose that term, or empty the promotion in the template."
)
NOT_ELIGIBLE = gettext_noop(
    "Microsoft does not give the promotion %(promotion)s to this purchase, and would ask the full price without a word:"
    " %(reason)s Change the order, or empty the promotion in the template."
)


def is_for(partner_center: PartnerCenter, item: Item, terms: Terms, country: str) -> bool:
    """Return whether the terms' promotion is for the item; raises Rejected where it is for another term of it."""
    if not terms.promotion_id:
        return False
    known = _promotion(partner_center, terms, country)
    required = [one for one in known.get("requiredProducts") or () if same_item(_item_of(one), item.offer)]
    if not required:
        return False
    if any(_is_term(one, terms) for one in required):
        return True
    term = required[0].get("term") or Members()
    told = {"term": term.get("duration") or "", "cycle": term.get("billingCycle") or ""}
    raise Rejected(
        OTHER_TERM, code="promotion", at="promotion_id", promotion=terms.promotion_id, offer=item.name, **told
    )


def require_for_one(partner_center: PartnerCenter, items: Iterable[Item], terms: Terms, country: str) -> None:
    """Raise Rejected where the template's promotion is for none of its items."""
    if terms.promotion_id and not any(is_for(partner_center, item, terms, country) for item in items):
        raise Rejected(UNKNOWN, code="promotion", at="promotion_id", promotion=terms.promotion_id)


def require_given(partner_center: PartnerCenter, customer_id: str, item: Item, quantity: int, terms: Terms) -> None:
    """Raise Rejected, with Microsoft's reason, where a customer's purchase of an item does not get the promotion."""
    wanted = {
        "id": 0,
        "catalogItemId": item.catalogue_item,
        "quantity": quantity,
        "billingCycle": terms.billing_cycle,
        "termDuration": terms.term_duration,
        "promotionId": terms.promotion_id,
    }
    answered = partner_center.ask(f"customers/{customer_id}/promotionEligibilities", {"items": [wanted]}).body
    told = [one for row in answered.get("items") or () for one in row.get("eligibilities") or ()]
    if any(one.get("isEligible") for one in told):
        return
    reasons = " ".join(str(error.get("description") or "") for one in told for error in one.get("errors") or ())
    raise Rejected(
        NOT_ELIGIBLE, code="promotion", at="promotion_id", promotion=terms.promotion_id, reason=reasons or "—"
    )


def _promotion(partner_center: PartnerCenter, terms: Terms, country: str) -> Members:
    params = {"country": country, "segment": terms.segment.casefold()}
    for one in partner_center.collection("productpromotions", params=params):
        if same_id(str(one["id"]), terms.promotion_id):
            return one
    raise Rejected(UNKNOWN, code="promotion", at="promotion_id", promotion=terms.promotion_id)


def _item_of(required: Members) -> str:
    return f"{required['productId']}:{required['skuId']}"


def _is_term(required: Members, terms: Terms) -> bool:
    term = required.get("term") or Members()
    return same_id(str(term.get("duration") or ""), terms.term_duration) and same_id(
        str(term.get("billingCycle") or ""), terms.billing_cycle
    )
