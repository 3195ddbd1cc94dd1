"""The people of the demo and whom they work for: the operator, its resellers, the customer of the story."""

from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from accounts.account_terms import create_account_class, create_account_type
from accounts.actors import SYSTEM, Actor, actor_of
from accounts.invitations import accept_invitation, invite_users, token_of
from accounts.models import Account, AccountType, Invitation, Reseller, Role, User
from accounts.registration import open_account
from accounts.resellers import create_reseller
from accounts.staff import create_manager
from brokerage.demo.state import BUILDING, NOTE

# Printed, and so good for nothing outside a demo, which listens on this machine only.
PASSWORD = "demo seats 2018"  # noqa: S105 - see above
STORY_ACCOUNT = "Acme Ltd"


@dataclass(frozen=True)
class Person:
    """Somebody who can sign in."""

    what: str
    email: str


OPERATOR_STAFF = {
    Role.ADMIN: Person("Operator: system administrator", "admin@borealis.example"),
    Role.OWNER: Person("Operator: product owner", "owner@borealis.example"),
    Role.SALES: Person("Operator: sales person", "sales@borealis.example"),
    Role.MARKETING: Person("Operator: marketing", "marketing@borealis.example"),
}
NORTH_ADMIN = Person("Reseller North: administrator", "admin@north.example")
SOUTH_ADMIN = Person("Reseller South: administrator", "admin@south.example")
CUSTOMERS = {
    "owner": Person("Customer Acme: owner", "owner@acme.example"),
    "admin": Person("Customer Acme: admin", "admin@acme.example"),
    "user": Person("Customer Acme: user", "user@acme.example"),
}
EVERYBODY = (*OPERATOR_STAFF.values(), NORTH_ADMIN, SOUTH_ADMIN, *CUSTOMERS.values())
STAFF_NAMES = {
    Role.ADMIN: "Olga Admin",
    Role.OWNER: "Peter Product",
    Role.SALES: "Sofia Sales",
    Role.MARKETING: "Mark Market",
}


def moment(day: date, hour: int = 12) -> datetime:
    """Return the moment of a day at which people of the demo act."""
    return timezone.make_aware(datetime.combine(day, time(hour)))


def actor(person: Person) -> Actor:
    """Return the person as somebody who acts."""
    return actor_of(User.objects.get(email=person.email))


def actor_in(person: Person, account: Account) -> Actor:
    """Return the customer's person as somebody who acts for that account."""
    return actor_of(User.objects.get(email=person.email), account=account)


def make_operator(day: date) -> Reseller:
    """Make the operator with its account terms and one manager of each role."""
    operator = Reseller.objects.create(
        name="Borealis Distribution",
        currency="USD",
        email="office@borealis.example",
        bank_details="Borealis Distribution Inc.\nFirst Example Bank, New York\nAccount 000123456789",
        attributes={NOTE: BUILDING},
    )
    operator.refresh_from_db()  # the database has written its place in the tree
    create_account_type(actor=SYSTEM, reseller=operator, values={"name": "Business", "key": "business"})
    create_account_type(
        actor=SYSTEM,
        reseller=operator,
        values={"name": "Personal", "key": "personal", "name_pattern": "%first_name %last_name"},
    )
    create_account_class(
        actor=SYSTEM,
        reseller=operator,
        values={"name": "Prepay", "key": "prepay", "is_default": True, "cancel_unpaid_order_in": 30},
    )
    for role, person in OPERATOR_STAFF.items():
        create_manager(
            actor=SYSTEM,
            reseller=operator,
            name=STAFF_NAMES[role],
            email=person.email,
            role=role,
            password=PASSWORD,
            now=moment(day),
        )
    return operator


def make_reseller(
    *, parent: Reseller, name: str, admin: Person, day: date, currency: str = "USD", language: str = "en"
) -> Reseller:
    """Make a reseller below `parent`, whose first administrator accepts the invitation at once."""
    reseller = create_reseller(
        actor=actor(OPERATOR_STAFF[Role.ADMIN]),
        parent=parent,
        name=name,
        currency=currency,
        email=admin.email.replace("admin@", "office@"),
        manager_name=f"{name} Admin",
        manager_email=admin.email,
        values={"default_language": language},
        now=moment(day),
    )
    accept(admin.email, f"{name} Admin", day)
    return reseller


def make_story_account(*, reseller: Reseller, number: int, day: date) -> Account:
    """Make the customer of the story, by the reseller's administrator, with an owner, an admin and a user.

    `number` counts the stories that were told on this database: later customers have the same people.
    """
    name = STORY_ACCOUNT if number == 1 else f"{STORY_ACCOUNT} {number}"
    north = actor(NORTH_ADMIN)
    account = open_account(
        actor=north,
        reseller=reseller,
        account_type=AccountType.objects.get(key="business"),
        account_class=reseller.account_classes.get(is_default=True),
        owner_email=CUSTOMERS["owner"].email,
        owner_name="Ann Owner",
        values={
            "primary_name": name,
            "email": "office@acme.example",
            "phone": "2125550100",
            "country": "US",
            "region": "NY",
            "city": "New York",
            "street": "Broadway",
            "building": "100",
            "zip": "10001",
            "contact_first_name": "Ann",
            "contact_last_name": "Owner",
            "contact_email": CUSTOMERS["owner"].email,
            "contact_phone": "2125550101",
        },
        now=moment(day),
    )
    accept(CUSTOMERS["owner"].email, "Ann Owner", day)
    for level, full_name in (("admin", "Bob Admin"), ("user", "Cleo User")):
        email = CUSTOMERS[level].email
        invite_users(actor=north, account=account, emails=[email], access_level=level, now=moment(day))
        accept(email, full_name, day)
    return account


def accept(email: str, name: str, day: date) -> None:
    """Accept the open invitation to the address on that day, with the demo's password."""
    invitation = Invitation.objects.filter(email=email, accepted_at=None, withdrawn_at=None).latest("pk")
    accept_invitation(token=token_of(invitation), name=name, password=PASSWORD, now=moment(day))
