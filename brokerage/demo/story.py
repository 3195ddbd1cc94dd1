"""The main job, step by step: consent, catalogue, reseller, customer, order, payment, changes, billing days."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

import requests
from django.utils import timezone

from accounts.models import Account, Reseller
from billing.audit import audit
from billing.funds import funds_of
from billing.models import Book, Charge, LedgerEntry, Payment, PaymentStatus
from billing.payments import complete_payment, open_top_up
from brokerage.demo import cast, catalogue
from brokerage.demo.amounts import (
    LOWERED,
    NET_COST,
    ORDERED,
    RAISED,
    RETAIL,
    TOP_UP,
    Amounts,
    Days,
    Line,
    amounts_of,
    lines_of,
    transactions_of,
)
from brokerage.demo.programs import Addresses
from brokerage.demo.telling import Teller
from brokerage.demo.waiting import until_all_is_done, until_status
from core.money import Money
from subscriptions.contract.handover import service_as_held
from subscriptions.models import Order, OrderStatus, Plan, Subscription, SubscriptionStatus
from subscriptions.night.renewals import run_billing_day
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import place_order
from subscriptions.people.stopping import activate, stop
from vendors.models import ConnectionState
from vendors.questions import facts


@dataclass
class Story:
    """One telling of the main job, on the days of `days`; `check` raises when a program that it needs has died."""

    days: Days
    addresses: Addresses
    teller: Teller
    check: Callable[[], None]

    def __post_init__(self) -> None:
        self.costs: Amounts = amounts_of(self.days)
        self.subscription = Subscription()
        self.account = Account()

    # -- the operator's part ------------------------------------------------------------------------------------

    def tell_of_operator(self, operator: Reseller) -> Plan:
        """Connect and grant; make template and plan where they are new; return North's plan at North's price."""
        tell, day = self.teller, self.days.ordered
        tell.heading("The operator, its vendor and its reseller")
        connection = catalogue.grant(self.addresses, catalogue.connect(self.addresses))
        tell.check("the state of the consent", connection.state, ConnectionState.GRANTED)
        tell.step(f"Office 365 Settings: consent granted at {self.addresses.login}", day=day)
        tell.step(
            f"good until {connection.token_expires_on:%d %b %Y} for {connection.details.get('company', 'the partner')}"
        )
        plan = Plan.objects.filter(reseller=operator, name=catalogue.BUSINESS_STANDARD).first()
        if plan is None:
            plan = catalogue.make_office(connection, day)
            tell.step(f"Application template and plan “{plan.name}”, endless or 12 months, billing day 1", day=day)
        north = Reseller.objects.filter(name="North").first()
        if north is None:
            north = cast.make_reseller(parent=operator, name="North", admin=cast.NORTH_ADMIN, day=day)
            tell.step("Reseller North, with an administrator of its own", day=day)
        delegated = Plan.objects.filter(parent=plan, reseller=north).first()
        delegated = delegated or catalogue.delegate(plan, north, RETAIL, day)
        price = delegated.resources.get().prices.latest("pk")
        tell.amount("The plan is delegated: a seat and month costs North", price.net_cost, expected=NET_COST, day=day)
        tell.amount("and North's customers", price.recurring_fee, expected=RETAIL)
        return delegated

    # -- the customer's part --------------------------------------------------------------------------------------

    def tell_of_customer(self, plan: Plan) -> None:
        """Open the account, order, pay, raise, lower, stop and activate, each night before its day."""
        tell, days = self.teller, self.days
        tell.heading("The customer")
        number = Account.objects.filter(primary_name__startswith=cast.STORY_ACCOUNT).count() + 1
        self.account = cast.make_story_account(reseller=plan.reseller, number=number, day=days.ordered)
        tell.step(f"Account {self.account.name} of North, with an owner, an admin and a user", day=days.ordered)
        before = self._world()
        self._order(plan, number)
        self._raise()
        self._nights(days.raised, days.lowered)
        self._lower()
        self._nights(days.lowered, days.stopped)
        self._stop()
        self._nights(days.stopped, days.activated)
        self._activate()
        self._nights(days.activated, days.today)
        until_all_is_done(self.check, day=days.today)  # what the nights have planned
        made = {name: count - before[name] for name, count in self._world().items()}
        for what in ("customers", "agreements", "orders", "subscriptions"):
            tell.check(f"{what} at Microsoft", made[what], 1)
        tell.step("At Microsoft this has made 1 customer, 1 agreement, 1 order and 1 subscription")

    def _order(self, plan: Plan, number: int) -> None:
        day, owner = self.days.ordered, cast.actor_in(cast.CUSTOMERS["owner"], self.account)
        order = place_order(
            actor=owner,
            account=self.account,
            plan=plan,
            period=plan.periods.get(endless=True),
            quantities={"seats": ORDERED},
            parameters={"domain_prefix": f"acme-demo-{number}"},
            today=day,
            now=cast.moment(day),
        )
        self._amount(f"Order {order}: {ORDERED} seats until the billing day; due", order.total, self.costs.order, day)
        self._pay(order)
        self.subscription = self._until(order.subscription_id, SubscriptionStatus.ACTIVE, day)
        service = self.subscription.vendor_ids
        self.teller.step(f"The worker has made {service.get('domain')} at Microsoft: the service is Active")
        top_up = open_top_up(actor=owner, account=self.account, amount=TOP_UP, today=day)
        paid = complete_payment(actor=cast.actor(cast.NORTH_ADMIN), payment=top_up, today=day, method="bank_transfer")
        self._amount(f"Balance topped up, payment {paid} approved by North", paid.amount, TOP_UP, day)
        self._funds()

    def _raise(self) -> None:
        day = self.days.raised
        self._nights(self.days.ordered, day)
        order = self._change(RAISED, day)
        self._amount(f"Order {order}: raised to {RAISED} seats; due", order.total, self.costs.raising, day)
        self._pay(order)
        self._until(self.subscription.pk, SubscriptionStatus.ACTIVE, day)
        self._funds()

    def _lower(self) -> None:
        day = self.days.lowered
        order = self._change(LOWERED, day)
        self._until(self.subscription.pk, SubscriptionStatus.ACTIVE, day)
        used, continuing, refund = (
            Charge.objects.get(order=order, source=source).amount
            for source in ("used_part", "continuing_part", "refund_part")
        )
        costs = self.costs
        self._amount(f"Order {order}: lowered to {LOWERED} seats; used until today, written off", used,
                     costs.used_before_lowering, day)  # fmt: skip
        self._amount("continues with fewer seats, reserved", continuing, costs.continuing)
        self._amount("refunded once Microsoft had lowered", refund, costs.refund)
        self._funds()

    def _stop(self) -> None:
        day = self.days.stopped
        stop(actor=cast.actor(cast.NORTH_ADMIN), subscription=self.subscription, today=day, comment="Company holidays")
        self._until(self.subscription.pk, SubscriptionStatus.STOPPED, day)
        self._amount("Stopped by North; used until today, written off", self._newest("used_part"),
                     self.costs.used_before_stop, day)  # fmt: skip
        self._amount("the rest is released", self._newest("remainder"), self.costs.remainder)
        self._funds()

    def _activate(self) -> None:
        day = self.days.activated
        activate(actor=cast.actor_in(cast.CUSTOMERS["admin"], self.account), subscription=self.subscription, today=day)
        self._until(self.subscription.pk, SubscriptionStatus.ACTIVE, day)
        self._amount("Activated by the customer's admin; reserved until the billing day", self._newest("activation"),
                     self.costs.activation, day)  # fmt: skip
        self._funds()

    # -- the end ------------------------------------------------------------------------------------------------

    def tell_the_end(self) -> None:
        """Check every charge, every transaction, the funds, the service at Microsoft, and audit all the books."""
        tell, days = self.teller, self.days
        tell.heading("The books")
        charges = [_line(charge) for charge in Charge.objects.filter(subscription=self.subscription).order_by("pk")]
        for position, expected in enumerate(lines_of(days)):
            found = charges[position] if position < len(charges) else None
            tell.check(f"charge {position + 1}", found, expected)
        tell.check("number of charges", len(charges), len(lines_of(days)))
        entries = LedgerEntry.objects.filter(account=self.account, book=Book.ACCOUNT).order_by("number")
        moved = list(entries.values_list("day", "amount"))
        tell.check("the transactions", moved, transactions_of(days))
        tell.step(f"{len(charges)} charges and {len(moved)} transactions stand as they must", day=days.today)
        funds = funds_of(self.account)
        balance = sum((amount for _day, amount in transactions_of(days)), Decimal(0))
        self._amount("Balance", funds.balance, balance)
        self._amount("reserved for the running period", funds.blocked, self.costs.second_renewal)
        self._amount("available", funds.available, balance - self.costs.second_renewal)
        unfinished = Order.objects.filter(account=self.account).exclude(status=OrderStatus.COMPLETED)
        tell.check("orders that are not completed", list(unfinished), [])
        self._look_at_service()
        findings = audit(today=days.today)
        tell.check("findings of the audit", findings, [])
        tell.step(f"Audit of all books: {len(findings)} findings")

    def _look_at_service(self) -> None:
        subscription = Subscription.objects.get(pk=self.subscription.pk)
        self.teller.check("the subscription's status", subscription.status, SubscriptionStatus.ACTIVE)
        self.teller.check("the subscription's quantity", subscription.quantity, LOWERED)
        connection = subscription.plan.template.connection
        known = facts(connection, service=service_as_held(subscription), now=timezone.now())
        told = {fact.name: fact.value for fact in known}
        self.teller.check("the status at Microsoft", told.get("status.seats"), "active")
        self.teller.check("the licences at Microsoft", told.get("licences.seats"), str(LOWERED))
        self.teller.step(f"Microsoft says: {told.get('licences.seats')} licences, {told.get('status.seats')}")

    # -- small steps ----------------------------------------------------------------------------------------------

    def _change(self, seats: int, day: date) -> Order:
        return change_quantities(
            actor=cast.actor_in(cast.CUSTOMERS["owner"], self.account),
            subscription=self.subscription,
            quantities={"seats": seats},
            today=day,
            now=cast.moment(day),
        )

    def _pay(self, order: Order) -> None:
        payment = Payment.objects.get(order=order, status=PaymentStatus.WAITING_FOR_PAYMENT)
        payment = complete_payment(
            actor=cast.actor(cast.NORTH_ADMIN), payment=payment, today=order.placed_on, method="card"
        )
        self._amount(f"Payment {payment} approved by North", payment.amount, order.total, order.placed_on)

    def _nights(self, after: date, until: date) -> None:
        """Run the night of every day after `after` up to and with `until`, and tell of the billing days."""
        day = after + timedelta(days=1)
        while day <= until:
            run_billing_day(today=day)
            if day in (self.days.billed, self.days.billed_again):
                self._tell_of_billing_day(day)
            day += timedelta(days=1)

    def _tell_of_billing_day(self, day: date) -> None:
        first = day == self.days.billed
        closed = Charge.objects.filter(subscription=self.subscription, closed_on=day)
        written_off = sum((charge.amount for charge in closed), Decimal(0))
        must_be = self.costs.order + self.costs.raising if first else self.costs.activation
        self._amount("Billing day: the past period is written off", written_off, must_be, day)
        coming = self.costs.renewal if first else self.costs.second_renewal
        seats = RAISED if first else LOWERED
        self._amount(f"the coming month of {seats} seats is reserved", self._newest("renewal"), coming)
        self._funds()

    def _newest(self, source: str) -> Decimal:
        return Charge.objects.filter(subscription=self.subscription, source=source).latest("pk").amount

    def _amount(self, text: str, amount: Decimal, expected: Decimal, day: date | None = None) -> None:
        self.teller.amount(text, amount, expected=expected, day=day, unit=self.account.currency)

    def _funds(self) -> None:
        funds, currency = funds_of(self.account), self.account.currency
        self.teller.step(
            ", ".join(
                f"{name} {Money(amount, currency).rounded()}"
                for name, amount in (
                    ("balance", funds.balance),
                    ("reserved", funds.blocked),
                    ("available", funds.available),
                )
            )
        )

    def _until(self, pk: int, status: SubscriptionStatus, day: date) -> Subscription:
        return until_status(pk, status, self.check, day=day)

    def _world(self) -> dict[str, int]:
        return requests.get(self.addresses.control, timeout=30).json()["counts"]


def _line(charge: Charge) -> Line:
    return Line(charge.status, charge.operate_from, charge.operate_to, charge.quantity, charge.amount, charge.closed_on)
