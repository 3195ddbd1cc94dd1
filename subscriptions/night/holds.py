"""What a hold does to the subscriptions of its account: stopped while it lasts, activated again when it is left.

Two rules that may be applied at any time and again: where an account is on hold, nothing that is stable runs; where it
is not, nothing is stopped because of a hold. What the vendor is working on follows when it has its answer.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta

from django.db.models import Q

from accounts.models import Account, AccountStatus
from billing.charging import Booking, record
from billing.engine.lines import Changes
from billing.funds import funds_of_many
from billing.holds import move_holds, out_of_step, standings_of
from billing.signals import credit_hold_entered, credit_hold_left
from core.among import Among
from core.prepared import Asked, Prepared
from subscriptions.contract.cancelling import close_orders, stop_all
from subscriptions.contract.confirming import allowed
from subscriptions.contract.due import schedule
from subscriptions.contract.handover import ACTIVATE, STOP, save_states
from subscriptions.contract.hands import ROWS, Hands
from subscriptions.contract.terms import Contract, contracts_among, in_turn
from subscriptions.models import StopReason, Subscription, SubscriptionStatus
from subscriptions.night.ledge import Ledge

RUNNING = {SubscriptionStatus.ACTIVE, SubscriptionStatus.GRACED}
# What failed at the vendor on the way there may be left by the opposite way.
MAY_ACTIVATE = {SubscriptionStatus.STOPPED, SubscriptionStatus.STOPPING_FAILED}
HOLDS = {
    AccountStatus.CREDIT_HOLD: StopReason.CREDIT_HOLD,
    AccountStatus.ADMINISTRATIVE_HOLD: StopReason.ADMINISTRATIVE_HOLD,
}
STOPPED = MAY_ACTIVATE | {SubscriptionStatus.STOPPING}
RUNS = Q(status__in=RUNNING)
STANDS = Q(status__in=MAY_ACTIVATE, stop_reason__in=HOLDS.values())


def settle_holds(accounts: Collection[Account], day: date, *, left_over: bool = True) -> int:
    """Bring credit holds in step with the balances of `day`, and subscriptions with the holds; return how many moved.

    The accounts are locked by the caller; their `status` is what it then is. Without `left_over`, for a day that is
    gone by, only what follows from a hold that begins or ends on it. A fixed number of statements; each account that
    enters or leaves, and each subscription of a vendor, takes a few more.
    """
    if not accounts:
        return 0
    entered, left = move_holds(accounts, day)
    held = [account for account in accounts if account.status in HOLDS] if left_over else entered
    free = [account for account in accounts if account.status == AccountStatus.ACTIVE] if left_over else left
    if entered:
        _await_money(entered)
    moved = _stop({account.pk: account for account in held}, day)
    moved += _activate({account.pk: account for account in free}, day)
    for account in entered:
        credit_hold_entered.send(sender=Account, account=account, today=day)
    for account in left:
        credit_hold_left.send(sender=Account, account=account, today=day)
    return moved


def hold_as_the_balance_says(account: Account, day: date) -> None:
    """Bring the account's credit hold in step with its balance at once, after an act of `day` that wrote something off.

    An account whose terms have become stricter may have more reserved than it still has: what closes of that takes the
    balance below its limit (billing.md 1.1), on the day of the act and not in the next night. The caller has locked the
    account. One statement where the hold stays as it is.
    """
    settle_holds([account], day, left_over=False)


def unsettled_days(accounts: Collection[Account], today: date, left_over: Collection[int]) -> dict[int, date]:
    """Return, by account, the day up to `today` on which `settle_holds` has something to do on it. One statement.

    `left_over` are those whose hold is not carried out on all subscriptions yet (`night.ahead`).
    """
    standings = standings_of(accounts)
    statuses = {account.pk: account.status for account in accounts}
    days = dict.fromkeys(left_over, today)
    for pk, standing in standings.items():
        if statuses[pk] == AccountStatus.CREDIT_HOLD and not standing.to_pay(today):
            days[pk] = today
        elif statuses[pk] == AccountStatus.ACTIVE and (day := standing.held_from(today)):
            days[pk] = day
    return days


def unsettled(today: date, among: Collection[int] | None = None) -> set[int]:
    """Return the ids of the accounts on which `settle_holds` has something to do today; of all, or of `among`.

    Four statements over all accounts.
    """
    judged = Account.objects.all() if among is None else Account.objects.filter(Among("pk", among))
    return out_of_step(today, judged) | left_over(among)


def left_over(among: Collection[int] | None = None) -> set[int]:
    """Return the ids of the accounts whose hold, or its end, is not carried out on all subscriptions yet."""
    run_on = Subscription.objects.filter(RUNS, account__status__in=HOLDS)
    stand_still = Subscription.objects.filter(STANDS, account__status=AccountStatus.ACTIVE)
    found: set[int] = set()
    for of_either in (run_on, stand_still):
        rows = of_either if among is None else of_either.filter(Among("account", among))
        found.update(rows.values_list("account_id", flat=True))
    return found


def is_left_over(subscription: Subscription, account: Account) -> bool:
    """Return whether the subscription, as it has become, is to be stopped or activated for the sake of a hold."""
    if account.status in HOLDS:
        return subscription.status in RUNNING
    return subscription.status in MAY_ACTIVATE and subscription.stop_reason in HOLDS.values()


def _stop(held: Mapping[int, Account], day: date) -> int:
    """Stop what runs, as a person's stop does: the days used are written off, waiting orders are given up."""
    if not held:
        return 0
    contracts = contracts_among(held, Subscription.objects.filter(RUNS, Among("account", held)))
    bookings, orders = stop_all(contracts, day)
    for contract in contracts:
        hold(contract, day, ROWS)
    _keep(contracts, bookings, day)
    if orders:
        close_orders(order_ids=orders, day=day)
    return len(contracts)


