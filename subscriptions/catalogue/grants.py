"""What resellers grant those below them: the discounts between two levels of a plan that is handed down."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from billing.engine.chain import Grant
from billing.engine.terms import LineType
from subscriptions.models import Discount, DiscountType


@dataclass(frozen=True, slots=True)
class Link:
    """One level: the creditor sells its plan to the debtor, at the price list of its own resource or period of it."""

    creditor: int
    debtor: int
    plan: int
    priced: int | None


# Which kinds of fees a discount is taken off.
ON = {
    "on_setup": LineType.SETUP_FEE,
    "on_renewal": LineType.RENEWAL_FEE,
    "on_recurring": LineType.RECURRING_FEE,
}


def grants_of(links: Collection[Link]) -> Mapping[Link, list[Grant]]:
    """Return the discounts that resellers grant to those below them, by link: of the plan there that they resell.

    One statement.
    """
    granting = Discount.objects.filter(
        reseller__in={link.creditor for link in links}, type=DiscountType.RESELLER, active=True
    )
    columns = ("reseller", "resellers", "all_plans", "plans", "percent", "valid_from", "valid_until", *ON)
    grants: dict[Link, list[Grant]] = {}
    for creditor, debtor, all_plans, plan, percent, starts, ends, *on in granting.values_list(*columns):
        kinds = None if all(on) else frozenset(kind for kind, taken in zip(ON.values(), on, strict=True) if taken)
        for link in links:
            if (link.creditor, link.debtor) == (creditor, debtor) and (all_plans or link.plan == plan):
                grants.setdefault(link, []).append(Grant(percent, starts, ends, kinds))
    return grants
