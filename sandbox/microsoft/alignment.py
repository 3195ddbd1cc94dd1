"""At which days a subscription of the new commerce may end instead of a whole term after its beginning."""

from datetime import UTC, datetime
from typing import Any

from sandbox.microsoft.customers import own_customer
from sandbox.microsoft.errors import PartnerCenterError, invalid_property
from sandbox.microsoft.offer import MONTHS
from sandbox.microsoft.offers import BY_ID
from sandbox.microsoft.shapes import Json, add_months, collection, link, midnight, read_moment, stamp
from sandbox.microsoft.world import World
from sandbox.wsgi import Request

DAY = 86400  # seconds
PURCHASE, NEXT_TERM = 900242, 900246  # the codes for a day that nothing ends at


def allowed_ends(world: World, customer: Json, term: str, *, start: float) -> dict[float, list[str]]:
    """Return the last days allowed for a term that begins at `start`, each with the subscriptions that end then.

    Ends of calendar months have none. A day is its midnight, in seconds since 1970; the end is inclusive.
    """
    begin = midnight(start)
    latest = midnight(add_months(begin, MONTHS[term])) - DAY
    days: dict[float, list[str]] = {}
    month = datetime.fromtimestamp(begin, UTC).replace(day=1).timestamp()
    while (last := add_months(month, 1) - DAY) <= latest:
        days[last] = []
        month = add_months(month, 1)
    for kept in world.store.all(f"subscription:{customer['id']}"):
        if not kept["term"] or kept["status"] != "active" or BY_ID[kept["offer"].lower()].trial:
            continue
        last = kept["ends"] - DAY
        if begin <= last <= latest and not _is_awkward(last, term):
            days.setdefault(last, []).append(kept["id"])
    return dict(sorted(days.items()))


def _is_awkward(last: float, term: str) -> bool:
    """Say whether a month's term cannot end at a day: the 28th to 30th, unless the month ends then."""
    day = datetime.fromtimestamp(last, UTC).day
    is_end_of_month = datetime.fromtimestamp(last + DAY, UTC).day == 1
    return term == "P1M" and 28 <= day <= 30 and not is_end_of_month


def read_end(world: World, customer: Json, given: Any, term: str, *, start: float, code: int) -> float | None:
    """Return the moment after the last day that is asked for, None for none; raise `code` for a day not allowed.

    Of the next term, a day outside its first length has a code of its own, 900245.
    """
    if given is None:
        return None
    moment = read_moment(given)
    if moment is None:
        raise invalid_property("customTermEndDate", "must be a day")
    allowed = allowed_ends(world, customer, term, start=start)
    latest = midnight(add_months(midnight(start), MONTHS[term])) - DAY
    if code == NEXT_TERM and not (midnight(start) <= midnight(moment) <= latest and not _is_awkward(moment, term)):
        description = (
            "The custom term end date specified on the scheduled next term instructions must be within the first term"
            " duration after renewal."
        )
        raise PartnerCenterError(400, 900245, description)
    if midnight(moment) not in allowed:
        description = (
            "The custom term end date does not match with the end date of any active non-trial OnlineServicesNCE"
            " subscription or align with the end of the calendar month."
        )
        raise PartnerCenterError(400, code, description)
    return midnight(moment) + DAY


def list_ends(world: World, request: Request, customer: str) -> Json:
    """Return the last days at which a new subscription of a term may end."""
    found = own_customer(world, customer)
    term = request.query.get("term_duration", "").upper()
    if term not in MONTHS:
        raise PartnerCenterError(400, 800121, "The term duration provided is invalid.")
    start = read_moment(request.query.get("term_start_date")) or world.now()
    items = [
        {
            "allowedCustomTermEndDateType": "subscriptionAligned" if ids else "calendarMonthAligned",
            "cotermSubscriptionIds": ids or None,
            "allowedCustomTermEndDate": stamp(day, digits=0, zone=""),
        }
        for day, ids in allowed_ends(world, found, term, start=start).items()
    ]
    path = f"/customers/{found['id']}/subscriptions/customTermEndDates?{request.query_string}"
    return collection(items, links={"self": link(path)})


ROUTES = [("GET", "/customers/{customer}/subscriptions/customTermEndDates", list_ends)]
