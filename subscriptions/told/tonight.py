"""What the night of a day would do: by account, by currency and in sum. Nothing is written."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import Account
from core.among import Among
from subscriptions.models import BillingNight
from subscriptions.told.rehearsing import Fate, Outcome, Rehearsed, rehearse
from subscriptions.told.situations import Counted, Situations, situations

# Accounts whose night is rehearsed for one answer; each takes some milliseconds, and is locked for as long.
REHEARSED_AT_MOST = 200
ACCOUNTS_OF_A_PAGE = 50


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


class Sum(NamedTuple):
    """What the night does in one currency."""

    currency: str
    accounts: int
    closed: Decimal
    reserved: Decimal


@dataclass(frozen=True)
class Tonight:
    """The night of `day`: of all accounts in sum and in outcomes, and of those of a page one by one, by id.

    A page has the accounts on which something happens, and those at which nobody has looked (None); there are `unknown`
    of these altogether. `more`: others follow.
    """

    day: date
    accounts: tuple[tuple[int, AccountNight | None], ...]
    more: bool
    unknown: int
    outcomes: Counter[Outcome]
    sums: tuple[Sum, ...]


def coming_night(today: date) -> date:
    """Return the day whose night is the next: today's, until it is through."""
    through = BillingNight.objects.filter(day=today, finished_at__isnull=False).exists()
    return today + timedelta(days=through)


@transaction.atomic
def tonight(accounts: QuerySet[Account], day: date, *, after: int = 0) -> Tonight:
    """Return what the night of `day`, a coming one, would do to the accounts, and the page of those behind `after`.

    Of subscriptions that stand alike two are asked; accounts on which more is due than another billing period are
    rehearsed, up to REHEARSED_AT_MOST of them. A fixed number of statements besides.
    """
    found = situations(accounts, day)
    looked_at, unknown = found.others[:REHEARSED_AT_MOST], found.others[REHEARSED_AT_MOST:]
    rehearsed = rehearse(looked_at, day) if looked_at else Rehearsed((), {}, {})
    single = {night.account_id: night for night in _nights((found.single, rehearsed), accounts)}
    outcomes = Counter(fate.outcome for fate in (*found.single.fates, *rehearsed.fates))
    outcomes[Outcome.RENEWED] += sum(of_one.subscriptions for of_one in found.together)
    rows, more = _page(found, single, unknown, accounts, after)
    return Tonight(day, rows, more, len(unknown), +outcomes, _sums(found, single.values()))


def _page(
    found: Situations,
    single: dict[int, AccountNight],
    unknown: Sequence[int],
    accounts: QuerySet[Account],
    after: int,
) -> tuple[tuple[tuple[int, AccountNight | None], ...], bool]:
    """Return the accounts of the page behind `after`, and whether others follow."""
    going_on = found.going_on(after, ACCOUNTS_OF_A_PAGE + 1)
    ids = sorted({*going_on, *(pk for pk in (*single, *unknown) if pk > after)})
    page = ids[:ACCOUNTS_OF_A_PAGE]
    shown = set(page)
    told = single | {
        night.account_id: night
        for night in _nights([found.nights_of([pk for pk in going_on if pk in shown])], accounts)
    }
    return tuple((pk, told.get(pk)) for pk in page), len(ids) > ACCOUNTS_OF_A_PAGE


def _nights(parts: Sequence[Counted | Rehearsed], accounts: QuerySet[Account]) -> Iterator[AccountNight]:
    """Yield the nights in which something happens."""
    ids = [pk for part in parts for pk in part.reserved]
    currencies = dict(accounts.filter(Among("pk", ids)).values_list("pk", "currency")) if ids else {}
    for part in parts:
        fates: dict[int, list[Fate]] = defaultdict(list)
        for fate in part.fates:
            fates[fate.account_id].append(fate)
        for pk, reserved in part.reserved.items():
            closed, of_one = part.closed.get(pk, Decimal(0)), fates.get(pk, ())
            if closed or reserved or of_one:
                yield AccountNight(pk, currencies[pk], closed, reserved, of_one)


def _sums(found: Situations, single: Iterable[AccountNight]) -> tuple[Sum, ...]:
    sums = [Sum(one.currency, one.accounts, one.closed, one.reserved) for one in found.together]
    sums += [Sum(night.currency, 1, night.closed, night.reserved) for night in single]
    by_currency: dict[str, list[Sum]] = defaultdict(list)
    for one in sums:
        by_currency[one.currency].append(one)
    return tuple(
        Sum(
            currency,
            sum(one.accounts for one in of_one),
            sum((one.closed for one in of_one), Decimal(0)),
            sum((one.reserved for one in of_one), Decimal(0)),
        )
        for currency, of_one in sorted(by_currency.items())
    )
