"""The cast: the operator; reseller North and its child North-East; reseller South, who never sees the north; Acme.

Rows are made as given, with unique names where none is given. Nothing else happens behind the caller's back.
"""

from dataclasses import dataclass
from itertools import count

from django.test import Client

from accounts.actors import Actor, actor_of
from accounts.models import (
    AccessLevel,
    Account,
    AccountClass,
    AccountMembership,
    AccountType,
    Reseller,
    Role,
    Supervision,
    User,
    UserKind,
)
from tests.remembering import remembered

PASSWORD = "correct horse battery staple"

_numbers = count(1)


@remembered
def operator(**fields: object) -> Reseller:
    """Return the operator, the root of the tree; made at the first call, there is only one."""
    existing = Reseller.objects.filter(parent=None).first()
    if existing is not None:
        return existing
    return _reseller(parent=None, **{"name": "Operator", "currency": "USD", "email": "operator@example.com", **fields})


@remembered
def reseller(*, parent: Reseller | None = None, **fields: object) -> Reseller:
    """Return a new reseller below `parent`, by default below the operator."""
    number = next(_numbers)
    defaults = {"name": f"Reseller {number}", "currency": "USD", "email": f"reseller{number}@example.com"}
    return _reseller(parent=parent or operator(), **{**defaults, **fields})


def _reseller(**fields: object) -> Reseller:
    row = Reseller.objects.create(**fields)
    row.refresh_from_db()  # the trigger has written the lineage
    return row


@remembered
def manager(*, reseller: Reseller | None = None, role: str = Role.ADMIN, **fields: object) -> User:
    """Return a new manager, by default an administrator of the operator; the password is PASSWORD."""
    number = next(_numbers)
    defaults = {"email": f"manager{number}@example.com", "name": f"Manager {number}", "password": PASSWORD}
    return User.objects.create_user(
        kind=UserKind.MANAGER, reseller=reseller or operator(), role=role, **{**defaults, **fields}
    )


@remembered
def supervise(*, supervisor: User, subordinate: User) -> Supervision:
    """Put the subordinate below the supervisor."""
    return Supervision.objects.create(supervisor=supervisor, subordinate=subordinate)


@remembered
def account_type(*, reseller: Reseller | None = None, **fields: object) -> AccountType:
    """Return a new account type, by default of the operator (and so inherited by everybody)."""
    number = next(_numbers)
    defaults = {"name": f"Business {number}", "key": f"business-{number}"}
    return AccountType.objects.create(reseller=reseller or operator(), **{**defaults, **fields})


@remembered
def account_class(*, reseller: Reseller | None = None, **fields: object) -> AccountClass:
    """Return new account terms: prepay, no credit, orders never cancelled, unless the fields say otherwise."""
    number = next(_numbers)
    defaults = {"name": f"Prepay {number}", "key": f"prepay-{number}"}
    return AccountClass.objects.create(reseller=reseller or operator(), **{**defaults, **fields})


@remembered
def account(*, reseller: Reseller | None = None, **fields: object) -> Account:
    """Return a new account without users, with a type and class of its own reseller where none is given."""
    number = next(_numbers)
    seller = reseller or operator()
    defaults: dict[str, object] = {
        "name": f"Customer {number}",
        "primary_name": f"Customer {number}",
        "email": f"customer{number}@example.com",
        "phone": "+375290000000",
        "currency": seller.currency,
        "country": "BY",
        "region": "Minsk",
        "city": "Minsk",
        "street": "Main street",
        "building": "1",
        "zip": "220000",
        "contact_first_name": "Ann",
        "contact_last_name": "Signer",
        "contact_email": f"signer{number}@example.com",
        "contact_phone": "+375290000001",
    }
    if "account_type" not in fields:
        defaults["account_type"] = account_type(reseller=seller)
    if "account_class" not in fields:
        defaults["account_class"] = account_class(reseller=seller)
    return Account.objects.create(reseller=seller, **{**defaults, **fields})


@remembered
def customer_user(*, account: Account | None = None, access_level: str = AccessLevel.OWNER, **fields: object) -> User:
    """Return a new user; with an account also a member of it with the access level. The password is PASSWORD."""
    number = next(_numbers)
    defaults = {
        "email": f"user{number}@example.com",
        "name": f"User {number}",
        "password": PASSWORD,
        "reseller": account.reseller if account else None,
    }
    user = User.objects.create_user(kind=UserKind.CUSTOMER, **{**defaults, **fields})
    if account is not None:
        member(account=account, user=user, access_level=access_level)
    return user


@remembered
def member(*, account: Account, user: User, access_level: str = AccessLevel.USER) -> AccountMembership:
    """Return the membership that lets the user act for the account."""
    return AccountMembership.objects.create(account=account, user=user, access_level=access_level)


@remembered
def manager_actor(*, reseller: Reseller | None = None, role: str = Role.ADMIN) -> Actor:
    """Return the actor of a new manager, by default an administrator of the operator."""
    return actor_of(manager(reseller=reseller, role=role))


@remembered
def customer_actor(*, account: Account, access_level: str = AccessLevel.OWNER) -> Actor:
    """Return the actor of a new user of the account (an account has one owner: a second call needs another level)."""
    return actor_of(customer_user(account=account, access_level=access_level), account=account)


@remembered
def signed_in(user: User) -> Client:
    """Return a browser in which the person is signed in."""
    browser = Client()
    browser.force_login(user)
    return browser


@dataclass(frozen=True)
class Cast:
    """Everybody whom the tests of visibility are about."""

    operator: Reseller
    north: Reseller
    north_east: Reseller
    south: Reseller
    acme: Account


@remembered
def cast() -> Cast:
    """Return the operator, North, North-East below it, South, and Acme, a customer of North."""
    root = operator()
    north = reseller(parent=root, name="North", email="north@example.com")
    return Cast(
        operator=root,
        north=north,
        north_east=reseller(parent=north, name="North-East", email="northeast@example.com"),
        south=reseller(parent=root, name="South", email="south@example.com"),
        acme=account(reseller=north, name="Acme", primary_name="Acme", email="acme@example.com"),
    )
