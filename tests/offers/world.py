"""One object in every status, by the real verbs: what every button of the panels is pressed on."""

import os
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP
from django.utils import timezone

from accounts.actors import SYSTEM, actor_of
from accounts.api_tokens import create_api_token
from accounts.invitations import invite_users
from accounts.models import AccessLevel, Account, AccountStatus, Role, User
from accounts.registration import delete_account, hold_account
from billing.models import Payment, PaymentStatus
from billing.payments import cancel_payment, complete_payment, open_top_up
from subscriptions.catalogue.delegation import deactivate_plan
from subscriptions.catalogue.plans import Lasting, add_period
from subscriptions.catalogue.products import Timers, create_plan_category, create_product
from subscriptions.models import DurationUnit, Order, Plan, Subscription, SubscriptionStatus
from subscriptions.night.renewals import renew_accounts
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import cancel_order
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.workers.provisioning import conclude
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import owe, top_up
from tests.security.world import NOWHERE, Person, _signed_in
from vendors.connections import add_connection
from vendors.models import ConnectionState, OperationState, VendorConnection, VendorOperation

TODAY = timezone.localdate()
LEVELS = (AccessLevel.OWNER, AccessLevel.ADMIN, AccessLevel.USER)
# Of accounts: all of them in `make prove`, as each has its objects and its people to press their buttons.
SOME = (AccountStatus.ACTIVE, AccountStatus.ADMINISTRATIVE_HOLD)
EVERYTHING = bool(os.environ.get("PROVE"))
STATUSES = AccountStatus.values if EVERYTHING else SOME
# Those beside the mightiest of a panel look at a part of the objects, each at another, as roles tell apart what is
# offered, not which of the objects; at all of them in `make prove`.
PART = 1 if EVERYTHING else 12
# The ways to each status: the verbs of people, and what the vendor answers ("yes", "no").
WAYS: dict[str, tuple[str, ...]] = {
    SubscriptionStatus.ORDERED: ("order",),
    SubscriptionStatus.INSTALLING: ("buy",),
    SubscriptionStatus.INSTALLATION_FAILED: ("buy", "no"),
    SubscriptionStatus.ACTIVE: ("buy", "yes"),
    SubscriptionStatus.UPDATING: ("buy", "yes", "raise"),
    SubscriptionStatus.UPDATING_FAILED: ("buy", "yes", "raise", "no"),
    SubscriptionStatus.STOPPING: ("buy", "yes", "stop"),
    SubscriptionStatus.STOPPING_FAILED: ("buy", "yes", "stop", "no"),
    SubscriptionStatus.STOPPED: ("buy", "yes", "stop", "yes"),
    SubscriptionStatus.ACTIVATING: ("buy", "yes", "stop", "yes", "activate"),
    SubscriptionStatus.ACTIVATING_FAILED: ("buy", "yes", "stop", "yes", "activate", "no"),
    SubscriptionStatus.DELETING: ("buy", "yes", "delete"),
    SubscriptionStatus.DELETION_FAILED: ("buy", "yes", "delete", "no"),
    SubscriptionStatus.DELETED: ("buy", "yes", "delete", "yes"),
}
# Without a vendor nothing is under way and nothing fails.
BILLED = (SubscriptionStatus.ORDERED, SubscriptionStatus.ACTIVE, SubscriptionStatus.STOPPED, SubscriptionStatus.DELETED)


@dataclass
class World:
    """Everybody who presses, and the addresses of every object by panel."""

    people: list[Person] = field(default_factory=list)
    operator_pages: list[str] = field(default_factory=list)
    customer_pages: dict[int, list[str]] = field(default_factory=dict)


def build() -> World:
    """Make the world: accounts, subscriptions, orders, payments, plans, connections in every status, everybody."""
    operator = cast.operator()
    managers = {role: cast.manager(role=role) for role in Role.values}
    north = cast.reseller(name="North")
    cast.account_class(reseller=north, is_default=True)
    helper = cast.manager(reseller=north)
    world = World(people=[_signed_in(f"manager {role}", user) for role, user in managers.items()])
    connection = _connections(operator)
    sold, billed = make.plan(connection=connection), make.plan(name="Billed")
    make.plan(name="Reserved", billing_type="reservation", months=3)  # it costs something itself
    _catalogue(operator, managers[Role.ADMIN])
    for status in STATUSES:
        account = _account(status, managers[Role.SALES])
        _subscriptions(account, sold, billed, all_statuses=status == AccountStatus.ACTIVE)
        _payments(account)
        _brought_to(account, status, managers[Role.ADMIN])
        world.people += _people(account, status)
    cast.account(name="Without services", manager=managers[Role.SALES])
    add_period(actor=SYSTEM, plan=sold, period=Lasting(duration=3, unit=DurationUnit.MONTH), today=TODAY)
    create_api_token(actor=actor_of(managers[Role.ADMIN]), name="Shop", now=timezone.now())
    TOTP.activate(helper, "JBSWY3DPEHPK3PXP")
    world.operator_pages = list(_operator_pages())
    world.customer_pages = {account.pk: list(_customer_pages(account)) for account in Account.objects.all()}
    return world