def hold(contract: Contract, day: date, hands: Hands) -> None:
    """Stop what runs for the sake of its account's hold; its charges are those of `stop_all`."""
    subscription = contract.subscription
    subscription.stop_reason = HOLDS[AccountStatus(subscription.account.status)]
    subscription.stop_comment = ""
    subscription.stopped_on = day
    hands.hand_over(contract, STOP, day)


def _await_money(entered: Collection[Account]) -> None:
    """Let what a manager's hold has stopped wait for money, where the account owes when it is released."""
    stopped = Subscription.objects.filter(account__in=entered, status__in=STOPPED)
    stopped.filter(stop_reason=StopReason.ADMINISTRATIVE_HOLD).update(stop_reason=StopReason.CREDIT_HOLD)


def _activate(free: Mapping[int, Account], day: date) -> int:
    """Activate what holds have stopped, by billing priority and as far as the funds go.

    What lacks funds, or whose period is over meanwhile, stays stopped and says so.
    """
    contracts = contracts_among(free, _STANDING(accounts=list(free)), day=day)
    if not contracts:
        return 0
    accounts = {contract.subscription.account_id for contract in contracts}
    funds = funds_of_many([free[pk] for pk in sorted(accounts)])
    ledges = {pk: Ledge(of_account.available) for pk, of_account in funds.items()}
    bookings = [
        contract.booking(activated(contract, ledges[contract.subscription.account_id], day), day)
        for contract in contracts
    ]
    _keep(contracts, bookings, day)
    return len(contracts)


_STANDING = Prepared(lambda: in_turn(Subscription.objects.filter(STANDS, Among("account", Asked("accounts")))))


def activated(contract: Contract, ledge: Ledge, day: date) -> Changes:
    """Return what an activation on `day` makes of the charges, and take what it reserves from what is available.

    For what a hold had stopped; without the funds it stays stopped, and says so.
    """
    subscription = contract.subscription
    expires = subscription.expiration_date
    over = expires is not None and expires <= day
    changes = Changes() if over else contract.rules.activate(contract.terms, contract.lines, contract.chargeable, day)
    if over and not _has_grace(subscription, day):
        subscription.stop_reason = StopReason.EXPIRED
        return Changes()
    if contract.postpay and not allowed(contract, changes, day):
        subscription.stop_reason = StopReason.CREDIT_LIMIT
        return Changes()
    needed = changes.reserves - changes.given_back
    if not contract.postpay and changes.reserves and not ledge.covers(needed, contract):
        subscription.stop_reason = StopReason.FUNDS_SHORT
        return Changes()
    ledge.available -= changes.reserves
    subscription.stop_reason = subscription.stop_comment = ""
    subscription.stopped_on = None
    ledge.hands.hand_over(contract, ACTIVATE, day)
    if over and subscription.status == SubscriptionStatus.ACTIVE:
        subscription.status = SubscriptionStatus.GRACED
        schedule(subscription, contract.waiting, day, status=SubscriptionStatus.GRACED)
    return changes


def _has_grace(subscription: Subscription, day: date) -> bool:
    """Return whether the subscription was stopped in its days of grace, and some of them are left.

    At a vendor it becomes Active with its period over, and the next night makes it Graced.
    """
    expires, stopped_on = subscription.expiration_date, subscription.stopped_on
    if expires is None or stopped_on is None or stopped_on < expires:
        return False
    return day < expires + timedelta(days=subscription.plan.service_term.grace_period)


def _keep(contracts: Sequence[Contract], bookings: Collection[Booking], day: date) -> None:
    if contracts:
        record([booking for booking in bookings if booking.changes])
        save_states(contracts, day)
