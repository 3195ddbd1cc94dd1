"""A seller in roubles with a card gateway, a customer, and the pretend Robokassa with the seller's shop."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.models import Account
from billing.models import Payment, PaymentGateway
from billing.payments import open_top_up
from tests.factories import accounts as cast
from tests.factories.billing import card_gateway

DAY = date(2018, 8, 20)
NOON = datetime(2018, 8, 20, 12, tzinfo=UTC)


@dataclass
class Till:
    """A customer in roubles whose seller takes cards."""

    account: Account
    gateway: PaymentGateway
    owner: Actor

    def payment(self, amount: str = "100.00") -> Payment:
        return open_top_up(actor=SYSTEM, account=self.account, amount=Decimal(amount), today=DAY)


@pytest.fixture
def till(db: None) -> Till:
    seller = cast.reseller(currency="RUB")
    account = cast.account(reseller=seller, currency="RUB")
    gateway = card_gateway(reseller=seller)
    return Till(account, gateway, actor_of(cast.customer_user(account=account)))
