"""A discount on the charges of one order, raise, renewal, switch or billing night: taken off their sum, and shared out.

spec/billing-types.md 7. What is charged otherwise (a part of a split, an activation, a piece made anew by a lowering,
what was used) has its own share less the discount, rounded once, as `parts.priced_line` makes it. Every billing type is
wrapped in `Discounted` (`types.py`), so that none has to think of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import cast

from billing.engine.lines import FEES, Changes, Line, LineStatus, with_status
from billing.engine.rules import Metered, MeteredRules, Rules
from billing.engine.terms import PLAN, Terms
from core.money import round_half_up


def net_of_sum(grosses: Iterable[Decimal], rate: Decimal, currency: str) -> Decimal:
    """Return what is left of the sum of rounded amounts after the discount: A of section 7, the order's amount."""
    total = round_half_up(sum(grosses, Decimal(0)), currency)
    return round_half_up(Fraction(total) * (1 - Fraction(rate)), currency)


def shared_out(
    grosses: Sequence[Decimal], rate: Decimal, currency: str, *, given: Sequence[tuple[Decimal, Decimal]] = ()
) -> list[Decimal]:
    """Return the net amount of each charge, in creation order, so that they add up to `net_of_sum`.

    Each is rounded on its own. What lacks or is too much is put on the last one; what would take it below nothing or
    above its gross goes on to the one before (T37). `given` are the gross and net amounts of charges of the same order
    that were made before, and stay what they are.
    """
    nets = [round_half_up(Fraction(gross) * (1 - Fraction(rate)), currency) for gross in grosses]
    whole = net_of_sum([*(gross for gross, _ in given), *grosses], rate, currency)
    nothing = round_half_up(0, currency)
    left = whole - sum((net for _, net in given), Decimal(0)) - sum(nets, Decimal(0))
    for place in reversed(range(len(nets))):
        if not left:
            break
        fitting = min(max(nets[place] + left, nothing), grosses[place])
        left -= fitting - nets[place]
        nets[place] = fitting
    return nets


def corrected(terms: Terms, lines: Sequence[Line], *, given: Sequence[Line] = ()) -> tuple[Line, ...]:
    """Return the lines of one order or night with the net amounts of `shared_out`, in the order in which they came.

    Lines of one rate are one sum. `given` are lines of the same order that were made before.
    """
    rates = {line.rate for line in lines if line.rate}
    if not rates:
        return tuple(lines)
    anew = list(lines)
    for rate in rates:
        places = sorted((place for place, line in enumerate(lines) if line.rate == rate), key=_order_of(terms, lines))
        made = [(line.gross, line.amount) for line in given if line.rate == rate]
        nets = shared_out([lines[place].gross for place in places], rate, terms.currency, given=made)
        for place, net in zip(places, nets, strict=True):
            anew[place] = replace(lines[place], amount=net, discount=lines[place].gross - net)
    return tuple(anew)


def _order_of(terms: Terms, lines: Sequence[Line]) -> Callable[[int], tuple[bool, int, date]]:
    """Return how the places of lines are sorted by creation order (1.4), whatever order they come in."""
    resources = {PLAN: -1, **{resource: place for place, resource in enumerate(terms.prices)}}

    def key(place: int) -> tuple[bool, int, date]:
        line = lines[place]
        recurring = line.type not in FEES
        return recurring, resources.get(line.resource, len(resources)), line.period.start

    return key


