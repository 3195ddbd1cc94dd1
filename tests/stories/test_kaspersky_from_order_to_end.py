"""Kaspersky by the verbs, on the pretend vendor over TLS: more at once, fewer next month, a trial, a lost order."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import SYSTEM, Actor
from accounts.api_tokens import create_api_token
from accounts.models import AccessLevel, Account, Role
from billing.audit import audit
from billing.models import Charge
from core.errors import Refused
from notifications.models import Notification
from sandbox.kaspersky import Kaspersky
from sandbox.kaspersky.tls import AUTHORITY, FILES_PASSWORD, PARTNER_FILE, demanding
from sandbox.wsgi import start
from subscriptions.catalogue.plans import Lasting
from subscriptions.models import Order, Plan, Subscription
from subscriptions.night.nights import carry_out_night
from subscriptions.people.changes import change_quantities
from subscriptions.people.ordering import ask_vendor_of_order, place_order
from subscriptions.people.revealing import reveal_secret
from subscriptions.people.stopping import activate, delete, stop
from subscriptions.people.switching import switch_plan
from subscriptions.workers.observing import observe
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.security.canaries import Canaries, Traces, overheard
from tests.vendors.kaspersky.bench import OPTIONS, settings_of
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, check_connection
from vendors.fields import packed
from vendors.kaspersky.plugin import MASKED
from vendors.models import VendorConnection, VendorOperation
from vendors.questions import VendorUnavailable
from vendors.settling import it_is_there

pytestmark = pytest.mark.django_db
ORDERED = date(2018, 8, 20)
NOON = datetime.combine(ORDERED, time(12), tzinfo=UTC)


@dataclass
class Story:
    """A customer, a connection, and the clock of both sides."""

    vendor: Kaspersky
    connection: VendorConnection
    account: Account
    moment: datetime = NOON

    @property
    def today(self) -> date:
        return self.moment.date()

    def at(self, day: date) -> None:
        """Let it be noon of a day."""
        self.moment = datetime.combine(day, time(12), tzinfo=UTC)
        self.vendor.set_clock(at=self.moment.isoformat(), stopped=True)

    def plan(self, price: str = "10.00", *, periods: list[Lasting] | None = None, **options: str) -> Plan:
        """Return a plan, endless unless periods are named."""
        settings, prices = {**OPTIONS, **options}, {"licenses": price}
        return make.plan(
            connection=self.connection, offer="licenses", prices=prices, settings=settings, periods=periods
        )

    def wish(self, plan: Plan, licenses: int) -> dict[str, object]:
        quantities = {"licenses": licenses}
        return {"actor": SYSTEM, "account": self.account, "plan": plan, "period": plan.periods.get(),
                "quantities": quantities, "parameters": {}, "now": self.moment}  # fmt: skip

    def order(self, plan: Plan, licenses: int) -> Subscription:
        """Ask the vendor, order, pay, and have the workers do the rest."""
        wish = self.wish(plan, licenses)
        ask_vendor_of_order(**wish)
        order = place_order(**wish, today=self.today)
        if order.status == "waiting_for_payment":
            pay(order=order, today=self.today)
        self.work()
        return Subscription.objects.get(pk=order.subscription_id)

    def work(self) -> None:
        """Do what the workers do."""
        for operation_id in unfinished_work(now=self.moment):
            carry_out(operation_id=operation_id, now=self.moment, today=self.today)

    def change(self, subscription: Subscription, licenses: int) -> Order:
        """Change the number, paid from the balance."""
        order = change_quantities(
            actor=SYSTEM, subscription=subscription, quantities={"licenses": licenses}, today=self.today,
            now=self.moment, pay_from_balance=True,
        )  # fmt: skip
        self.work()
        return order

    def night(self, day: date) -> None:
        """Carry out the night of a day, and what follows at the vendor."""
        self.at(day)
        carry_out_night(today=day, now=self.moment)
        self.work()

    def status(self, subscription: Subscription) -> str:
        subscription.refresh_from_db()
        return str(subscription.status)

    def theirs(self) -> tuple[int, str]:
        """Return number and state of the newest subscription in the vendor's records."""
        row = self.vendor.subscriptions()[-1]
        return row["Quantity"], row["Status"]

    def books_agree(self) -> None:
        assert list(audit(today=self.today)) == []


