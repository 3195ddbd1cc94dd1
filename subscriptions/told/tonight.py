"""What the night of a day would do: by account, by currency and in sum. Nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import QuerySet

from accounts.models import Account
from subscriptions.models import BillingNight
from subscriptions.told.rehearsing import Fate, Outcome, Rehearsed, rehearse
from subscriptions.told.situations import Counted, counted

# Accounts whose night is rehearsed for one answer; each takes some milliseconds, and is locked for as long.
REHEARSED_AT_MOST = 200


class AccountNight(NamedTuple):
    """What the night does to one account: money written off and reserved, in its currency; what becomes of what."""

    account_id: int
    currency: str
    closed: Decimal
    reserved: Decimal
    fates: Sequence[Fate]

    @property
    def outcomes(self) -> Counter[Outcome]:
        """How many subscriptions have which outcome."""
        return Counter(fate.outcome for fate in self.fates)


@dataclass(frozen=True, slots=True)
class Sum:
    """What the night does in one currency."""

    currency: str
    accounts: int
    closed: Decimal
    reserved: Decimal


@dataclass(frozen=True)
class Tonight:
    """The night of `day`. `accounts` are those on which something happens, by id; of `unknown` it was not looked at."""

    day: date
    accounts: tuple[AccountNight, ...]
    unknown: tuple[int, ...] = ()
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    sums: tuple[Sum, ...] = ()


def coming_night(today: date) -> date:
    """Return the day whose night is the next: today's, until it is through."""
    through = BillingNight.objects.filter(day=today, finished_at__isnull=False).exists()
    return today + timedelta(days=through)


def tonight(accounts: QuerySet[Account], day: date) -> Tonight:
    """Return what the night of `day` would do to the accounts; `day` is a coming one.

    Of subscriptions that stand alike one is asked; accounts on which more is due than another billing period are
    rehearsed, up to REHEARSED_AT_MOST of them. A fixed number of statements besides.
    """
    currencies = dict(accounts.order_by("pk").values_list("pk", "currency"))
    known = counted(currencies, day)
    rehearsed = rehearse(known.others[:REHEARSED_AT_MOST], day) if known.others else Rehearsed((), {}, {})
    nights = sorted(_nights((known, rehearsed), currencies), key=lambda night: night.account_id)
    outcomes = Counter(fate.outcome for fate in (*known.fates, *rehearsed.fates))
    return Tonight(day, tuple(nights), known.others[REHEARSED_AT_MOST:], outcomes, _sums(nights))


def _nights(parts: Iterable[Counted | Rehearsed], currencies: dict[int, str]) -> Iterable[AccountNight]:
    for part in parts:
        fates: dict[int, list[Fate]] = defaultdict(list)
        for fate in part.fates:
            fates[fate.account_id].append(fate)
        for pk, reserved in part.reserved.items():
            closed, of_one = part.closed.get(pk, Decimal(0)), fates.get(pk, ())
            if closed or reserved or of_one:
                yield AccountNight(pk, currencies[pk], closed, reserved, of_one)


def _sums(nights: Iterable[AccountNight]) -> tuple[Sum, ...]:
    found: dict[str, list[AccountNight]] = defaultdict(list)
    for night in nights:
        found[night.currency].append(night)
    return tuple(
        Sum(
            currency,
            len(of_one),
            sum((night.closed for night in of_one), Decimal(0)),
            sum((night.reserved for night in of_one), Decimal(0)),
        )
        for currency, of_one in sorted(found.items())
    )
