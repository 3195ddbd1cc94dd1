"""What is bound at the vendor, and what it costs to keep, lower or cancel it: today, and once its window has closed.

Books are asked of the very verbs that carry the deed out (`proposals`), on the day of each; the vendor's side is what
it told last, and nobody is asked while a page is drawn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.actors import Actor
from billing.models import Charge, ChargeStatus
from core.errors import Refused
from subscriptions.contract.next_terms import NextPrice, next_costs, next_prices
from subscriptions.contract.vendor_costs import VendorCost
from subscriptions.models import CommitmentDate, CommitmentState, HeldCommitment, Subscription, SubscriptionStatus
from subscriptions.told.calendar import when_text
from subscriptions.told.preview import Preview, preview
from subscriptions.told.proposals import propose_change, propose_deletion, resources_by_key
from vendors.commitments import Commitment, billing_plan_text, bound_until, lowers_on

# A decision after a window is played on its day, and so are the nights until then: no further than this.
MOST = timedelta(days=31)
_KEPT = (ChargeStatus.OPENED, ChargeStatus.BLOCKED, ChargeStatus.CLOSED)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a decision at a moment does: to the books, and at the vendor as it told last.

    `paid_until` is the first day that is not paid for, `monthly` what each month costs from `monthly_from` on (None
    where nothing is known ahead); `bound_until` the first day for which the vendor is not paid, None where it gives
    back at once. All else is empty where it is refused.
    """

    at: datetime
    refusal: str = ""
    given_back: Decimal = Decimal(0)
    paid_until: date | None = None
    monthly: Decimal | None = None
    monthly_from: date | None = None
    bound_until: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """One of KEEP, LOWER and CANCEL; the second outcome is of the moment at which its window closes."""

    name: str
    outcomes: tuple[Outcome, ...]
    units: int = 0


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of a commitment with its words, and what the next term costs where one follows."""

    row: CommitmentDate
    when: str
    price: NextPrice | None = None
    cost: VendorCost | None = None


@dataclass(frozen=True, slots=True)
class Bound:
    """A commitment with its dates and with what can be decided of it."""

    held: HeldCommitment
    dates: tuple[Dated, ...]
    decisions: tuple[Decision, ...]

    @property
    def fewer(self) -> int | str:
        """To how many units lowering is shown; "" where it is not."""
        return next((one.units for one in self.decisions if one.name == "lower"), "")

    @property
    def last_day(self) -> date | None:
        """The last day of the term."""
        return None if self.held.ends_on is None else self.held.ends_on - timedelta(days=1)

    @property
    def billing_plan(self) -> str:
        """How the vendor bills the term, in words."""
        return billing_plan_text(self.held.billing_plan)


def bound_of(
    actor: Actor, subscription: Subscription, *, units: Mapping[str, int], now: datetime, costs: bool
) -> list[Bound]:
    """Return what the vendor holds of a subscription, by resource, with what each decision costs the actor's books.

    `units` are how many somebody thinks of keeping, by the template's resource keys; without them as few as can be
    given back. `costs`: net costs of the next term are read too. Decisions need the rights of their verbs.
    """
    rows = list(subscription.commitments.order_by("pk"))
    dates = list(CommitmentDate.objects.filter(commitment__in=rows).select_related(
        "commitment", "subscription").order_by("at", "pk"))  # fmt: skip
    prices = next_prices(dates)
    asked = next_costs(dates, prices, subscription.account.country) if costs else {}
    return [
        Bound(
            held,
            tuple(
                Dated(row, when_text(row), prices.get(row.pk), asked.get(row.pk))
                for row in dates
                if row.commitment_id == held.pk
            ),
            _decisions(actor, subscription, held, [row.told for row in rows], units.get(held.resource), now),
        )
        for held in rows
    ]


def units_thought_of(query: Mapping[str, str]) -> dict[str, int]:
    """Return how many units an address asks about, by resource key; what is no number is left out."""
    return {key: int(value) for key, value in query.items() if value.isascii() and value.isdigit() and len(value) < 9}


def _decisions(
    actor: Actor,
    subscription: Subscription,
    held: HeldCommitment,
    everything: Sequence[Commitment],
    units: int | None,
    now: datetime,
) -> tuple[Decision, ...]:
    resources = resources_by_key(subscription)
    resource = resources.get(held.resource)
    if held.state == CommitmentState.ENDED or resource is None or not actor.may("charges.view"):
        return ()
    told = held.told
    kept = _looked(
        lambda day: (preview(lambda: subscription, account=subscription.account, today=day), told.ends_on), now
    )
    found = [Decision("keep", (kept,), resource.quantity)]
    windows = [batch.until for batch in told.returnable] + [told.cancel_until or now]
    closing = max((until for until in windows if now < until), default=None)
    fewer = units if units is not None else max(resource.quantity - told.units_returnable(now), 1)
    if actor.may("subscriptions.change") and 0 <= fewer < resource.quantity:
        quantities = {key: one.quantity for key, one in resources.items()} | {held.resource: fewer}
        moments = _moments(now, closing)
        lowered = tuple(_lowered(actor, subscription, quantities, everything, at) for at in moments)
        found.append(Decision("lower", lowered, fewer))
    if actor.may("subscriptions.delete"):
        moments = _moments(now, told.cancel_until)
        found.append(Decision("cancel", tuple(_cancelled(actor, subscription, told, everything, at) for at in moments)))
    return tuple(found)


def _lowered(
    actor: Actor, subscription: Subscription, quantities: Mapping[str, int], everything: Sequence[Commitment],
    at: datetime,
) -> Outcome:  # fmt: skip
    """Return what comes of other quantities, given for all resources, at a moment."""

    def play(day: date) -> tuple[Preview, date | None]:
        first = lowers_on(everything, quantities, at) if _runs(subscription) else None
        proposal = propose_change(
            actor=actor, subscription=subscription, quantities=quantities, today=day, now=at, vendor_asked=True,
            lowers_on=first,
        )  # fmt: skip
        return proposal.preview, first

    return _looked(play, at)


def _cancelled(
    actor: Actor, subscription: Subscription, told: Commitment, everything: Sequence[Commitment], at: datetime
) -> Outcome:
    """Return what comes of a deletion at a moment; where one commitment runs to its end, so do the others."""
    ends_on = bound_until(everything, at) if _runs(subscription) else None

    def play(day: date) -> tuple[Preview, date | None]:
        proposal = propose_deletion(actor=actor, subscription=subscription, today=day, ends_on=ends_on)
        return proposal.preview, None if ends_on is None and told.may_cancel(at) else told.ends_on

    return _looked(play, at)


def _runs(subscription: Subscription) -> bool:
    return subscription.status == SubscriptionStatus.ACTIVE


def _moments(now: datetime, until: datetime | None) -> tuple[datetime, ...]:
    """Return now, and the moment at which a window that is open now is closed."""
    return (now, until) if until is not None and now < until <= now + MOST else (now,)


def _looked(play: Callable[[date], tuple[Preview, date | None]], at: datetime) -> Outcome:
    """Return what comes of a decision that is played on the day of a moment, with the day up to which we are bound."""
    try:
        seen, bound = play(timezone.localtime(at).date())
    except Refused as refusal:
        return Outcome(at, refusal=str(refusal))
    upkeep = seen.upkeep
    return Outcome(
        at,
        given_back=seen.given_back,
        paid_until=_paid_until(seen),
        monthly=upkeep.amount if upkeep else None,
        monthly_from=upkeep.day if upkeep else None,
        bound_until=bound,
    )


def _paid_until(seen: Preview) -> date | None:
    """Return the first day that is not paid for by what is left reserved or written off; None where nothing is."""
    charges: tuple[Charge, ...] = (*seen.added, *seen.moved, *seen.staying)
    replaced = {charge.parent_id for charge in seen.added}
    return max(
        (one.operate_to for one in charges if one.status in _KEPT and one.pk not in replaced and one.operate_to),
        default=None,
    )