@pytest.fixture
def story(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Story]:
    """A connection whose certificate was uploaded and checked over TLS, and a customer with money for a while."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(AUTHORITY))
    vendor = Kaspersky()
    running = start(vendor, tls=demanding())
    row = add_connection(
        actor=admin, reseller=admin.reseller, plugin="kaspersky", name="KORM", values=settings_of(running.base_url)
    )
    account = cast.account(name="Acme", country="US", contact_email="tania@acme.example")
    top_up(account=account, amount="1000", today=ORDERED)
    told = Story(vendor, row, account)
    told.at(ORDERED)
    told.connection = check_connection(actor=admin, connection=row, now=told.moment)
    assert told.connection.usable, told.connection.last_error
    yield told
    stopped_soon(running)


def additional(answer: str) -> dict[str, str]:
    """Return the additional attributes of a subscription in an answer of the API (CR-447)."""
    told: dict[str, str] = json.loads(answer)["data"]["meta"]["additional_attributes"]
    return told


def charges(subscription: Subscription, *statuses: str) -> list[tuple[str, str, int, str]]:
    """Return the charges that count, by their days: from, to, units, amount."""
    rows = Charge.objects.filter(subscription=subscription, status__in=statuses or ("closed", "blocked", "opened"))
    return [
        (f"{row.operate_from:%d.%m}", f"{row.operate_to:%d.%m}", int(row.quantity), f"{row.amount:.2f}")
        for row in rows.order_by("operate_from", "quantity", "pk")
    ]


def code_of(subscription: Subscription) -> str:
    """Return the activation code as the customer's people are shown it."""
    owner = cast.customer_actor(account=subscription.account, access_level=AccessLevel.ADMIN)
    (secret,) = subscription.secrets.all()
    return reveal_secret(actor=owner, secret=secret, now=datetime.now(UTC))


