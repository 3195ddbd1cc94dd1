"""What a price leaves over its net cost, said wherever prices are set; a price below cost is asked about."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from babel.numbers import format_percent
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.errors import Refused
from core.fingerprint import fingerprint_of
from core.panel.formats import day_text, locale_code, unit_money_text
from subscriptions.catalogue.following import Follower

BELOW_COST, FOLLOWED = "below_cost", "followed"
# Of many prices that follow the first are listed.
LISTED = 20


@dataclass(frozen=True)
class Compared:
    """A price of a form and the net cost that it is compared with, as it stands or as the other answers make it."""

    name: str
    price: str
    cost: Decimal | Callable[[dict[str, Any]], Decimal | None]


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
        if losses:
            self._ask(BELOW_COST, _("Sell below cost all the same"), losses, "on")
        return answers

    def _ask(self, name: str, label: str, said: Sequence[str], meant: str) -> None:
        """Show a tick, with what is said of it until it was ticked; what was ticked stays so while more is asked."""
        ticked = self.data.get(name) == meant
        box = forms.CheckboxInput(attrs={"value": meant}, check_test=lambda _value: ticked)
        self.fields[name] = forms.BooleanField(label=label, required=False, widget=box)
        self.fields[name].of_the_row = False
        if not ticked:
            self.add_error(name, said)

    def _loss(self, one: Compared, answers: dict[str, Any]) -> str:
        price = answers.get(one.price)
        cost = one.cost(answers) if callable(one.cost) else one.cost
        if price is None or cost is None or price >= cost:
            return ""
        return _("%(name)s: %(price)s a month is below the net cost of %(cost)s. Each unit loses %(loss)s a month.") % {
            "name": one.name,
            "price": unit_money_text(price, self.currency),
            "cost": unit_money_text(cost, self.currency),
            "loss": unit_money_text(cost - price, self.currency),
        }


class PriceForm(MarginForm):
    """A form of one price: what follows it at resellers below is shown before, and asked about.

    `follows` says of the answers what would; it may refuse them, as the verb then does.
    """

    def __init__(self, *args: Any, follows: Callable[[dict[str, Any]], Sequence[Follower]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.follows = follows

    def clean(self) -> dict[str, Any]:
        """Say which prices below become others, and keep them with the answers as `seen`."""
        answers = super().clean()
        if set(self.errors) <= {BELOW_COST}:
            with suppress(Refused):
                answers["seen"] = seen = self.follows(answers)
                if seen:
                    said = [*(_follower_text(one) for one in seen[:LISTED]), *_more_text(len(seen) - LISTED)]
                    mark = fingerprint_of({"seen": [_follower_text(one) for one in seen]})
                    self._ask(FOLLOWED, _("Enter the price: these follow it by their rules"), said, mark)
        return answers


def _follower_text(one: Follower) -> str:
    return _("%(reseller)s: %(plan)s, %(resource)s from %(day)s: %(new)s instead of %(old)s.") % {
        "reseller": one.reseller,
        "plan": one.plan,
        "resource": one.resource,
        "day": day_text(one.day),
        "new": unit_money_text(one.new, one.currency),
        "old": unit_money_text(one.old, one.currency),
    }


def _more_text(more: int) -> list[str]:
    if more <= 0:
        return []
    return [ngettext("And %(more)s more price.", "And %(more)s more prices.", more) % {"more": more}]
