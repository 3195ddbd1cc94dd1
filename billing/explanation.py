"""Why a charge is what it is: the formula with its inputs, the price it came from, the chain of splits."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import Sum
from django.utils.translation import gettext as _

from billing.charging import line_of
from billing.engine.lines import SPLIT_SOURCES, Source, explain
from billing.models import Charge, ChargeStatus, ChargeType, PostingKind, Usage
from core.panel.formats import day_text, money_text, number_text, unit_money_text


@dataclass(frozen=True, slots=True)
class PriceRow:
    """The line of the plan's price list that a unit price came from; `fixed` where it stays that of the ordering."""

    valid_from: date
    amount: Decimal
    fixed: bool


@dataclass(frozen=True, slots=True)
class ChargeExplanation:
    """The inputs of `quantity x unit price x days / period days` in the charge's currency, and where it comes from.

    `exact` is that product, `rounded` the same to the currency's smallest unit, `net` what a discount leaves of it.
    `difference` is amount - net: not zero only for the last part of a split, which takes what the other parts leave of
    `whole`, and for the charge that takes the correction of its order's discount. `chain` leads from the
    charge that was first made down to this one; `parts` are those that it was split into. `taken_back_on` is the day on
    which a charge that had been closed was taken back.
    """

    charge: Charge
    days: int
    period_days: int
    quantity: int | Decimal
    unit_price: Decimal
    exact: Fraction
    rounded: Decimal
    rate: Decimal
    net: Decimal
    difference: Decimal
    whole: Decimal | None
    price: PriceRow | None
    chain: tuple[Charge, ...]
    parts: tuple[Charge, ...]
    taken_back_on: date | None = None
    # Of consumption: what the vendor took, by the markup in percent that the plan puts on it.
    costs: tuple[tuple[Decimal, Decimal], ...] = ()

    @property
    def formula(self) -> str:
        """Return the arithmetic as one line in the active language."""
        currency = self.charge.currency
        if self.charge.is_share_of_days:
            return self._formula_of_days(currency)
        return _("%(quantity)s × %(price)s = %(amount)s") % {
            "quantity": number_text(self.quantity),
            "price": unit_money_text(self.unit_price, currency),
            "amount": money_text(self.rounded, currency),
        }

    def _formula_of_days(self, currency: str) -> str:
        return _("%(quantity)s × %(price)s × %(days)s of %(period)s days = %(amount)s") % {
            "quantity": self.quantity,
            "price": unit_money_text(self.unit_price, currency),
            "days": self.days,
            "period": self.period_days,
            "amount": money_text(self.rounded, currency),
        }

    @property
    def sentences(self) -> list[str]:
        """Return what else there is to say, in the active language."""
        said = self._of_discount()
        if self.difference and self.whole is not None:
            said.append(
                _("The parts of a split add up to %(whole)s, so this part takes the difference of %(difference)s.")
                % {
                    "whole": money_text(self.whole, self.charge.currency),
                    "difference": money_text(self.difference, self.charge.currency),
                }
            )
        said += [
            _("The vendor took %(cost)s; the plan's markup on it is %(markup)s %%.")
            % {"cost": unit_money_text(cost, self.charge.currency), "markup": number_text(markup)}
            for markup, cost in self.costs
        ]
        if self.charge.source == Source.CLOSED_BY_HAND:
            said.append(_("Closed by hand: the sum of what was reserved and of what lay ahead."))
        if self.price is not None and self.price.fixed:
            said.append(_("The price is fixed: it stays that of the ordering."))
        elif self.price is not None:
            said.append(_("The plan's price valid from %(day)s.") % {"day": day_text(self.price.valid_from)})
        if self.taken_back_on is not None and self.charge.closed_on is not None:
            said.append(
                _("It was closed on %(closed)s and taken back on %(back)s: what it took is on the balance again.")
                % {"closed": day_text(self.charge.closed_on), "back": day_text(self.taken_back_on)}
            )
        if (late := self._provided_late()) is not None:
            said.append(late)
        elif self.charge.status == ChargeStatus.DELETED and self.parts:
            said.append(_("It was split, and its parts took its place."))
        return said

    def _of_discount(self) -> list[str]:
        """Return what was taken off, by which discount, and the cent that makes the charges of an order add up."""
        if not self.rate:
            return []
        values = {
            "percent": number_text(self.rate * 100),
            "name": self.charge.discounted_by.name if self.charge.discounted_by is not None else "",
            "net": money_text(self.net, self.charge.currency),
        }
        if values["name"]:
            said = [_("Less %(percent)s %% by the discount “%(name)s”: %(net)s.") % values]
        else:
            said = [_("Less %(percent)s %% of discount: %(net)s.") % values]
        if self.difference and self.whole is None:
            said.append(
                _(
                    "The discount is taken off the sum of what is charged together: this charge takes the difference"
                    " of %(difference)s, so that all add up to it."
                )
                % {"difference": money_text(self.difference, self.charge.currency)}
            )
        return said

    def _provided_late(self) -> str | None:
        """Return what provision on a later day than payment made of the charge (decision 22), None for nothing."""
        charge, order = self.charge, self.charge.order
        if order is None or order.paid_on is None or charge.source not in (Source.PURCHASE, Source.UPGRADE):
            return None
        if order.provisioned_on is None:
            waits = charge.status == ChargeStatus.BLOCKED and order.closed_on is None
            return (
                _("The vendor has not provided it yet: it is charged from the day on which it has.") if waits else None
            )
        if order.provisioned_on <= order.paid_on:
            return None
        days = {"provided": day_text(order.provisioned_on), "paid": day_text(order.paid_on)}
        if charge.status == ChargeStatus.DELETED and charge.created_on < order.provisioned_on:
            return (
                _("It was paid on %(paid)s and provided by the vendor on %(provided)s: it is charged from then.") % days
            )
        if charge.created_on == order.provisioned_on == charge.operate_from:
            return _("Charged from %(provided)s, on which the vendor provided it; it was paid on %(paid)s.") % days
        return None


