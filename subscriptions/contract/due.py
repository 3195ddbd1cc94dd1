"""When the night has to look at a subscription again, and the days that its timers and terms end on."""

from collections.abc import Iterable
from datetime import date, timedelta

from accounts.models import Account, PaymentModel
from billing.engine.periods import next_billing_day
from billing.engine.renewing import last_term_starts
from billing.engine.terms import Terms
from core.period import LONGEST_TIMER
from subscriptions.models import DurationUnit, Order, OrderStatus, PlanPeriod, Subscription, SubscriptionStatus
from vendors.capabilities import EndsTrials
from vendors.registry import plugin_for

# The night acts on these; in all others the vendor has the word.
STABLE = (
    SubscriptionStatus.ORDERED,
    SubscriptionStatus.ACTIVE,
    SubscriptionStatus.GRACED,
    SubscriptionStatus.STOPPED,
    SubscriptionStatus.BLOCKED,
)
MONTHS = {DurationUnit.MONTH: 1, DurationUnit.YEAR: 12}


def months_of(period: PlanPeriod) -> int | None:
    """Return how many months a plan's period lasts; None for an endless one."""
    return None if period.endless else (period.duration or 0) * MONTHS[DurationUnit(period.unit)]


def schedule(subscription: Subscription, waiting: Order | None, day: date, *, status: SubscriptionStatus) -> None:
    """Set when the night has to look at the subscription again, after all of `day`: `due_on` and `next_billing_day`.

    `status` is the stable status that it has or is on the way to. While the vendor works on it, and after a failure
    there, the night waits: what it missed is caught up once the subscription is stable. Needs plan.service_term.
    """
    coming: list[date] = []
    billing_day = next_billing_day(day, subscription.billing_day)
    expires = subscription.expiration_date
    if status == SubscriptionStatus.ACTIVE:
        coming.append(billing_day if expires is None else min(billing_day, expires))
        coming += _renew_point(subscription, day)
        coming += _next_term(subscription, day)
        coming += _at_the_vendor(day, subscription.lowers_on, subscription.ends_on)
    elif status == SubscriptionStatus.GRACED and expires is not None:
        coming.append(grace_ends(subscription, expires))
        coming += _closes_afterwards(subscription, expires, day)
    elif status in (SubscriptionStatus.STOPPED, SubscriptionStatus.BLOCKED):
        coming += [*_while_stopped(subscription, day), *_next_term(subscription, day)]
        coming += _at_the_vendor(day, subscription.ends_on)
    if status == SubscriptionStatus.DELETED:
        coming += _closes_afterwards(subscription, day, day)
    if status in STABLE:
        coming += _unpaid_until(waiting)
    subscription.next_billing_day = billing_day if status == SubscriptionStatus.ACTIVE else None
    subscription.due_on = min(coming, default=None)


def _at_the_vendor(day: date, *arranged: date | None) -> Iterable[date]:
    """Yield the days after `day` on which something arranged with the vendor comes; of what was missed, the next."""
    for one in arranged:
        if one is not None:
            yield max(one, day + timedelta(days=1))


def _closes_afterwards(row: Subscription, ended_on: date, day: date) -> Iterable[date]:
    """Yield the billing day after `day` on which what was used until `ended_on` closes in postpay; none in prepay."""
    billing_day = next_billing_day(day, row.billing_day)
    if row.payment_model == PaymentModel.POSTPAY and billing_day <= next_billing_day(ended_on, row.billing_day):
        yield billing_day


def _unpaid_until(order: Order | None) -> Iterable[date]:
    """Yield the day on which an order that waits for its payment is cancelled, where there is one."""
    if order is not None and order.status == OrderStatus.WAITING_FOR_PAYMENT and order.expires_on is not None:
        yield order.expires_on


def renew_point(subscription: Subscription) -> date | None:
    """Return the day in whose night a renewal is ordered of itself ahead of the end; None where none is."""
    expires, ahead = subscription.expiration_date, subscription.plan.service_term.auto_renew_point
    if expires is None or ahead <= 0 or not renews_itself(subscription):
        return None
    return expires - timedelta(days=min(ahead, LONGEST_TIMER))


def renews_itself(subscription: Subscription) -> bool:
    """Return whether another term follows without anybody's order: the option is on, and it is no trial (5.8)."""
    return subscription.auto_renew and not subscription.trial


def trial_ends_at_vendor(subscription: Subscription, day: date) -> date | None:
    """Return the first day after a trial that begins on `day`, where its vendor's calendar says so; None elsewhere."""
    template = subscription.plan.template
    plugin = None if template.connection is None else plugin_for(template.connection.plugin)
    return plugin.trial_ends(template.settings, day) if subscription.trial and isinstance(plugin, EndsTrials) else None


def grace_ends(subscription: Subscription, expires: date) -> date:
    """Return the first day after the days of grace of what ends on `expires`."""
    return expires + timedelta(days=subscription.plan.service_term.grace_period)


def deletion_day(subscription: Subscription) -> date | None:
    """Return the day in whose night a stopped subscription is deleted: the stop period follows the days of grace.

    None where it is never: an endless one, or terms without a stop period.
    """
    expires, stop_period = subscription.expiration_date, subscription.plan.service_term.stop_period
    if expires is None or stop_period is None:
        return None
    return grace_ends(subscription, expires) + timedelta(days=stop_period)


def stop_period_over(subscription: Subscription, day: date) -> bool:
    """Return whether the night of `day` deletes the subscription, which does not run."""
    deleted_on = deletion_day(subscription)
    return deleted_on is not None and day >= deleted_on


def _renew_point(subscription: Subscription, day: date) -> Iterable[date]:
    point = renew_point(subscription)
    if point is not None and point > day:
        yield point


def last_term_on(subscription: Subscription) -> date | None:
    """Return the first day of its last term that is paid, where that may be paid ahead; None for all other types.

    Only a type that carries renewals out at once has such; then the period is read.
    """
    expires, start = subscription.expiration_date, subscription.term_anchor or subscription.start_date
    if expires is None or start is None or not subscription.rules.renews_ahead:
        return None
    return last_term_starts(start, expires, months_of(subscription.period) or 0)


def next_term_on(subscription: Subscription, day: date) -> date | None:
    """Return the first day of a term that is paid ahead and comes after `day`; None where none does."""
    begins = last_term_on(subscription)
    return begins if begins is not None and begins > day else None


def _next_term(subscription: Subscription, day: date) -> Iterable[date]:
    begins = next_term_on(subscription, day)
    if begins is not None:
        yield begins


def _while_stopped(subscription: Subscription, day: date) -> Iterable[date]:
    """Yield the days on which a stopped subscription changes: its charges fall due, the stop period ends."""
    stopped_on = subscription.stopped_on or day
    days = Terms(subscription.currency, subscription.billing_day, {}, expires_on=subscription.expiration_date)
    due = subscription.rules.due_while_stopped(days, stopped_on, day)
    if due is not None:
        yield due
    deleted_on = deletion_day(subscription)
    if deleted_on is not None:
        yield max(deleted_on, day + timedelta(days=1))


def unpaid_until(account: Account, day: date) -> date | None:
    """Return the day in whose night an order placed on `day` is cancelled if nobody has paid; None for never.

    In 0 days means by the end of the day itself, which is the night of the next one, as in 1 day: a night comes first.
    """
    days = account.account_class.cancel_unpaid_order_in
    # Longer is refused where terms are kept (account_terms); terms from before mean as long as may be kept.
    return None if days is None else day + timedelta(days=min(max(days, 1), LONGEST_TIMER))
