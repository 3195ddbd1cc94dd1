"""Which discounts hold for subscriptions: the highest valid percentage of each kind of fee (billing-types.md 7)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db import connection

from billing.engine.terms import LineType
from subscriptions.catalogue.grants import kinds_of

# Of subscriptions of any accounts: their promo codes, and what their accounts or the classes of these get. With the
# day that their books have come to.
OFFERED = """
    SELECT subscription.id, books.day, discount.id, discount.percent, discount.on_setup, discount.on_renewal,
           discount.on_recurring, discount.valid_from, discount.valid_until
    FROM subscriptions_subscription AS subscription
    JOIN accounts_account AS account ON account.id = subscription.account_id
    JOIN subscriptions_discount AS discount
      ON discount.reseller_id = subscription.reseller_id AND discount.active
    LEFT JOIN billing_booksday AS books ON books.account_id = subscription.account_id
    WHERE subscription.id = ANY(%s)
      AND (discount.all_plans OR EXISTS (
          SELECT FROM subscriptions_discount_plans AS listed
          WHERE listed.discount_id = discount.id AND listed.plan_id = subscription.plan_id
      ))
      AND (
          (discount.type = 'promo_code' AND discount.id = subscription.promo_code_id)
          OR (discount.type = 'account' AND (
              EXISTS (
                  SELECT FROM subscriptions_discount_accounts AS listed
                  WHERE listed.discount_id = discount.id AND listed.account_id = account.id
              ) OR EXISTS (
                  SELECT FROM subscriptions_discount_account_classes AS listed
                  WHERE listed.discount_id = discount.id AND listed.accountclass_id = account.account_class_id
              )
          ))
      )
    ORDER BY subscription.id, discount.percent DESC, discount.id
"""


@dataclass(frozen=True, slots=True)
class Offer:
    """A discount that holds for a subscription from a day until another (None: without end), on some kinds of fees."""

    row: int
    rate: Decimal
    kinds: frozenset[LineType]
    valid_from: date
    valid_until: date | None

    def holds_on(self, day: date) -> bool:
        """Return whether it holds on the day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


def offers_for(subscription_ids: Collection[int]) -> dict[int, tuple[date | None, Sequence[Offer]]]:
    """Return the day of the books and the discounts of the subscriptions that have any, the highest first.

    One statement, however many.
    """
    days: dict[int, date | None] = {}
    offers: dict[int, list[Offer]] = {}
    with connection.cursor() as cursor:
        cursor.execute(OFFERED, [list(subscription_ids)])
        for subscription_id, day, row, percent, setup, renewal, recurring, begins, ends in cursor.fetchall():
            kinds = kinds_of(setup=setup, renewal=renewal, recurring=recurring)
            offer = Offer(row, percent / 100, kinds, begins, ends)
            days[subscription_id] = day
            offers.setdefault(subscription_id, []).append(offer)
    return {pk: (days[pk], of_one) for pk, of_one in offers.items()}


# Of a subscription that has no discount on any day.
NO_OFFERS: tuple[date | None, tuple[Offer, ...]] = (None, ())


def taken_off(
    offers: Iterable[Offer], day: date | None
) -> tuple[Mapping[LineType, Decimal], Mapping[LineType, int | None]]:
    """Return what is taken off each kind of charge that is made on `day`, and by which row: of several the highest."""
    rates: dict[LineType, Decimal] = {}
    rows: dict[LineType, int | None] = {}
    for offer in offers:
        if day is None or not offer.holds_on(day):
            continue
        for kind in offer.kinds:
            if offer.rate > rates.get(kind, 0):
                rates[kind], rows[kind] = offer.rate, offer.row
    return rates, rows
