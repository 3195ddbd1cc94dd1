"""What a price leaves over its net cost, said wherever prices are set; a price below cost is asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_percent
from django import forms
from django.utils.translation import gettext as _

from core.panel.formats import locale_code, unit_money_text

BELOW_COST = "below_cost"


@dataclass(frozen=True)
class Compared:
    """A price of a form and what it is compared with: the input of the net cost, or the net cost as it stands."""

    name: str
    price: str
    cost: str | Decimal


def margin_text(price: Decimal | None, cost: Decimal | None, currency: str) -> str:
    """Return what a unit leaves each month, and what part of the price that is: $2.00 (20%); empty without a cost."""
    if price is None or cost is None:
        return ""
    left = unit_money_text(price - cost, currency)
    return f"{left} ({format_percent((price - cost) / price, locale=locale_code())})" if price else left


class MarginForm(forms.Form):
    """A form of prices: one below its net cost is refused until the person has ticked that it is meant."""

    def __init__(self, *args: Any, compared: Sequence[Compared] = (), currency: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.compared, self.currency = compared, currency

    def clean(self) -> dict[str, Any]:
        """Say what each unit would lose."""
        answers: dict[str, Any] = super().clean() or {}
        losses = [said for one in self.compared if (said := self._loss(one, answers))]
        if losses and self.data.get(BELOW_COST) != "on":
            self.fields[BELOW_COST] = forms.BooleanField(label=_("Sell below cost all the same"), required=False)
            self.fields[BELOW_COST].of_the_row = False
            self.add_error(BELOW_COST, losses)
        return answers

    def _loss(self, one: Compared, answers: dict[str, Any]) -> str:
        price = answers.get(one.price)
        cost = answers.get(one.cost) if isinstance(one.cost, str) else one.cost
        if price is None or cost is None or price >= cost:
            return ""
        return _("%(name)s: %(price)s a month is below the net cost of %(cost)s. Each unit loses %(loss)s a month.") % {
            "name": one.name,
            "price": unit_money_text(price, self.currency),
            "cost": unit_money_text(cost, self.currency),
            "loss": unit_money_text(cost - price, self.currency),
        }