class Discounted:
    """The rules of a billing type, whose new charges are corrected by section 7; `Rules` says what each answers.

    An answer that makes the charges of an order, a raise, a renewal, a switch or a billing night passes through
    `_whole`; all others are the type's own.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.key, self.allows, self.fees, self.keeps = rules.key, rules.allows, rules.fees, rules.keeps
        self.counts_units, self.needs_funds = rules.counts_units, rules.needs_funds
        self.renews_ahead, self.renews_by_default, self.refuses = (
            rules.renews_ahead,
            rules.renews_by_default,
            rules.refuses,
        )
        self.ends_on, self.due, self.cancel_unpaid = rules.ends_on, rules.due, rules.cancel_unpaid
        self.withdraw_order, self.withdraw_raise = rules.withdraw_order, rules.withdraw_raise
        self.may_change, self.leave = rules.may_change, rules.leave
        self.restore, self.restore_renewals = rules.restore, rules.restore_renewals
        self.stop, self.activate, self.delete = rules.stop, rules.activate, rules.delete
        self.switch_away, self.closes_by_hand = rules.switch_away, rules.closes_by_hand
        self.provide_activation, self.withdraw_activation = rules.provide_activation, rules.withdraw_activation
        self.renewal_starts, self.renewal_ends, self.renewal_due = (
            rules.renewal_starts,
            rules.renewal_ends,
            rules.renewal_due,
        )
        self.close_period, self.end, self.due_while_stopped = rules.close_period, rules.end, rules.due_while_stopped

    def order(self, terms: Terms, units: Mapping[str, int], day: date) -> Changes:
        return _whole(terms, self._rules.order(terms, units, day))

    def pay_order(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        return _whole(terms, self._rules.pay_order(terms, lines, day, provided=provided))

    def provide_order(self, terms: Terms, lines: Sequence[Line], day: date) -> Changes:
        return _whole(terms, self._rules.provide_order(terms, lines, day))

    def change(
        self, terms: Terms, lines: Sequence[Line], present: Mapping[str, int], wanted: Mapping[str, int], day: date
    ) -> Changes:
        """Correct the raise alone, together with the later pieces that its payment will make."""
        changes = self._rules.change(terms, lines, present, wanted, day)
        new = with_status(changes.add, LineStatus.NEW)
        if not any(line.rate for line in new):
            return changes
        coming = self._rules.pay_raise(terms, changes.applied_to(lines), day)
        anew = dict(zip(map(id, new), corrected(terms, [*new, *coming.add])[: len(new)], strict=True))
        return replace(changes, add=tuple(anew.get(id(line), line) for line in changes.add))

    def pay_raise(self, terms: Terms, lines: Sequence[Line], day: date, *, provided: bool = True) -> Changes:
        return _whole(terms, self._rules.pay_raise(terms, lines, day, provided=provided))

    def provide_raise(self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date) -> Changes:
        changes = self._rules.provide_raise(terms, lines, raised, day)
        gone = {id(move.line) for move in changes.move}
        return _whole(terms, changes, [line for line in raised if id(line) not in gone])

    def provide_raise_of_stopped(
        self, terms: Terms, lines: Sequence[Line], raised: Sequence[Line], day: date
    ) -> Changes:
        return _whole(terms, self._rules.provide_raise_of_stopped(terms, lines, raised, day))

    def renew(self, terms: Terms, units: Mapping[str, int], start: date, day: date) -> Changes:
        return _whole(terms, self._rules.renew(terms, units, start, day))

    def pay_renewal(
        self, terms: Terms, lines: Sequence[Line], start: date, day: date, *, provided: bool = True
    ) -> Changes:
        return _whole(terms, self._rules.pay_renewal(terms, lines, start, day, provided=provided))

    def next_period(self, terms: Terms, units: Mapping[str, int], lines: Sequence[Line], day: date) -> Changes:
        return _whole(terms, self._rules.next_period(terms, units, lines, day))


class DiscountedMetered(Discounted):
    """The same of a type that charges what was used, which is rounded once."""

    def __init__(self, rules: MeteredRules) -> None:
        super().__init__(rules)
        self.use, self.told = rules.use, rules.told


def discounted(rules: Rules) -> Rules:
    """Return the rules with their new charges corrected."""
    return DiscountedMetered(cast(MeteredRules, rules)) if isinstance(rules, Metered) else Discounted(rules)


def _whole(terms: Terms, changes: Changes, given: Sequence[Line] = ()) -> Changes:
    """Return the changes of one order or night with what they add corrected as a whole.

    Lines of the order that stay are part of it: `given`, and those that only move.
    """
    if not any(line.rate for line in changes.add):
        return changes
    staying = [move.line for move in changes.move if move.status is not LineStatus.DELETED]
    return replace(changes, add=corrected(terms, changes.add, given=[*given, *staying]))
