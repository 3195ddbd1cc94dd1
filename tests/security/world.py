"""The cast with one of everything for each: the operator, North, North-East below it, and South."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.api_tokens import create_api_token
from accounts.invitations import invite_users, token_of
from accounts.models import AccessLevel, Account, Reseller, Role, SignedIn, User
from billing.corrections import ask_correction
from billing.guarantees import give_guarantee
from billing.models import Charge, GatewayPayment, LedgerEntry, Payment
from billing.payments import complete_payment, open_top_up
from core.lists.export import asked_by, file_path
from core.lists.models import ExportState, ListExport
from notifications.announce import announce
from operator_panel.views.plan_wizard import DRAFTS
from subscriptions.catalogue.products import create_plan_category, create_product
from subscriptions.models import CommitmentDate, Order, OrderStatus, Plan, PriceRule, Subscription
from subscriptions.people.ordering import cancel_order
from subscriptions.people.price_changes import draft_price_change
from subscriptions.workers.provisioning import conclude
from tests.factories import accounts as cast
from tests.factories import differences as different
from tests.factories import discounts as grant
from tests.factories import subscriptions as catalogue
from tests.factories.billing import card_gateway, invoice, owed, pay, top_up
from tests.factories.lists import Around, every_list, fill
from tests.factories.taxes import credit_note, tax
from tests.security.marks import SPAN, Tenant, mark, numbered
from tests.worlds import kept
from vendors.connections import add_connection
from vendors.microsoft.errors import DOMAIN_TAKEN
from vendors.models import PROBLEMS, ConnectionState, OperationState, VendorConnection, VendorExchange, VendorOperation

ORDERED_ON = timezone.localdate()  # so that no page has nights to catch up with before it can tell
NOW = datetime(2018, 8, 20, 12, tzinfo=UTC)
# Nothing listens there: a page that asks the vendor gets its answer (that nobody is at home) at once.
NOWHERE = "http://127.0.0.1:9"
LEVELS = (AccessLevel.OWNER, AccessLevel.ADMIN, AccessLevel.USER)
ROLES = (Role.ADMIN, Role.OWNER, Role.SALES, Role.MARKETING)


@dataclass
class Person:
    """Somebody with a browser that is signed in."""

    title: str
    client: Client
    actor: Actor | None = None

    def __str__(self) -> str:
        return self.title

    def ask(self, address: str, method: str = "get", *, headers: Mapping[str, str] | None = None, **data: Any) -> Any:
        """Ask, and roll back whatever came of it: rows, and who is signed in."""
        cookies = deepcopy(self.client.cookies)
        with transaction.atomic():
            answer = getattr(self.client, method)(address, data, headers=headers)
            transaction.set_rollback(True)
        self.client.cookies = cookies
        return answer


@dataclass
class House:
    """A reseller with a customer, everything that the two have, and the people of both."""

    tenant: Tenant
    reseller: Reseller
    objects: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    # By role, and by access level.
    managers: dict[str, Person] = field(default_factory=dict)
    customers: dict[str, Person] = field(default_factory=dict)
    api_token: str = ""


@dataclass
class World:
    """Everybody."""

    root: House
    north: House
    north_east: House
    south: House
    # The owner of another account of North's, a sales person of North without accounts, and who is not signed in.
    neighbour: Person
    colleague: Person
    nobody: Person
    # What an address with an id that nobody has answered, by person, address and method: status, and where to.
    of_nothing: dict[tuple[str, str, str], tuple[int, str]] = field(default_factory=dict)


@contextmanager
def living(blocker: DjangoDbBlocker, files: Path) -> Iterator[World]:
    """Make the world for a with block, in a transaction that is never committed; files go below `files`."""
    with override_settings(MEDIA_ROOT=files, DEMO=True), kept(blocker):
        yield build()


def build() -> World:
    """Make the world. Texts and ids of each house carry its own mark."""
    root = _house(Tenant("rootqzj", 66), cast.operator)
    north = _house(Tenant("northqzj", 77), lambda: cast.reseller(parent=root.reseller))
    north_east = _house(Tenant("eastqzj", 88), lambda: cast.reseller(parent=north.reseller))
    south = _house(Tenant("southqzj", 55), lambda: cast.reseller(parent=root.reseller))
    with numbered(Tenant("nextqzj", 44)):
        neighbour = _customer("neighbour", cast.account(reseller=north.reseller), AccessLevel.OWNER)
        colleague = _signed_in("colleague", cast.manager(reseller=north.reseller, role=Role.SALES))
    _let_constraints_rest()
    # However long the sweeps take, nobody's "last seen" is written anew while they look at what was written.
    SignedIn.objects.update(seen_at=timezone.now() + timedelta(days=1))
    nobody = Person("nobody", Client(raise_request_exception=False))
    return World(root, north, north_east, south, neighbour, colleague, nobody)


def _house(tenant: Tenant, found: Any) -> House:
    with numbered(tenant):
        house = House(tenant, found())
        account = _people(house)
        _catalogue(house)
        _business(house, account)
        _rows_of_lists(house)
        held = CommitmentDate.objects.filter(subscription__account=account)
        house.objects |= {
            "commitment_date": tuple(held.values_list("pk", flat=True)),
            "reseller": (house.reseller.pk,),
            "draft": (_draft(house),),
            "step": ("information",),
            "plugin": ("office365",),
            "group": ("information", "person", "contact"),
            "uidb36": ("1",),
            "key": ("a-b",),
        }
        mark(tenant)
        return house


def _people(house: House) -> Account:
    reseller = house.reseller
    users = {role: cast.manager(reseller=reseller, role=role) for role in ROLES}
    cast.supervise(supervisor=users[Role.ADMIN], subordinate=users[Role.SALES])
    account = cast.account(reseller=reseller, manager=users[Role.SALES], attributes=_said(house), office="5")
    for role, user in users.items():
        house.managers[role] = _signed_in(f"{house.tenant.word} {role}", user)
    for level in LEVELS:
        house.customers[level] = _customer(f"{house.tenant.word} customer {level}", account, level)
    admin = house.managers[Role.ADMIN].actor
    token, house.api_token = create_api_token(actor=admin, name="Shop", now=timezone.now())
    invitation = invite_users(
        actor=admin, account=account, emails=[f"guest@{house.tenant.word}.example"], access_level=AccessLevel.USER,
        now=timezone.now(),
    )[0]  # fmt: skip
    members = account.memberships.exclude(access_level=AccessLevel.OWNER)
    house.objects |= {
        "account": (account.pk,),
        "account_class": (account.account_class_id,),
        "account_type": (account.account_type_id,),
        "membership": tuple(members.values_list("pk", flat=True)),
        "invitation": (invitation.pk,),
        "api_token": (token.pk,),
        "token": (token_of(invitation),),
        "manager": tuple(user.pk for user in users.values()),
    }
    return account


def _catalogue(house: House) -> None:
    admin = house.managers[Role.ADMIN].actor
    vendor = add_connection(
        actor=SYSTEM,  # a reseller's own managers may not name another server than Microsoft's
        reseller=house.reseller,
        plugin="office365",
        name="Microsoft",
        values=_settings(house),
    )
    VendorConnection.objects.filter(pk=vendor.pk).update(state=ConnectionState.GRANTED, details=_said(house))
    vendor.refresh_from_db()
    sold = catalogue.plan(reseller=house.reseller, connection=vendor)
    billed = catalogue.plan(
        reseller=house.reseller,
        product=create_product(actor=admin, reseller=house.reseller, name="Product"),
        category=create_plan_category(actor=admin, reseller=house.reseller, name="Category"),
    )
    # Of a type whose plans cost something themselves.
    reserved = catalogue.plan(
        reseller=house.reseller, product=billed.product, billing_type="reservation", months=12, prices={"seats": "1"}
    )
    plans = (billed, sold, reserved)
    house.objects |= {
        "plan": tuple(plan.pk for plan in plans),
        "plan_period": tuple(plan.periods.get().pk for plan in plans),
        "plan_resource": tuple(plan.resources.get().pk for plan in plans),
        "product": (billed.product_id,),
        "category": (billed.category_id,),
        "service_term": tuple(plan.service_term_id for plan in plans),
        "template": tuple(plan.template_id for plan in plans),
        "connection": (vendor.pk,),
        "tax": (tax(reseller=house.reseller, name="House").pk,),
        "discount": (grant.promo_code("HOUSE", reseller=house.reseller).pk,),
    }


def _set_aside(account: Account, plan: Plan) -> Payment:
    """Return money that came for an order that nobody wanted any more."""
    order = catalogue.order(account=account, plan=plan, today=ORDERED_ON)
    payment = Payment.objects.get(order=order)
    cancel_order(actor=SYSTEM, order=order, today=ORDERED_ON)
    payment.refresh_from_db()
    return complete_payment(actor=SYSTEM, payment=payment, today=ORDERED_ON)


def _refused(house: House, account: Account) -> Order:
    """Return a paid order that the vendor has refused: its domain is taken, and another one may be given."""
    word = house.tenant.word
    order = catalogue.order(
        account=account,
        plan=Plan.objects.get(pk=house.objects["plan"][1]),
        today=ORDERED_ON,
        parameters={"domain_prefix": f"{word}-prefix"},
        vendor_asked=True,  # it had no objection then
    )
    pay(order=order, today=ORDERED_ON)
    order.subscription.refresh_from_db()
    operation = VendorOperation.objects.get(key=order.subscription.awaited_operation)
    said = {"message": DOMAIN_TAKEN, "values": {"domain": f"{word}-prefix.onmicrosoft.com"}}
    operation.state, operation.finished_at, operation.next_attempt_at = OperationState.REJECTED, NOW, None
    operation.last_error_code = "domain_taken"
    operation.last_error_message, operation.last_error_values = said["message"], said["values"]
    operation.result = {PROBLEMS: [{"field": "domain_prefix", **said}]}
    operation.save()
    conclude(operation=operation, today=ORDERED_ON)
    order.refresh_from_db()
    assert order.status == OrderStatus.PROVISIONING_FAILED
    return order


def _business(house: House, account: Account) -> None:
    plan = Plan.objects.get(pk=house.objects["plan"][0])
    top_up(account=account, amount="500.00", today=ORDERED_ON)
    active = catalogue.subscription(account=account, plan=plan, today=ORDERED_ON)
    waiting = catalogue.order(account=account, plan=plan, today=ORDERED_ON)
    payment = open_top_up(
        actor=house.managers[Role.ADMIN].actor, account=account, amount=Decimal(10), today=ORDERED_ON, comment="why"
    )
    Subscription.objects.filter(account=account).update(
        attributes=_said(house), vendor_ids={"customer_id": f"{house.tenant.word}-vendor"}, stop_comment="why"
    )
    refused = _refused(house, account)
    vendor = VendorConnection.objects.get(pk=house.objects["connection"][0])
    differs = different.difference(subscription=active, connection=vendor, name=f"{house.tenant.word}-differs")
    change = draft_price_change(
        actor=SYSTEM, reseller=house.reseller, plans=[active.plan], rule=PriceRule.PERCENT, value=Decimal(7),
        valid_from=ORDERED_ON + timedelta(days=9), today=ORDERED_ON,
    )  # fmt: skip
    operation = VendorOperation.objects.create(
        connection=vendor,
        action="change",
        key=f"{house.tenant.word}-operation",
        subject=f"subscription:{active.pk}",
        payload=_said(house),
        state="rejected",
        planned_at=NOW,
        last_error_message=f"{house.tenant.word}-trouble",
    )
    VendorExchange.objects.create(
        connection_id=operation.connection_id, operation_id=operation.pk, method="GET", url="x", milliseconds=1
    )
    owner = house.customers[AccessLevel.OWNER].actor
    announce("export_ready", context={"file": "list.csv", "rows": 1}, key=str(owner.user.pk), user=owner.user)
    exports = [_export(house, actor) for actor in (house.managers[Role.ADMIN].actor, owner)]
    gateway = card_gateway(reseller=account.reseller, name=f"{house.tenant.word}-cards", in_use=False)
    # On its way to the gateway: without one, the page that leads there is a way back.
    GatewayPayment.objects.create(gateway=gateway, payment=payment, amount=payment.amount)
    invoiced = invoice(account, charge=active.charges.earliest("pk"))
    credited = credit_note(invoiced)
    house.objects |= {
        "invoice_line": (invoiced.lines.get().pk,),
        "subscription": (active.pk, waiting.subscription_id, refused.subscription_id),
        "order": (waiting.pk, active.orders.get().pk, refused.pk),
        "refused_order": (refused.pk,),
        "gateway": (gateway.pk,),
        "payment": (payment.pk, _set_aside(account, plan).pk),
        "invoice": (invoiced.pk,),
        "credit_note": (credited.pk,),
        "credit_note_line": (credited.lines.get().pk,),
        "correction": (
            ask_correction(
                actor=SYSTEM, account=account, amount=Decimal(1), reason=f"{house.tenant.word}-error", today=ORDERED_ON
            ).pk,
        ),
        "guarantee": (
            give_guarantee(
                actor=SYSTEM,
                account=account,
                amount=Decimal(1),
                reason=f"{house.tenant.word}-promise",
                today=ORDERED_ON,
                expires_on=ORDERED_ON + timedelta(days=3000),
            ).pk,
        ),
        "price_change": (change.pk,),
        "difference": (differs.pk,),
        "resolution": (different.resolution(actor=house.managers[Role.ADMIN].actor, differences=[differs]).pk,),
        "reseller_charge": (
            owed(
                charge=active.charges.earliest("pk"),
                creditor=house.reseller.parent or house.reseller,
                debtor=house.reseller if house.reseller.parent else cast.reseller(parent=house.reseller),
            ).pk,
        ),
        "charge": tuple(Charge.objects.filter(account=account).values_list("pk", flat=True)),
        "transaction": tuple(LedgerEntry.objects.filter(account=account).values_list("pk", flat=True)),
        "export": tuple(exports),
    }


def _rows_of_lists(house: House) -> None:
    """Make what no line above has made: a row of each list that would be empty for the house's people."""
    of = Around(
        account=Account.objects.get(pk=house.objects["account"][0]),
        subscription=Subscription.objects.get(pk=house.objects["subscription"][0]),
        connection=VendorConnection.objects.get(pk=house.objects["connection"][0]),
        today=ORDERED_ON,
    )
    looking = {"operator": house.managers[Role.ADMIN].actor, "customer": house.customers[AccessLevel.OWNER].actor}
    for listing in every_list():
        seen = listing.rows(looking[listing.name.partition(".")[0]])
        if not seen.filter(pk__gte=house.tenant.first, pk__lt=house.tenant.first + SPAN).exists():
            fill(of, [listing])


