"""A row of every list of both panels, and where each list is shown: for the tests that walk over all of them.

A new list needs a line in ROWS: what makes a row of it for one reseller and one of its accounts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone

from accounts.actors import SYSTEM, actor_of
from accounts.models import Account, Role
from billing.corrections import ask_correction
from billing.guarantees import give_guarantee
from core.lists.listing import LISTINGS, Listing
from subscriptions.catalogue.taxes import Levied, create_tax
from subscriptions.models import (
    DifferenceKind,
    LineState,
    PlanCategory,
    PriceRule,
    Product,
    Resolution,
    Subscription,
)
from subscriptions.people.price_changes import draft_price_change
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import commitments as bound
from tests.factories import differences as different
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.taxes import credit_note
from vendors.capabilities import unreadable_price
from vendors.models import ConnectionState, VendorConnection, VendorExchange
from vendors.price_rows import PriceList, PriceSheet, SheetState

LONG = "Северо-Западная логистическая компания «Роза ветров» и партнёры"
PANELS = ("operator", "customer")


@dataclass
class Around:
    """What rows are made for: an account of a reseller, its subscription, and a connection of the reseller."""

    account: Account
    subscription: Subscription
    connection: VendorConnection
    today: date

    def address(self, listing: Listing) -> str:
        """Return where the list is shown: at its own address, or in the first tab that lists it."""
        panel, _dot, name = listing.name.partition(".")
        if listing.own_page:
            return reverse(f"{panel}:{name}")
        return next(self.tabs(listing))

    def tabs(self, listing: Listing | None = None) -> Iterator[str]:
        """Yield the addresses of the tabs in which the list, or any list, is shown: those whose object is here."""
        objects = {
            "account": self.account,
            "subscription": self.subscription,
            "order": self.subscription.orders.first(),
            "plan": self.subscription.plan,
            "price_change": self.account.reseller.price_changes.first(),
            "resolution": Resolution.objects.filter(reseller=self.account.reseller).first(),
            "application_template": self.subscription.plan.template,
            "reseller": self.account.reseller,
            "vendor_connection": self.connection,
        }
        for panel in (listing.name.partition(".")[0],) if listing else PANELS:
            _base, resolver = get_resolver().namespace_dict[panel]
            for pattern in resolver.url_patterns:
                shown = getattr(pattern.callback, "listing", None)
                if shown is None or (listing is not None and shown is not listing):
                    continue
                of = max((one for one in objects if pattern.name.startswith(f"{one}_")), key=len, default="")
                try:
                    yield reverse(f"{panel}:{pattern.name}", args=[objects[of].pk] if of else [])
                except NoReverseMatch:
                    raise AssertionError(f"{panel}:{pattern.name}: which object is it a tab of?") from None


def _topped_up(of: Around) -> None:
    money.top_up(account=of.account, amount="7654321.98", today=of.today)


def _bound(of: Around) -> None:
    bound.commitment(subscription=of.subscription, now=timezone.now())


def _served(of: Around) -> None:
    make.subscription(account=of.account, plan=of.subscription.plan, today=of.today)


def _ordered(of: Around) -> None:
    make.order(account=of.account, plan=of.subscription.plan, today=of.today)


def _planned(of: Around) -> None:
    make.plan(reseller=of.account.reseller, name=LONG)


def _exchanged(of: Around) -> None:
    address = f"https://api.partnercenter.microsoft.com/v1/customers/{'7d3c1a90-' * 6}/subscriptions"
    for status in (200, 404):
        VendorExchange.objects.create(
            connection=of.connection, method="GET", url=address, status=status, milliseconds=99, request_id="1" * 36
        )


def _connected(of: Around) -> None:
    VendorConnection.objects.create(
        reseller=of.account.reseller, plugin="office365", name=LONG, settings={}, state=ConnectionState.GRANTED,
        granted_at=timezone.now(), granted_by=cast.manager(reseller=of.account.reseller, name=LONG),
        token_expires_on=timezone.now(),
    )  # fmt: skip


def _opened(of: Around) -> None:
    seller = of.account.reseller
    cast.account(reseller=seller, name=LONG, manager=cast.manager(reseller=seller, name=LONG))


def _corrected(of: Around) -> None:
    ask_correction(actor=SYSTEM, account=of.account, amount=Decimal("-7654321.98"), reason=LONG, today=of.today)


def _invoiced(of: Around) -> None:
    money.invoice(of.account, total="7654321.98", day=of.today)


def _credited(of: Around) -> None:
    credit_note(money.invoice(of.account, total="7654321.98", day=of.today), total="-7654321.98")


def _guaranteed(of: Around) -> None:
    give_guarantee(
        actor=SYSTEM, account=of.account, amount=Decimal("7654321.98"), reason=LONG, today=of.today,
        expires_on=of.today + timedelta(days=3000),
    )  # fmt: skip


def _owed(of: Around) -> None:
    seller = of.account.reseller
    lower = cast.reseller(parent=seller, name=f"{LONG} II")
    money.owed(charge=of.subscription.charges.earliest("pk"), creditor=seller, debtor=lower, amount="7654321.98")


def _repriced(of: Around) -> None:
    seller, plan = of.account.reseller, of.subscription.plan
    draft_price_change(
        actor=SYSTEM, reseller=seller, plans=[plan], rule=PriceRule.PERCENT, value=Decimal(7), valid_from=of.today,
        today=of.today,
    )  # fmt: skip


def _differing(of: Around) -> None:
    units = {"ours": "7654321", "theirs": "7654322", "name": LONG}
    different.difference(subscription=of.subscription, connection=of.connection, **units)


def _settled_together(of: Around) -> None:
    # One open difference of a resource and kind: each list has its own.
    number = of.subscription.differences.count() + 1
    found = [
        different.difference(
            subscription=of.subscription, connection=of.connection, kind=DifferenceKind.SUSPENDED, name=LONG,
            resource=f"seats{number}",
        )
    ]  # fmt: skip
    boss = actor_of(cast.manager(reseller=of.account.reseller, name=LONG))
    lines = different.resolution(actor=boss, differences=found).lines
    sums = dict.fromkeys(("taken", "written_off", "monthly"), Decimal("7654321.98"))
    lines.update(state=LineState.FORESEEN, currency=of.account.currency, refusal=LONG, **sums)


def _priced(of: Around) -> None:
    of_market = PriceList.objects.create(connection=of.connection, kind="licences", market="US")
    refusal = unreadable_price("299999", "EffectiveStartDate", "2026-02-30T00:00:00.0000000Z")
    PriceSheet.objects.create(
        price_list=of_market, day=of.today - timedelta(days=1), state=SheetState.TAKEN, lines=300_000, added=300_000
    )
    PriceSheet.objects.create(
        price_list=of_market, day=of.today, state=SheetState.REFUSED, error_message=refusal.message,
        error_values=refusal.values,
    )  # fmt: skip


ROWS: dict[str, Callable[[Around], object]] = {
    "operator.accounts": _opened,
    "operator.account_classes": lambda of: cast.account_class(
        reseller=of.account.reseller, name=LONG, credit_limit=Decimal("7654321.98")
    ),
    "operator.account_types": lambda of: cast.account_type(reseller=of.account.reseller, name=LONG),
    "operator.application_templates": _planned,
    "operator.calendar": _bound,
    "operator.charges": _served,
    "operator.corrections": _corrected,
    "operator.differences": _differing,
    "operator.resolutions": _settled_together,
    "operator.resolution_lines": _settled_together,
    "operator.discounts": lambda of: grant.promo_code(
        LONG[:40].replace(" ", "-"), reseller=of.account.reseller, name=LONG[:100]
    ),
    "operator.guaranteed_payments": _guaranteed,
    "operator.invoices": _invoiced,
    "operator.credit_notes": _credited,
    "operator.managers": lambda of: cast.manager(reseller=of.account.reseller, name=LONG, role=Role.SALES),
    "operator.orders": _ordered,
    "operator.payment_gateways": lambda of: money.card_gateway(reseller=of.account.reseller, name=LONG),
    "operator.payments": _topped_up,
    "operator.plan_categories": lambda of: PlanCategory.objects.create(reseller=of.account.reseller, name=LONG),
    "operator.plans": _planned,
    "operator.price_changes": _repriced,
    "operator.price_change_effects": _repriced,
    "operator.price_sheets": _priced,
    "operator.products": lambda of: Product.objects.create(reseller=of.account.reseller, name=LONG),
    "operator.reseller_charges": _owed,
    "operator.resellers": lambda of: cast.reseller(
        parent=of.account.reseller, name=LONG, domain=f"{'very-' * 9}long.example"
    ),
    "operator.service_terms": _planned,
    "operator.subscriptions": _served,
    "operator.transactions": _topped_up,
    "operator.taxes": lambda of: create_tax(
        actor=SYSTEM,
        reseller=of.account.reseller,
        levied=Levied(name=LONG, percent=Decimal("20.5"), valid_from=of.today),
    ),
    "operator.vendor_connections": _connected,
    "operator.vendor_exchanges": _exchanged,
    "customer.calendar": _bound,
    "customer.charges": _served,
    "customer.invoices": _invoiced,
    "customer.credit_notes": _credited,
    "customer.payments": _topped_up,
    "customer.subscriptions": _served,
    "customer.transactions": _topped_up,
}


# Whose rows are no objects with a page of their own, and why.
NO_PAGE = {
    "operator.plan_categories": "a category is a name and nothing else",
    "operator.price_sheets": "the line is the whole",
    "operator.vendor_exchanges": "the line is the whole",
    "customer.transactions": "what came in has no page for the customer; what was charged leads to its charge",
    "customer.payments": "a top-up has no page for the customer; of an order it leads there",
}


def every_list(*panels: str) -> list[Listing]:
    """Return the lists of the panels, by default of both. A list without a row factory ends the test run here."""
    listings = [LISTINGS[name] for name in sorted(LISTINGS) if name.partition(".")[0] in (panels or PANELS)]
    without = [listing.name for listing in listings if listing.name not in ROWS]
    if without:
        raise AssertionError(f"No row factory in tests/factories/lists.py for: {', '.join(without)}")
    return listings


def around(*, account: Account | None = None, today: date | None = None) -> Around:
    """Return an account with a long name and much money, a subscription of its reseller's dear plan, a connection."""
    day = today or timezone.localdate()
    owner = account or cast.account(name=LONG, primary_name=LONG)
    money.top_up(account=owner, amount="1234567.89", today=day)
    plan = make.plan(reseller=owner.reseller, name=LONG, prices={"seats": "12345.67"})
    return Around(
        account=owner,
        subscription=make.subscription(account=owner, plan=plan, today=day),
        connection=VendorConnection.objects.create(
            reseller=owner.reseller, plugin="office365", name="Ours", settings={}
        ),
        today=day,
    )


def fill(of: Around, listings: list[Listing]) -> None:
    """Make a row of each list."""
    for listing in listings:
        ROWS[listing.name](of)
