"""Why a reseller owes the one above it what it owes: the formula, the row of the price list, what is granted."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing.engine.lines import Source
from billing.models import Charge, ChargeStatus, ChargeType, ResellerCharge
from core.panel.formats import day_text, money_text, number_text, unit_money_text


@dataclass(frozen=True, slots=True)
class OwedExplanation:
    """A reseller charge, and the day from which the row of the creditor's price list holds that it was priced by."""

    owed: ResellerCharge
    valid_from: date | None

    @property
    def formula(self) -> str:
        """Return the arithmetic as one line in the active language."""
        return reseller_formula(self.owed)

    @property
    def sentences(self) -> list[str]:
        """Return where the price and the discount come from, in the active language.

        And what the creditor owes for it itself, where the caller has read the row as one that may know
        (reseller_charges_visible_to).
        """
        owed = self.owed
        names = {"creditor": owed.creditor.name, "debtor": owed.debtor.name}
        said = [self._of_price(names)]
        if owed.granted:
            granted = _("%(creditor)s grants %(debtor)s %(percent)s %% off its price.")
            said.append(granted % {**names, "percent": number_text(owed.granted)})
        if owed.reverses_id is not None:
            said.append(_("It takes back reseller charge %(number)s.") % {"number": owed.reverses_id})
        cost = getattr(owed, "own_cost", None)
        if cost is not None:
            said.append(
                _("%(creditor)s owes %(cost)s for it itself: %(margin)s is left.")
                % {
                    **names,
                    "cost": money_text(cost, owed.currency),
                    "margin": money_text(owed.amount - cost, owed.currency),
                }
            )
        return said

    def _of_price(self, names: Mapping[str, str]) -> str:
        owed = self.owed
        if owed.charge.source == Source.CLOSED_BY_HAND:
            return _("Closed by hand: the sum of what would have been owed for the charges that it took the place of.")
        if owed.type == ChargeType.CONSUMPTION:
            return _("What the vendor took is resold at what it is sold for.")
        if self.valid_from is None:
            return _("%(creditor)s had no price of it: nothing is owed.") % names
        said = _("The price of %(creditor)s valid from %(day)s.") % {**names, "day": day_text(self.valid_from)}
        if owed.charge.subscription.fixed_price:
            return f"{said} {_('The price is fixed: it stays that of the ordering.')}"
        return said


def explain_owed(rows: Iterable[ResellerCharge]) -> list[OwedExplanation]:
    """Return why each of the rows is what it is; the caller has found them through reseller_charges_visible_to.

    With their creditor, debtor, charge and its subscription read. At most two statements, however many rows.
    """
    known = list(rows)
    days: dict[tuple[str, int], date] = {}
    for name in ("price", "plan_price"):
        asked = {row.price_row for row in known if row.price_row is not None and _priced_by(row) == name}
        if asked:
            lists: Any = Charge._meta.get_field(name).related_model
            found = lists._default_manager.filter(pk__in=asked).values_list("pk", "valid_from")
            days |= {(name, pk): valid_from for pk, valid_from in found}
    return [OwedExplanation(row, days.get((_priced_by(row), row.price_row or 0))) for row in known]


def _priced_by(owed: ResellerCharge) -> str:
    """Return in which price list its row stands: that of the resources, or of the plans themselves."""
    return "price" if owed.charge.subscription_resource_id is not None else "plan_price"


def waits_to_be_owed(charge: Charge) -> bool:
    """Return whether resellers will owe one another for the charge as soon as it closes."""
    ended = (ChargeStatus.CLOSED, ChargeStatus.REFUNDED, ChargeStatus.WAITING_FOR_REFUND, ChargeStatus.DELETED)
    return bool(charge.retail) and charge.status not in ended


def reseller_formula(owed: ResellerCharge) -> str:
    """Return the arithmetic of what a reseller owes the one above it as one line in the active language."""
    currency = owed.currency
    if owed.charge.source == Source.CLOSED_BY_HAND and owed.discount:
        return _("%(gross)s less %(discount)s = %(amount)s") % {
            "gross": money_text(owed.amount + owed.discount, currency),
            "discount": money_text(owed.discount, currency),
            "amount": money_text(owed.amount, currency),
        }
    values = {
        "quantity": number_text(owed.quantity),
        "price": unit_money_text(owed.unit_price, currency),
        "days": (owed.operate_to - owed.operate_from).days,
        "period": (owed.period_to - owed.period_from).days,
        "percent": number_text(100 - owed.granted),
        "amount": money_text(owed.amount, currency),
    }
    if owed.charge.is_share_of_days and values["days"] != values["period"]:
        return _("%(quantity)s × %(price)s × %(days)s of %(period)s days × %(percent)s %% = %(amount)s") % values
    return _("%(quantity)s × %(price)s × %(percent)s %% = %(amount)s") % values
