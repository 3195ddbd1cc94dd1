"""Office 365 when something is wrong: gone at Microsoft, refused data, corrected in both panels; over HTTP."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from billing.audit import audit
from core.errors import Refused
from sandbox.microsoft import Microsoft
from subscriptions.models import Order, Plan, Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.people.failures import correct_order, retry
from subscriptions.people.ordering import place_order
from subscriptions.people.stopping import delete, stop
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.browsing import confirmed
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.vendors.consenting import consent
from tests.vendors.office365.bench import E3
from vendors.models import VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db
WAYS = ("remove_customer", "end_relationship", "remove_subscriptions", "delete_subscriptions")


class World:
    """Acme, a plan of Office 365 E3, the pretend Microsoft, and what people and workers do."""

    def __init__(self, account: Account, plan: Plan, microsoft: Microsoft, now: datetime) -> None:
        self.account, self.plan, self.microsoft, self.now = account, plan, microsoft, now
        self.today: date = timezone.localdate()  # which the pages read

    def order(self, prefix: str) -> Subscription:
        """Order five seats with a domain prefix, and pay."""
        placed = place_order(
            actor=SYSTEM,
            account=Account.objects.get(pk=self.account.pk),
            plan=self.plan,
            period=self.plan.periods.get(),
            quantities={"seats": 5},
            parameters={"domain_prefix": prefix},
            today=self.today,
            now=self.now,
        )
        pay(order=placed, today=self.today)
        return placed.subscription

    def work(self, subscription: Subscription) -> str:
        """Do what the workers do, and return the subscription's status then."""
        moment = timezone.now()  # the panels make things due by the clock
        for operation_id in unfinished_work(now=moment):
            carry_out(operation_id=operation_id, now=moment, today=self.today)
        subscription.refresh_from_db()
        return subscription.status

    def refuse(self, path: str, code: int, *, status: int = 400, times: int = 1) -> None:
        """Let Microsoft refuse a POST with one of its codes."""
        body = {"code": code, "description": "No", "data": [], "source": "PartnerFD"}
        self.microsoft.fail("answer", method="POST", path=path, status=status, body=body, times=times)

    def browser(self, panel: str) -> Client:
        """Return a browser of the account's owner, or of an administrator."""
        client = Client()
        client.force_login(cast.customer_user(account=self.account) if panel == "customer" else cast.manager())
        return client


@pytest.fixture
def world(admin: Actor, office365: VendorConnection, microsoft: Microsoft, now: datetime) -> World:
    """Acme at an address that Microsoft accepts, with its state in full, and with money for a while."""
    at = {"country": "US", "region": "Washington", "city": "Redmond", "zip": "98052", "phone": "4255550100"}
    account = cast.account(name="Acme", **at)
    top_up(account=account, amount="1000", today=timezone.localdate())
    return World(account, make.plan(connection=consent(admin, office365, now), offer=E3), microsoft, now)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("verb", [stop, delete])
def test_what_is_gone_is_stopped_or_deleted_and_ordered_anew(
    world: World, way: str, verb: Callable[..., Subscription]
) -> None:
    gone = world.order("acme")
    assert world.work(gone) == "active"
    getattr(world.microsoft, way)(domain="acme.onmicrosoft.com")
    common = {"actor": SYSTEM, "subscription": gone, "today": world.today}
    with pytest.raises(Refused) as refusal:
        change_quantities(**common, quantities={"seats": 8}, now=world.now, pay_from_balance=True)
    assert refusal.value.code == "gone_at_vendor"
    assert str(refusal.value).endswith("Delete the subscription here, then order it anew.")
    verb(**common)
    assert world.work(gone) in ("stopped", "deleted")
    (note,) = VendorOperation.objects.latest("created_at").notes
    assert note.startswith("There was nothing left to end: ")
    if verb is stop:
        delete(**common)
        assert world.work(gone) == "deleted"
    customer_gone = way in ("remove_customer", "end_relationship")
    if customer_gone:
        with pytest.raises(Refused) as refusal:
            world.order("")  # a new customer is made, and needs a domain
        assert (refusal.value.field, "a new one is made" in str(refusal.value)) == ("domain_prefix", True)
    anew = world.order("acme2")
    assert world.work(anew) == "active"
    assert (anew.vendor_ids["customer_id"] != gone.vendor_ids["customer_id"]) is customer_gone
    assert anew.vendor_ids["subscription_id.seats"] != gone.vendor_ids["subscription_id.seats"]
    # The account's ids lead to the living customer from now on.
    third = world.order("")
    assert (world.work(third), third.vendor_ids["customer_id"]) == ("active", anew.vendor_ids["customer_id"])
    assert audit(today=world.today) == []


@pytest.mark.parametrize("panel", ["customer", "operator"])
def test_what_is_gone_is_deleted_in_the_panel(world: World, panel: str) -> None:
    gone = world.order("acme")
    assert world.work(gone) == "active"
    world.microsoft.remove_customer(domain="acme.onmicrosoft.com")
    client = world.browser(panel)
    page = reverse(f"{panel}:subscription_change", args=[gone.pk])
    shown = client.get(page).context["form"]
    asked = {name: shown[name].value() or "" for name in shown.fields} | {"quantities.seats": "8"}
    refused = client.post(page, asked)
    assert "Delete the subscription here, then order it anew." in refused.content.decode()
    confirmed(client, reverse(f"{panel}:subscription_delete", args=[gone.pk]))
    assert world.work(gone) == "deleted"