def explain_charge(charge: Charge) -> ChargeExplanation:
    """Return why the charge is what it is; the caller has found it through charges_visible_to."""
    chain = _chain(charge)
    line = line_of(charge)
    if len(chain) > 1 and line.source in SPLIT_SOURCES:
        line = replace(line, parent=line_of(chain[-2]))
    explained = explain(line, charge.currency)
    return ChargeExplanation(
        charge=charge,
        days=explained.days,
        period_days=explained.period_days,
        quantity=explained.quantity,
        unit_price=explained.unit_price,
        exact=explained.exact,
        rounded=explained.rounded,
        rate=explained.rate,
        net=explained.net,
        difference=explained.difference,
        whole=explained.whole,
        price=_price_row(charge, chain[0]),
        chain=chain,
        parts=tuple(charge.parts.order_by("pk")),
        taken_back_on=_taken_back_on(charge),
        costs=_costs(charge),
    )


def _costs(charge: Charge) -> tuple[tuple[Decimal, Decimal], ...]:
    """Return the vendor's costs that a charge of consumption is the sum of, by markup; one that was deleted is not."""
    if charge.type != ChargeType.CONSUMPTION or charge.status == ChargeStatus.DELETED:
        return ()
    told = Usage.objects.filter(subscription_resource=charge.subscription_resource_id, counted_to=charge.operate_to)
    return tuple(told.order_by("markup").values_list("markup").annotate(cost=Sum("cost")).values_list("markup", "cost"))


def _taken_back_on(charge: Charge) -> date | None:
    if charge.status != ChargeStatus.REFUNDED or charge.closed_on is None:
        return None
    return charge.entries.filter(kind=PostingKind.REVERSAL).values_list("day", flat=True).first()


def _chain(charge: Charge) -> tuple[Charge, ...]:
    """Return the charges from which this one was split, the first made first, and itself."""
    chain = [charge]
    while chain[0].parent is not None:
        chain.insert(0, chain[0].parent)
    return tuple(chain)


def _price_row(charge: Charge, first: Charge) -> PriceRow | None:
    """Return the row of the price list that the unit price stands in.

    Rows from before charges kept it are looked for: the newest of that price valid on the day it was taken.
    """
    fixed, row = charge.subscription.fixed_price, charge.price or charge.plan_price
    if charge.type == ChargeType.CONSUMPTION or charge.source == Source.CLOSED_BY_HAND:
        return None
    if row is None and charge.subscription_resource is not None:
        taken_on = first.operate_from if first.source == Source.RENEWAL else first.created_on
        rows = charge.subscription_resource.plan_resource.prices.filter(
            recurring_fee=charge.unit_price, valid_from__lte=taken_on
        )
        row = rows.order_by("-valid_from", "-pk").first()
    return PriceRow(row.valid_from, charge.unit_price, fixed) if row is not None else None
