"""A delegated plan's price list with its net cost on each day: the price of the level above, less its discount."""

from collections.abc import Iterator, Mapping, Sequence
from copy import copy

from subscriptions.catalogue.downline import Priced, kept, line_of
from subscriptions.models import ResourcePrice


def with_net_costs(prices: Mapping[int, Sequence[ResourcePrice]]) -> dict[int, list[ResourcePrice]]:
    """Return the price lists by resource, the newest first, with the net cost that holds from each row's day.

    Where the net cost becomes another between two rows, by the provider's own price or discount, the price that goes on
    is there once more from that day, marked `by_provider`. Nothing is written. Four statements.
    """
    line = line_of(list(prices), whole=True)
    return {
        pk: sorted(_shown(line.priced[pk], of_one), key=lambda row: row.valid_from, reverse=True)
        for pk, of_one in prices.items()
    }


def _shown(one: Priced, rows: Sequence[ResourcePrice]) -> Iterator[ResourcePrice]:
    for row in rows:
        row.net_cost = kept(one.cost_on(row.valid_from))
        yield row
    own = {row.valid_from for row in rows}
    last = None
    for day in one.days(min(own)) if own else ():
        cost = kept(one.cost_on(day))
        if day not in own and cost != last:
            goes_on = copy(next(row for row in rows if row.valid_from <= day))
            goes_on.valid_from, goes_on.net_cost, goes_on.by_provider = day, cost, True
            yield goes_on
        last = cost
