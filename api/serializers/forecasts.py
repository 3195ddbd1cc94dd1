"""The shapes of forecasts: the months to come of an account, and of a reseller."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from accounts.models import Account, Reseller
from api.serializers.related import ACCOUNT, RESELLER
from api.serializers.shape import Shape, choice, computed, day, flag, integer, many, money, one, text
from subscriptions.told.forecast import Forecast, What
from subscriptions.told.margin_forecast import MarginForecast


class Dated(NamedTuple):
    """Something of a forecast, with the currency of its amounts."""

    of: Any
    currency: str


@dataclass(frozen=True, slots=True)
class AccountForecast:
    """The forecast of an account as a row; its id is the account's."""

    forecast: Forecast
    account: Account
    pk: int
    account_id: int
    reseller: Reseller
    reseller_id: int
    currency: str
    short_on: date | None
    short_amount: Decimal | None
    short_subscription_id: int | None

    @classmethod
    def of(cls, forecast: Forecast) -> "AccountForecast":
        """Return the row of a forecast."""
        account, short = forecast.account, forecast.short
        return cls(
            forecast, account, account.pk, account.pk, account.reseller, account.reseller_id, account.currency,
            short.day if short else None, short.missing if short else None, short.subscription_id if short else None,
        )  # fmt: skip

    def dated(self, found: Iterable[Any]) -> Iterator[Dated]:
        """Yield each with the account's currency."""
        return (Dated(thing, self.currency) for thing in found)


class MonthOfMargins(NamedTuple):
    """A month of a reseller in a currency."""

    first: date
    of: Any
    currency: str


class CurrencyOfMargins(NamedTuple):
    """The months to come of a reseller in a currency, and what use was charged last month."""

    currency: str
    used: Decimal
    months: list[MonthOfMargins]


@dataclass(frozen=True, slots=True)
class ResellerForecast:
    """The forecast of a reseller as a row; its id is the reseller's."""

    pk: int
    found: MarginForecast

    def currencies(self) -> Iterator[CurrencyOfMargins]:
        """Yield what there is in each currency."""
        for currency, months in sorted(self.found.sums.items()):
            used = self.found.used.get(currency, Decimal(0))
            yield CurrencyOfMargins(
                currency, used, [MonthOfMargins(first, months[first], currency) for first in self.found.months]
            )


# Amounts named `unpaid_…` are where no money comes in any more, the others where all that is missing does.
MONTH = {
    "month": day("of.first"),
    "charged": money("of.charged"),
    "fees": money("of.fees"),
    "needed": money("of.needed"),
    "top_up": money("of.top_up"),
    "billed": money("of.billed"),
    "unpaid_charged": money("of.charged_alone"),
    "unpaid_balance": money("of.balance"),
    "unpaid_available": money("of.available"),
    "estimated_use": money("of.estimated"),
}
ACCOUNT_FORECAST = Shape(
    "account_forecasts",
    {
        "account_id": integer("account_id"),
        "reseller_id": integer("reseller_id"),
        "currency": text("currency"),
        "from": day("forecast.today"),
        "until": day("forecast.until"),
        "short_on": day("short_on"),
        "short_amount": money("short_amount", nullable=True),
        "short_subscription_id": integer("short_subscription_id", nullable=True),
        "months": many(MONTH, lambda row: row.dated(row.forecast.months)),
        "needs": many(
            {"day": day("of.day"), "needed": money("of.needed"), "top_up": money("of.top_up"),
             "top_up_in_all": money("of.together")},
            lambda row: row.dated(row.forecast.needs),
        ),
        "bills": many(
            {"due_on": day("of.due_on"), "created_on": day("of.opened_on"), "amount": money("of.amount")},
            lambda row: row.dated(row.forecast.bills),
        ),
        "events": many(
            {"day": day("day"), "subscription_id": integer("subscription.pk"), "what": choice("what", What.values),
             "if_paid": flag("if_paid"), "if_unpaid": flag("unpaid")},
            lambda row: row.forecast.events,
        ),
        # Their order, or the vendor's work on them, is not finished.
        "not_counted_subscription_ids": computed(
            lambda row: [one.pk for one in row.forecast.left_out], {"type": "array", "items": {"type": "integer"}}
        ),
    },
    relations={"reseller": one(RESELLER, "reseller"), "account": one(ACCOUNT, "account")},
)  # fmt: skip
MARGIN_FORECAST = Shape(
    "margin_forecasts",
    {
        "currencies": many(
            {
                "currency": text("currency"),
                # What use was charged last month: an estimate for each month to come, in no sum.
                "used_last_month": money("used"),
                "months": many(
                    {"month": day("first"), "charged": money("of.charged"), "from_below": money("of.from_below"),
                     "owed": money("of.owed"), "margin": money("of.margin")},
                    lambda row: row.months,
                ),
            },
            lambda row: row.currencies(),
        ),
        "not_counted_subscriptions": integer("found.left_out"),
    },
)  # fmt: skip