def test_a_gateway_and_lost_rights_end_nothing(world: World) -> None:
    subscription = world.order("acme")
    assert world.work(subscription) == "active"
    delete(actor=SYSTEM, subscription=subscription, today=world.today)
    world.microsoft.fail("gateway_before", path="/partnercenter/", times=1000, status=404)
    assert world.work(subscription) in ("deleting", "deletion_failed")
    world.microsoft.heal()
    denied = {"code": 2032, "description": "Access denied", "data": [], "source": "PartnerFD"}
    world.microsoft.fail("answer", path="/partnercenter/", times=1000, status=403, body=denied)
    assert world.work(subscription) in ("deleting", "deletion_failed")
    assert world.microsoft.counts()["subscriptions"] == 1
    assert not any(operation.notes for operation in VendorOperation.objects.all())


@pytest.mark.parametrize("panel", ["customer", "operator"])
def test_a_taken_domain_is_corrected_in_the_panel(world: World, panel: str) -> None:
    subscription = world.order("acme")
    for taken in ("acme", "acme2"):
        world.microsoft.add_foreign_customer(domain=f"{taken}.onmicrosoft.com")
    assert world.work(subscription) == "installation_failed"
    client, placed = world.browser(panel), Order.objects.get()
    own = reverse("customer:subscription_order" if panel == "customer" else "operator:order", args=[placed.pk])
    page = reverse(f"{panel}:order_correct", args=[placed.pk])
    assert page in client.get(own).content.decode()
    name = "parameters.domain_prefix"
    form = client.get(page).context["form"]
    said = ["The domain acme.onmicrosoft.com is taken at Microsoft. Choose another domain prefix."]
    assert (form[name].value(), form.errors) == ("acme", {name: said})
    still = client.post(page, {name: "acme2"})
    assert (still.status_code, list(still.context["form"].errors)) == (422, [name])
    subscription.refresh_from_db()
    assert (subscription.status, subscription.parameters) == ("installation_failed", {"domain_prefix": "acme"})
    assert client.post(page, {name: "acme3"}).url == own
    assert world.work(subscription) == "active"
    assert subscription.vendor_ids["domain"] == "acme3.onmicrosoft.com"
    assert client.get(page).url == own  # nothing is left to correct


@pytest.mark.parametrize("panel", ["customer", "operator"])
def test_data_of_the_account_are_corrected_and_sent_as_they_are_now(world: World, panel: str) -> None:
    subscription = world.order("acme")
    # What Microsoft's rules refuse has come into the data between the order and its payment.
    planned = VendorOperation.objects.get()
    planned.payload["account"] |= {"postal_code": "", "city": ""}
    planned.save()
    Account.objects.filter(pk=world.account.pk).update(zip="", city="")
    assert world.work(subscription) == "installation_failed"
    page = reverse(f"{panel}:order_correct", args=[Order.objects.get().pk])
    client = world.browser(panel)
    shown = client.get(page)
    assert len(shown.context["form"].non_field_errors()) == 2
    way = shown.context["complete_account"]
    assert list(client.get(way).context["form"].fields) == ["city", "zip"]
    assert client.post(way, {"zip": "98052", "city": "Redmond"}).url == page
    client.post(page, {"parameters.domain_prefix": "acme"})
    assert world.work(subscription) == "active"
    address = world.microsoft.world.store.all("customer")[0]["address"]
    assert (address["postalCode"], address["city"], address["state"]) == ("98052", "Redmond", "WA")


def test_trying_again_sends_account_contact_person_and_tax_number_as_they_are_now(world: World) -> None:
    subscription = world.order("acme")
    world.refuse("/v1/customers$", 600051)
    assert world.work(subscription) == "installation_failed"
    changed = {
        "email": "new@acme.example", "contact_last_name": "Newman", "contact_email": "n@acme.example", "zip": "101000",
        "country": "RU", "region": "", "city": "Moscow", "tax_id": "7707083893", "phone": "+7 495 000 0000",
        "street": "Tverskaya",
    }  # fmt: skip
    Account.objects.filter(pk=world.account.pk).update(**changed)
    retry(actor=SYSTEM, subscription=subscription, today=world.today, now=world.now)
    assert world.work(subscription) == "active"
    (customer,) = world.microsoft.world.store.all("customer")
    assert (customer["email"], customer["last_name"]) == ("new@acme.example", "Newman")
    assert customer["registration"] == "7707083893"
    assert (customer["address"]["country"], customer["address"]["phoneNumber"]) == ("RU", "+7 495 000 0000")
    (signed,) = [call["body"] for call in world.microsoft.requests_seen(method="POST", path="/agreements")]
    assert signed["primaryContact"]["email"] == "n@acme.example"


def test_a_customer_that_was_made_is_not_made_twice_and_its_domain_is_shown_fixed(world: World) -> None:
    subscription = world.order("acme")
    world.refuse("/orders$", 2085, status=403)
    assert world.work(subscription) == "installation_failed"
    placed = Order.objects.get()
    form = world.browser("customer").get(reverse("customer:order_correct", args=[placed.pk])).context["form"]
    field = form["parameters.domain_prefix"]
    assert (field.value(), field.field.disabled) == ("acme", True)
    assert field.help_text == "Used at the vendor already: it can no longer be changed."
    assert form.non_field_errors() == ["This customer is not eligible for the offer."]
    other = {"domain_prefix": "other"}
    correct_order(actor=SYSTEM, order=placed, answers=other, today=world.today, now=world.now)
    assert world.work(subscription) == "active"
    assert subscription.parameters == {"domain_prefix": "acme"}
    assert world.microsoft.counts()["customers"] == 1