def _connections(operator: Any) -> VendorConnection:
    for state in ConnectionState.values:
        made = add_connection(
            actor=SYSTEM,
            reseller=operator,
            plugin="office365",
            name=f"Microsoft {state}",
            values={
                "tenant_id": "tenant", "client_id": "application", "client_secret": "secret",
                "login_base_url": f"{NOWHERE}/login", "api_base_url": f"{NOWHERE}/api",
            },
        )  # fmt: skip
        VendorConnection.objects.filter(pk=made.pk).update(state=state)
    return VendorConnection.objects.get(state=ConnectionState.GRANTED)


def _catalogue(operator: Any, admin: User) -> None:
    actor = actor_of(admin)
    gone = make.plan(
        name="Out of sale",
        product=create_product(actor=actor, reseller=operator, name="Product"),
        category=create_plan_category(actor=actor, reseller=operator, name="Category"),
    )
    deactivate_plan(actor=actor, plan=gone)


def _account(status: str, manager: User) -> Account:
    account = cast.account(name=f"Account {status}", manager=manager)
    top_up(account=account, amount="2000.00", today=TODAY)
    return account


def _subscriptions(account: Account, sold: Plan, billed: Plan, *, all_statuses: bool) -> None:
    if account.name.endswith(AccountStatus.DELETED):
        return
    some = (SubscriptionStatus.ORDERED, SubscriptionStatus.ACTIVE, SubscriptionStatus.STOPPING_FAILED)
    for status, way in WAYS.items():
        if all_statuses or status in some:
            _walked(account, sold, way)
        if all_statuses and status in BILLED:
            _walked(account, billed, way)
    if all_statuses:
        _waiting_raise(account, billed)
        make.subscription(account=account, plan=make.plan(name="A year", months=12), today=TODAY)
        make.plan(name="Another year", months=12)  # to be switched to
        ahead = make.plan(name="Reserved for a year", months=12, billing_type="csp_annual")
        make.subscription(account=account, plan=ahead, today=TODAY)
        _graced(account)
        _over(account)


def _walked(account: Account, plan: Plan, way: tuple[str, ...]) -> Subscription:
    first, *rest = way
    begin = make.order if first == "order" else make.subscription
    placed = begin(account=account, plan=plan, today=TODAY, vendor_asked=True)
    pk = placed.subscription_id if first == "order" else placed.pk
    for step in rest:
        _step(Subscription.objects.get(pk=pk), step)
    return Subscription.objects.get(pk=pk)


def _step(subscription: Subscription, step: str) -> None:
    common = {"actor": SYSTEM, "subscription": subscription, "today": TODAY}
    if step in ("yes", "no"):
        _answer(subscription, yes=step == "yes")
    elif step == "raise":
        change_quantities(
            **common, quantities={"seats": 7}, now=timezone.now(), pay_from_balance=True, vendor_asked=True
        )
    else:
        {"stop": stop, "activate": activate, "delete": delete}[step](**common)


def _answer(subscription: Subscription, *, yes: bool) -> None:
    """Let the vendor have answered the operation that the subscription waits for."""
    operation = VendorOperation.objects.filter(key=subscription.awaited_operation).first()
    if operation is None:
        return
    operation.state = OperationState.CONFIRMED if yes else OperationState.REJECTED
    operation.last_error_message = "" if yes else "The vendor does not want to."
    operation.finished_at = timezone.now()
    operation.save()
    conclude(operation=operation, today=TODAY)


def _waiting_raise(account: Account, plan: Plan) -> None:
    """A running subscription of which a raise waits for its payment."""
    running = make.subscription(account=account, plan=plan, today=TODAY)
    change_quantities(actor=SYSTEM, subscription=running, quantities={"seats": 9}, today=TODAY, now=timezone.now())


def _graced(account: Account) -> None:
    _ended(account, make.plan(months=1, timers=_timers(grace=60)))