def _export(house: House, actor: Actor) -> int:
    """Return an export of the person that is ready, with a file that carries the mark."""
    export = ListExport.objects.create(
        **asked_by(actor),
        listing=f"{'operator' if actor.is_manager else 'customer'}.subscriptions",
        format="csv",
        columns=["id"],
        language="en",
        state=ExportState.READY,
    )
    path = file_path(export)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{house.tenant.word}-{export.pk}file")
    return export.pk


def _draft(house: House) -> str:
    """Return the name of a half-finished plan, which waits in the session of the house's administrator."""
    draft = f"{house.tenant.word}-draft"
    session = house.managers[Role.ADMIN].client.session
    session[DRAFTS] = {draft: {"begun": {}}}
    session.save()
    return draft


def _let_constraints_rest() -> None:
    """Check what is checked at the end of a transaction now, or each preview would check all of it again."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _settings(house: House) -> dict[str, str]:
    word = house.tenant.word
    return {
        "tenant_id": f"{word}-tenant", "client_id": f"{word}-application", "client_secret": f"{word}-secret",
        "login_base_url": f"{NOWHERE}/login", "api_base_url": f"{NOWHERE}/api",
    }  # fmt: skip


def _said(house: House) -> dict[str, Any]:
    """Return additional attributes with the mark in their names and values."""
    word = house.tenant.word
    return {f"{word}-name": {"label": f"{word}-label", "value": f"{word}-value"}}


def _customer(title: str, account: Account, level: str) -> Person:
    return _signed_in(title, cast.customer_user(account=account, access_level=level))


def _signed_in(title: str, user: User) -> Person:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return Person(title, client, actor_of(user))
