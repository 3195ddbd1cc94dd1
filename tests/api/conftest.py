"""The API as four callers see it: the operator, North, North-East below it, South."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.plugin import DjangoDbBlocker

from accounts.actors import actor_of
from accounts.api_tokens import create_api_token
from accounts.models import Account, Reseller, Role
from billing.models import Charge, InvoiceLine
from tests.factories import accounts as people
from tests.factories import subscriptions as catalogue
from tests.factories.billing import invoice, owed
from tests.factories.commitments import commitment
from tests.factories.differences import difference
from tests.factories.discounts import promo_code
from tests.factories.taxes import credit_note
from tests.worlds import kept
from vendors.models import VendorConnection

ORDERED = date(2018, 8, 20)
JSON_API = "application/vnd.api+json"


def ids(answer: Any) -> list[str]:
    """Return the ids of a list's records, in its order."""
    return [record["id"] for record in answer.json()["data"]]


@dataclass(frozen=True)
class Caller:
    """A manager with a token."""

    client: Client
    token: str

    def get(self, path: str, **headers: str) -> Any:
        """Ask for an address below /api/v3."""
        return self.client.get(f"/api/v3{path}", headers={"X-Api-Token": self.token, **headers})


@dataclass(frozen=True)
class World:
    """The tree, an account of each reseller with one subscription, and its charge."""

    operator: Reseller
    north: Reseller
    north_east: Reseller
    south: Reseller
    accounts: dict[str, Account]
    charges: dict[str, Charge]

    def record(self, kind: str, house: str) -> int:
        """Return the id of the house's record of a resource of the API."""
        return OF_A_HOUSE[kind](self.charges[house]).pk


# Of each resource of the API: the record that belongs to a house, from its charge.
OF_A_HOUSE: dict[str, Callable[[Charge], Any]] = {
    "charges": lambda charge: charge,
    "commitment_dates": lambda charge: charge.subscription.commitments.get().dates.get(kind="cancel"),
    "credit_note_lines": lambda charge: charge.invoice_line.credits.get(),
    "credit_notes": lambda charge: charge.invoice_line.credits.get().credit_note,
    "differences": lambda charge: charge.account.differences.get(),
    "discounts": lambda charge: charge.account.reseller.discounts.get(),
    "invoice_lines": lambda charge: charge.invoice_line,
    "invoices": lambda charge: charge.invoice_line.invoice,
    "reseller_charges": lambda charge: charge.reseller_charges.get(),
    "subscriptions": lambda charge: charge.subscription,
}


@pytest.fixture
def caller() -> Callable[..., Caller]:
    """Make a caller: a manager of the reseller, by default an administrator."""

    def make(reseller: Reseller, role: str = Role.ADMIN) -> Caller:
        actor = actor_of(people.manager(reseller=reseller, role=role))
        return Caller(Client(), create_api_token(actor=actor, name="Shop", now=datetime.now(UTC))[1])

    return make


@pytest.fixture(scope="module")
def world_of_the_file(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Make the world once for a file of tests."""
    with kept(django_db_blocker):
        yield _world()


@pytest.fixture
def world(world_of_the_file: World, db: None) -> World:
    """The tree with one paid subscription of five seats below each reseller, ordered on 20 August 2018."""
    return deepcopy(world_of_the_file)


def _world() -> World:
    cast = people.cast()
    resellers = {"operator": cast.operator, "north": cast.north, "north_east": cast.north_east, "south": cast.south}
    accounts, charges = {}, {}
    for name, reseller in resellers.items():
        accounts[name] = people.account(reseller=reseller, name=f"Customer of {name}")
        plan = catalogue.plan(reseller=reseller)
        made = catalogue.subscription(account=accounts[name], plan=plan, today=ORDERED)
        charges[name] = Charge.objects.get(subscription=made)
        commitment(subscription=made, now=datetime.now(UTC), returnable=(), at_end=None)
        promo_code(f"{name}-code".upper(), reseller=reseller)
        vendor = VendorConnection.objects.create(reseller=reseller, plugin="office365", name="Ours", settings={})
        difference(subscription=made, connection=vendor)
        InvoiceLine.objects.create(
            invoice=invoice(accounts[name]), charge=charges[name], amount=charges[name].amount, tax=Decimal(1)
        )
        credit_note(charges[name].invoice_line.invoice)
        # Nobody is above the operator: its row is one of another kind of data.
        owed(charge=charges[name], creditor=reseller.parent or cast.north, debtor=reseller)
    return World(cast.operator, cast.north, cast.north_east, cast.south, accounts, charges)
