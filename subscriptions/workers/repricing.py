"""The job of a mass price change: rows of the price lists, each once, however often it is begun again."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import Exists, OuterRef

from subscriptions.catalogue.downline import costs_of
from subscriptions.catalogue.downline import kept as as_kept
from subscriptions.catalogue.following import followed
from subscriptions.contract.prices import prices_on
from subscriptions.models import PriceChange, PriceChangeLine, PriceChangeStatus, ResourcePrice

# So many prices are written in a transaction.
BATCH = 100


def write_prices(*, change_id: int) -> None:
    """Write what a confirmed price change still lacks, batch by batch; may be killed at any line and run again."""
    while _write_batch(change_id):
        pass


@transaction.atomic
def _write_batch(change_id: int) -> bool:
    """Write the next prices; return whether there may be more."""
    change = PriceChange.objects.select_for_update(of=("self",)).get(pk=change_id)
    if change.status != PriceChangeStatus.RUNNING or change.confirmed_on is None:
        return False
    lines = list(change.lines.filter(written=None, by_rule=False).order_by("pk")[:BATCH])
    append_prices(change, lines, change.confirmed_on)
    change.lines_done += len(lines)
    if len(lines) < BATCH:
        change.status = PriceChangeStatus.DONE
    change.save(update_fields=["lines_done", "status"])
    return change.status == PriceChangeStatus.RUNNING


def append_prices(
    change: PriceChange,
    lines: Sequence[PriceChangeLine],
    entered_on: date,
    *,
    tell: bool = True,
) -> list[ResourcePrice]:
    """Write a row of the price list for each line, its other fees as they are; the line keeps which it was.

    Returns the rows of levels below that rules made of it, in the same transaction: so what is taken back is taken back
    down the whole line.
    """
    priced = [line.plan_resource_id for line in lines]
    with followed(priced, since=change.valid_from, today=entered_on, tell=tell) as outcome:
        now, costs = prices_on(priced, change.valid_from), costs_of(priced, change.valid_from)
        rows = ResourcePrice.objects.bulk_create(
            ResourcePrice(
                plan_resource_id=line.plan_resource_id,
                valid_from=change.valid_from,
                entered_on=entered_on,
                recurring_fee=line.new_price,
                setup_fee=now[line.plan_resource_id].setup_fee,
                renewal_fee=now[line.plan_resource_id].renewal_fee,
                net_cost=as_kept(costs[line.plan_resource_id]),
                created_by_id=change.created_by_id,
            )
            for line in lines
        )
        for line, row in zip(lines, rows, strict=True):
            line.written = row
        PriceChangeLine.objects.bulk_update(lines, ["written"])
    return outcome.made


def take_back(change: PriceChange, today: date) -> None:
    """Write rows of the prices that hold on the day of a price change without it, and without others undone before.

    A price that was entered for that day since, by hand or by another price change, stays as it is.
    """
    lines = list(change.lines.exclude(written=None).order_by("pk"))
    priced = {line.plan_resource_id: line for line in lines}
    with followed(list(priced), since=change.valid_from, today=today):
        taken = []
        for pk, rows in _counting(list(priced), change.valid_from).items():
            line = priced[pk]
            if len(rows) > 1 and rows[0].pk == line.written_id:
                line.taken_back = ResourcePrice.objects.create(
                    plan_resource_id=pk,
                    valid_from=change.valid_from,
                    entered_on=today,
                    recurring_fee=rows[1].recurring_fee,
                    setup_fee=rows[1].setup_fee,
                    renewal_fee=rows[1].renewal_fee,
                    net_cost=rows[1].net_cost,
                    created_by_id=change.created_by_id,
                )
                taken.append(line)
        PriceChangeLine.objects.bulk_update(taken, ["taken_back"])


def _counting(plan_resource_ids: Sequence[int], day: date) -> dict[int, list[ResourcePrice]]:
    """Return the rows of each price list up to a day, the one that holds first, without what was undone.

    Neither what an undone price change has written counts, nor what took it back.
    """
    undone = PriceChangeLine.objects.filter(written=OuterRef("pk"), change__status=PriceChangeStatus.UNDONE)
    back = PriceChangeLine.objects.filter(taken_back=OuterRef("pk"))
    rows = ResourcePrice.objects.filter(
        ~Exists(undone), ~Exists(back), plan_resource__in=plan_resource_ids, valid_from__lte=day
    )
    lists: dict[int, list[ResourcePrice]] = {}
    for row in rows.order_by("plan_resource", "-valid_from", "-pk"):
        lists.setdefault(row.plan_resource_id, []).append(row)
    return lists


def unfinished() -> list[int]:
    """Return the price changes whose job a lost queue or a killed worker left."""
    return list(PriceChange.objects.filter(status=PriceChangeStatus.RUNNING).values_list("pk", flat=True))
