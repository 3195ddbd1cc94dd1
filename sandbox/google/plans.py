"""Plans of subscriptions: which field of the seats each has, what time does to them, how they are told."""

from sandbox.google.errors import GoogleError, invalid, not_met
from sandbox.google.products import SKUS
from sandbox.google.world import DAY, Row, World, fresh, milliseconds

TRIAL, FLEXIBLE, MONTHLY, YEARLY = "TRIAL", "FLEXIBLE", "ANNUAL_MONTHLY_PAY", "ANNUAL_YEARLY_PAY"
ANNUAL = (MONTHLY, YEARLY)
PLANS = (TRIAL, FLEXIBLE, *ANNUAL)
MOST_IN_TRIAL = 10
RENEWALS = (
    "AUTO_RENEW_MONTHLY_PAY", "AUTO_RENEW_YEARLY_PAY", "RENEW_CURRENT_USERS_MONTHLY_PAY",
    "RENEW_CURRENT_USERS_YEARLY_PAY", "SWITCH_TO_PAY_AS_YOU_GO", "CANCEL",
)  # fmt: skip
PENDING_TERMS, BY_RESELLER, TRIAL_ENDED = "PENDING_TOS_ACCEPTANCE", "RESELLER_INITIATED", "TRIAL_ENDED"
NOT_RENEWED = "RENEWAL_WITH_TYPE_CANCEL"


def used(world: World, row: Row) -> int:
    """Return how many licences of a subscription are assigned."""
    return len(world.licences(row["customer"], row["sku"]))


def seats_of(plan: str, body: object) -> int:
    """Return the seats that a request names for a plan. Raises GoogleError for the wrong field, or too many."""
    given = body if isinstance(body, dict) else {}
    right, wrong = "numberOfSeats", "maximumNumberOfSeats"
    if plan not in ANNUAL:
        right, wrong = wrong, right
    if "licensedNumberOfSeats" in given or wrong in given:
        raise invalid(f"Invalid value for: seats, {plan} takes {right} alone")
    number = given.get(right)
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise invalid(f"Invalid value for: seats.{right}")
    if plan == TRIAL and number > MOST_IN_TRIAL:
        raise invalid(f"Invalid value for: seats.{right}, at most {MOST_IN_TRIAL} in a trial")
    return number


def plan_of(body: Row) -> str:
    """Return the name of a plan that a request asks for."""
    plan = body.get("planName")
    if plan not in PLANS:
        raise invalid(f"Invalid value for: planName {plan}")
    return str(plan)


def begun(world: World, plan: str) -> Row:
    """Return when a plan that begins now began and ends, and how it is renewed."""
    now = world.now()
    if plan == TRIAL:
        return {"plan": plan, "trial_ends": now + float(world.switch("trial_days")) * DAY, "term": None, "renewal": ""}
    if plan == FLEXIBLE:
        return {"plan": plan, "trial_ends": None, "term": None, "renewal": ""}
    renewal = "AUTO_RENEW_YEARLY_PAY" if plan == YEARLY else "AUTO_RENEW_MONTHLY_PAY"
    return {"plan": plan, "trial_ends": None, "term": [now, now + 365 * DAY], "renewal": renewal}


def purchase(body: Row, known: Row) -> Row:
    """Return the reseller's own marks of a purchase."""
    order, deal = str(body.get("purchaseOrderId", known["order"])), str(body.get("dealCode", known["deal"]))
    if len(order) > 80 or len(deal) > 100:
        raise invalid("Invalid value for: purchaseOrderId, dealCode")
    return {"order": order, "deal": deal}


def as_of_now(world: World, row: Row) -> Row:
    """Return a subscription as time has left it, and keep it so: a trial that is over, a term that was renewed."""
    if row["status"] == "CANCELLED":
        return row
    now, fresh_row = world.now(), dict(row)
    if row["plan"] == TRIAL and row["trial_ends"] <= now:
        if row["next_plan"]:
            reasons = [reason for reason in row["reasons"] if reason != TRIAL_ENDED]
            fresh_row |= {**begun(world, row["next_plan"]), "seats": row["next_seats"], "next_plan": ""}
            fresh_row["reasons"] = reasons
        else:
            fresh_row["reasons"] = sorted({*row["reasons"], TRIAL_ENDED})
    while fresh_row["term"] and fresh_row["term"][1] <= now and NOT_RENEWED not in fresh_row["reasons"]:
        fresh_row |= _renewed(world, fresh_row)
    return row if fresh_row == row else kept(world, fresh_row)