def test_more_at_once_fewer_when_the_period_turns_stopped_activated_and_deleted(story: Story) -> None:
    story.vendor.behave(first_order_is_free=False)
    bought = story.order(story.plan(), 5)
    (made,) = story.vendor.subscriptions()
    assert story.status(bought) == "active"
    assert bought.vendor_ids["license_id"] == bought.attributes["license_id"]["value"] == made["LicenseId"]
    assert code_of(bought) == made["ActivationCode"]
    assert bought.attributes["activation_code"]["value"] == MASKED, "what panels and the API show of it"
    story.at(date(2018, 8, 25))
    story.change(bought, 8)
    assert story.theirs() == (8, "Active")
    story.at(date(2018, 8, 27))
    lowered = story.change(bought, 3)
    assert (lowered.status, story.theirs()) == ("scheduled", (8, "Active"))
    story.night(date(2018, 9, 1))
    lowered.refresh_from_db()
    assert (story.status(bought), lowered.status, story.theirs()) == ("active", "completed", (3, "Active"))
    story.at(date(2018, 9, 10))
    stop(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    assert (story.status(bought), story.theirs()) == ("stopped", (3, "HardCancel"))
    story.at(date(2018, 9, 15))
    activate(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    assert (story.status(bought), story.theirs()) == ("active", (3, "Active"))
    assert (code_of(bought), len(story.vendor.subscriptions())) == (made["ActivationCode"], 1)
    story.night(date(2018, 10, 1))
    story.at(date(2018, 10, 11))
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    assert (story.status(bought), story.theirs()) == ("deleted", (3, "HardCancel"))
    assert charges(bought, "closed") == [
        ("20.08", "01.09", 5, "19.35"), ("25.08", "01.09", 3, "6.77"),  # 12 and 7 of August's 31 days
        ("01.09", "10.09", 3, "9.00"), ("15.09", "01.10", 3, "16.00"),  # 9 and 16 of September's 30
        ("01.10", "11.10", 3, "9.68"),  # 10 of October's 31
    ]  # fmt: skip
    story.books_agree()


def test_a_trial_costs_nothing_lasts_to_the_end_of_the_month_and_becomes_what_is_paid(story: Story) -> None:
    trial = story.plan(periods=[Lasting(duration=1, unit="month", trial=True)])
    bought = story.order(trial, 5)
    assert (story.status(bought), bought.trial, bought.expiration_date) == ("active", True, date(2018, 9, 1))
    assert (charges(bought), bought.attributes["period"]["value"]) == ([], "Free")
    with pytest.raises(VendorUnavailable, match="quantity stays until then"):
        story.change(bought, 6)
    story.at(date(2018, 8, 28))
    paid, code = story.plan("12.40"), code_of(bought)
    said = {
        "actor": SYSTEM,
        "subscription": bought,
        "today": story.today,
        "now": story.moment,
        "pay_from_balance": True,
    }
    with pytest.raises(VendorUnavailable, match="free period lasts until 2018-09-01"):
        switch_plan(period=paid.periods.get(), quantities={"licenses": 6}, **said)
    switch_plan(period=paid.periods.get(), quantities={"licenses": 5}, **said)
    story.work()
    assert (story.status(bought), bought.trial, bought.expiration_date) == ("active", False, None)
    assert charges(bought) == [("28.08", "01.09", 5, "8.00")]  # 4 of 31 days
    with pytest.raises(VendorUnavailable, match="free period"):
        story.change(bought, 9)
    story.night(date(2018, 9, 1))
    story.change(bought, 9)
    assert (story.theirs(), code_of(bought), len(story.vendor.subscriptions())) == ((9, "Active"), code, 1)
    story.books_agree()


def test_a_trial_that_nobody_switches_ends_here_and_at_kaspersky_and_comes_but_once(story: Story) -> None:
    """Kaspersky counts this one as paid for, which the operators are told."""
    story.vendor.behave(first_order_is_free=False)
    trial = story.plan(periods=[Lasting(duration=1, unit="month", trial=True)])
    bought = story.order(trial, 5)
    with pytest.raises(Refused, match="A trial keeps its quantities"):
        story.change(bought, 6)
    assert observe(bought, now=story.moment)
    told = Notification.objects.filter(event="service_alarm").values_list("body_text", flat=True)
    assert any("counts the trial of subscription" in text for text in told)
    bought.refresh_from_db()
    with pytest.raises(VendorUnavailable, match="free trial is for an account's first"):
        story.order(trial, 5)
    with pytest.raises(VendorUnavailable, match="has a Kaspersky subscription already"):
        story.order(story.plan(), 5)
    for day in (date(2018, 9, 1), date(2018, 9, 2)):
        story.night(day)
    assert story.status(bought) == "stopped"
    assert (story.theirs(), charges(bought)) == ((5, "HardCancel"), [])
    delete(actor=SYSTEM, subscription=bought, today=story.today)
    story.work()
    assert story.status(bought) == "deleted"
    again = story.order(story.plan(), 5)
    assert (story.status(again), again.attributes["period"]["value"]) == ("active", "Paid")
    story.books_agree()


def test_an_order_whose_answer_was_lost_waits_for_the_operator_who_tells_its_code(
    story: Story,
    admin: Actor,
) -> None:
    story.vendor.fail("drop_after", path="create$")
    bought = story.order(story.plan(), 5)
    for hours in (1, 7):
        story.moment += timedelta(hours=hours)
        story.work()
    operation, (made,) = VendorOperation.objects.get(), story.vendor.subscriptions()
    assert (story.status(bought), operation.parked is not None) == ("installing", True)
    assert made["sent"]["Comment"] in operation.last_error
    told = {
        "subscription_id": made["SubscriptionId"], "license_id": made["LicenseId"],
        "activation_code": made["ActivationCode"],
    }  # fmt: skip
    it_is_there(actor=admin, operation=operation, told=told, now=story.moment)
    story.work()
    assert (story.status(bought), code_of(bought)) == ("active", made["ActivationCode"])
    assert len(story.vendor.subscriptions()) == 1
    story.books_agree()


def test_what_kaspersky_would_not_take_is_refused_before_anybody_pays(story: Story) -> None:
    for licenses in (4, 15):
        with pytest.raises(VendorUnavailable, match="for 5 to 14 licences"):
            story.order(story.plan(least="5", most="14"), licenses)
    Account.objects.filter(pk=story.account.pk).update(country="")
    story.account.refresh_from_db()
    with pytest.raises(VendorUnavailable) as refusal:
        story.order(story.plan(), 5)
    assert [problem.field for problem in refusal.value.problems] == ["country"]
    assert story.vendor.subscriptions() == []


def test_no_code_key_or_password_is_left_in_clear_text(
    story: Story,
    admin: Actor,
) -> None:
    """Canaries of every kind the plugin declares, in all pages of the subscription, the API, the log and the tables."""
    canaries, traces = Canaries(), Traces()
    operator, seller, customer = Client(), Client(), Client()
    operator.force_login(admin.user)
    sales = cast.manager(role=Role.SALES)
    seller.force_login(sales)
    Account.objects.filter(pk=story.account.pk).update(manager=sales)
    story.account.refresh_from_db()
    _row, token = create_api_token(actor=admin, name="Shop", now=datetime.now(UTC))
    customer.force_login(cast.customer_user(account=story.account))
    with overheard(traces):
        bought = story.order(story.plan(), 5)
        story.vendor.behave(details_tell=["ActivationCode"])
        observe(bought, now=story.moment)
        for kind in ("drop_after", "error_after", "anothers_after"):
            story.vendor.fail(kind, path="hardcancel$")
        stop(actor=SYSTEM, subscription=bought, today=story.today)
        for _turn in range(3):
            story.moment += timedelta(hours=1)
            story.work()
        pages = [
            (operator, reverse("operator:subscription", args=[bought.pk])),
            (operator, reverse("operator:vendor_connection", args=[story.connection.pk])),
            (operator, reverse("operator:vendor_connection_change", args=[story.connection.pk])),
            (customer, reverse("customer:subscription", args=[bought.pk])),
            (seller, reverse("operator:subscription", args=[bought.pk])),
            (seller, f"{reverse('operator:subscriptions')}?q={bought.vendor_ids['subscription_id']}"),
            (Client(), f"/api/v3/resellers/{admin.reseller.pk}/subscriptions/{bought.pk}?meta=true"),
        ]
        for browser, address in pages:
            answer = browser.get(address, headers={"X-Api-Token": token} if "/api/" in address else {})
            assert answer.status_code == 200, address
            text = answer.content.decode()
            assert bought.name in text or "vendor-connections" in address, address
            traces.keep(address, text)
    (made,) = story.vendor.subscriptions()
    assert {"license_id": made["LicenseId"], "activation_code": MASKED}.items() <= additional(text).items()
    canaries.watch(code=made["ActivationCode"], file=packed(PARTNER_FILE.read_bytes()), password=FILES_PASSWORD)
    assert {place: told for place, text in traces.places() if (told := canaries.seen_in(text))} == {}
    shown = customer.get(reverse("customer:subscription_secrets", args=[bought.pk])).content.decode()
    assert canaries.seen_in(shown) == {"code 1"}