def _over(account: Account) -> None:
    """One that is stopped because its period is over."""
    _ended(account, make.plan(months=1, timers=_timers(grace=0)))


def _timers(*, grace: int) -> Timers:
    return Timers(billing_day=1, grace_period=grace)


def _ended(account: Account, plan: Plan) -> None:
    other = cast.account(name=f"Account of {plan.name}", manager=account.manager)
    top_up(account=other, amount="100.00", today=TODAY - timedelta(days=50))
    make.subscription(account=other, plan=plan, today=TODAY - timedelta(days=50))
    renew_accounts(account_ids=[other.pk], today=TODAY)


def _payments(account: Account) -> None:
    if account.name.endswith(AccountStatus.DELETED):
        return
    for status in (PaymentStatus.WAITING_FOR_PAYMENT, PaymentStatus.CANCELLED, PaymentStatus.PARKED):
        payment = open_top_up(actor=SYSTEM, account=account, amount=Decimal(5), today=TODAY)
        if status != PaymentStatus.WAITING_FOR_PAYMENT:
            cancel_payment(actor=SYSTEM, payment=payment, today=TODAY)
        if status == PaymentStatus.PARKED:
            complete_payment(actor=SYSTEM, payment=payment, today=TODAY)
    plan = make.plan(name=f"Cancelled for {account.name}")
    cancel_order(actor=SYSTEM, order=make.order(account=account, plan=plan, today=TODAY), today=TODAY)


def _brought_to(account: Account, status: str, admin: User) -> None:
    if status == AccountStatus.ADMINISTRATIVE_HOLD:
        hold_account(actor=actor_of(admin), account=account, today=TODAY)
    elif status == AccountStatus.CREDIT_HOLD:
        owe(account=account, amount="2500.00", today=TODAY)
        renew_accounts(account_ids=[account.pk], today=TODAY + timedelta(days=1))
    elif status == AccountStatus.DELETED:
        owe(account=account, amount="2000.00", today=TODAY)
        delete_account(actor=actor_of(admin), account=account, today=TODAY)
    account.refresh_from_db()
    for subscription in account.subscriptions.filter(status=SubscriptionStatus.STOPPING):
        if status != AccountStatus.ACTIVE:
            _answer(subscription, yes=True)


def _people(account: Account, status: str) -> list[Person]:
    if status == AccountStatus.DELETED:
        return []
    people = [
        _signed_in(f"{status} {level}", cast.customer_user(account=account, access_level=level))
        for level in (LEVELS if EVERYTHING or status == AccountStatus.ACTIVE else LEVELS[:1])
    ]
    invite_users(
        actor=SYSTEM, account=account, emails=[f"{status}@guests.example"], access_level=AccessLevel.USER,
        now=timezone.now(),
    )  # fmt: skip
    return people


# What tells objects of a kind apart: of each combination one is enough, as a page asks nothing else.
APART = {
    "accounts": (Account, ("status", "memberships__access_level", "subscriptions__status")),
    "subscriptions": (Subscription, (
        "status", "stop_reason", "account__status", "plan__template__plugin", "orders__status",
    )),
    "orders": (Order, ("status", "type", "account__status", "subscription__status")),
    "payments": (Payment, ("status", "kind", "account__status", "order__status")),
    "plans": (Plan, ("status",)),
    "vendor-connections": (VendorConnection, ("state",)),
}  # fmt: skip


def _apart(section: str) -> list[int]:
    """Return one object of each combination that tells objects of a kind apart."""
    model, columns = APART[section]
    first: dict[tuple[Any, ...], int] = {}
    for pk, *facts in model.objects.order_by("pk").values_list("pk", *columns):
        first.setdefault(tuple(facts), pk)
    return sorted(set(first.values()))


def _operator_pages() -> Any:
    yield "/operator/"
    for section in APART:
        yield from (f"/operator/{section}/{pk}/" for pk in _apart(section))
    yield from (f"/operator/accounts/{pk}/users/" for pk in _apart("accounts"))
    yield from (f"/operator/plans/{pk}/periods/" for pk in _apart("plans"))
    yield from (f"/operator/managers/{pk}/" for pk in User.objects.exclude(role="").values_list("pk", flat=True))


def _customer_pages(account: Account) -> Any:
    yield "/"
    for kind in ("subscriptions", "orders"):
        own = set(APART[kind][0].objects.filter(account=account).values_list("pk", flat=True))
        yield from (f"/{kind}/{pk}/" for pk in _apart(kind) if pk in own)