def _renewed(world: World, row: Row) -> Row:
    """Return what comes at the end of a term."""
    renewal, (_began, ended) = row["renewal"], row["term"]
    if renewal == "CANCEL":
        return {"reasons": sorted({*row["reasons"], NOT_RENEWED})}
    if renewal == "SWITCH_TO_PAY_AS_YOU_GO":
        return {"plan": FLEXIBLE, "term": None, "renewal": ""}
    seats = max(used(world, row), 1) if renewal.startswith("RENEW_CURRENT_USERS") else row["seats"]
    plan = YEARLY if renewal.endswith("YEARLY_PAY") else MONTHLY
    return {"plan": plan, "term": [ended, ended + 365 * DAY], "seats": seats}


def kept(world: World, row: Row, **changes: object) -> Row:
    """Keep a subscription with changes; it is suspended as long as there is a reason."""
    fresh_row = {**row, **changes}
    if fresh_row["status"] != "CANCELLED":
        fresh_row["status"] = "SUSPENDED" if fresh_row["reasons"] else "ACTIVE"
    return world.store.put("subscription", fresh_row["id"], fresh_row)


def reissued(world: World, row: Row) -> Row:
    """Give a subscription another id, as Google may when it is updated."""
    world.store.delete("subscription", row["id"])
    return kept(world, row, id=fresh(12))


def alive(row: Row) -> None:
    """Raise GoogleError for a subscription that is suspended or cancelled."""
    if row["status"] != "ACTIVE":
        raise GoogleError(400, "badRequest", f"Subscription is {row['status'].lower()}.")


def lowered(world: World, row: Row, seats: int) -> None:
    """Raise GoogleError for seats that a plan may not go down to now."""
    if row["plan"] in ANNUAL and seats < row["seats"]:
        raise invalid("Invalid value for: seats.numberOfSeats, a commitment cannot be lowered before its renewal")
    if seats < used(world, row):
        raise invalid(f"Invalid value for: seats, {used(world, row)} are in use")


def changed_plan(world: World, row: Row, body: Row) -> Row:
    """Return what a change of the plan comes to: at once, or in a trial when it is over."""
    plan = plan_of(body)
    seats = seats_of(plan, body.get("seats"))
    if plan == TRIAL or row["plan"] in ANNUAL or (row["plan"], plan) == (FLEXIBLE, FLEXIBLE):
        raise not_met(f"The plan cannot be changed from {row['plan']} to {plan}")
    lowered(world, {**row, "plan": plan, "seats": 0}, seats)
    marks = purchase(body, row)
    if row["plan"] == TRIAL:
        return {**marks, "next_plan": plan, "next_seats": seats}
    return {**marks, **begun(world, plan), "seats": seats}


def told(world: World, row: Row) -> Row:
    """Return a subscription as the API tells it."""
    customer = world.store.get("customer", row["customer"]) or {}
    seats = {"kind": "subscriptions#seats", "licensedNumberOfSeats": used(world, row)}
    seats["numberOfSeats" if row["plan"] in ANNUAL else "maximumNumberOfSeats"] = row["seats"]
    plan: Row = {"planName": row["plan"], "isCommitmentPlan": row["plan"] in ANNUAL}
    if row["plan"] == MONTHLY and world.switch("echoes_annual"):
        plan["planName"] = "ANNUAL"
    if row["term"]:
        start, end = map(milliseconds, row["term"])
        plan["commitmentInterval"] = {"startTime": start, "endTime": end}
    trial: Row = {"isInTrial": row["plan"] == TRIAL}
    if row["trial_ends"]:
        trial["trialEndTime"] = milliseconds(row["trial_ends"])
    answer: Row = {
        "kind": "reseller#subscription",
        "customerId": row["customer"],
        "subscriptionId": row["id"],
        "skuId": row["sku"],
        "skuName": SKUS[row["sku"]].name,
        "customerDomain": customer.get("domain", ""),
        "creationTime": milliseconds(row["made"]),
        "billingMethod": "ONLINE",
        "plan": plan,
        "seats": seats,
        "trialSettings": trial,
        "status": row["status"],
        "resourceUiUrl": f"https://admin.google.com/AccountSwitch?subscription={row['id']}",
    }
    if row["renewal"]:
        answer["renewalSettings"] = {"kind": "subscriptions#renewalSettings", "renewalType": row["renewal"]}
    if row["reasons"]:
        answer["suspensionReasons"] = row["reasons"]
    marks = {"purchaseOrderId": row["order"], "dealCode": row["deal"]}
    return answer | {name: value for name, value in marks.items() if value}
