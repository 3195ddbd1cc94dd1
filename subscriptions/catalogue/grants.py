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


# The columns of a discount that say which fees it is taken off.
ON = ("on_setup", "on_renewal", "on_recurring")


def kinds_of(*, setup: bool, renewal: bool, recurring: bool) -> frozenset[LineType]:
    """Return the kinds of charges that a discount on these fees is taken off; what was used recurs."""
    chosen = {
        LineType.SETUP_FEE: setup,
        LineType.RENEWAL_FEE: renewal,
        LineType.RECURRING_FEE: recurring,
        LineType.CONSUMPTION: recurring,
    }
    return frozenset(kind for kind, on in chosen.items() if on)


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
        setup, renewal, recurring = on
        kinds = None if all(on) else kinds_of(setup=setup, renewal=renewal, recurring=recurring)
        for link in links:
            if (link.creditor, link.debtor) == (creditor, debtor) and (all_plans or link.plan == plan):
                grants.setdefault(link, []).append(Grant(percent, starts, ends, kinds))
    return grants
