"""Discounts for tests, made by the real verb."""

from datetime import date
from decimal import Decimal

from accounts.actors import SYSTEM
from accounts.models import Account, Reseller
from subscriptions.catalogue.discounts import Granted, create_discount
from subscriptions.models import Discount, DiscountType
from tests.factories import accounts as cast
from tests.factories.subscriptions import EARLY
from tests.remembering import remembered


def promo_code(
    code: str = "SUMMER", percent: str = "10", *, reseller: Reseller | None = None, **more: object
) -> Discount:
    """Return a promo code, by default of the operator's, for everybody and for ever."""
    return _made(DiscountType.PROMO_CODE, percent, reseller or cast.operator(), code=code, **more)


def of_account(account: Account, percent: str = "10", **more: object) -> Discount:
    """Return what an account gets, by default for ever."""
    return _made(DiscountType.ACCOUNT, percent, account.reseller, accounts=[account], **more)


def of_reseller(below: Reseller, percent: str = "10", **more: object) -> Discount:
    """Return what the reseller above grants the one below."""
    assert below.parent is not None
    return _made(DiscountType.RESELLER, percent, below.parent, resellers=[below], **more)


@remembered
def _made(type: DiscountType, percent: str, reseller: Reseller, valid_from: date = EARLY, **more: object) -> Discount:
    granted = Granted(**{"name": f"{percent} %", "percent": Decimal(percent), "valid_from": valid_from, **more})
    return create_discount(actor=SYSTEM, reseller=reseller, type=type, granted=granted, today=EARLY)
