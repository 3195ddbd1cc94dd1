"""Ordering Office 365: the domain prefix, and what Microsoft demands of the account."""

from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Account
from sandbox.microsoft import Microsoft
from subscriptions.models import Order, Plan, Subscription
from tests.browsing import form_of
from tests.factories import subscriptions as make
from tests.remembering import remembered
from tests.vendors.office365.bench import E3, answered
from vendors.connections import begin_consent, complete_consent
from vendors.models import VendorConnection

pytestmark = pytest.mark.django_db
CALLBACK = "http://127.0.0.1:8000/vendors/office365/consent/callback"


@pytest.fixture
def mail(admin: Actor, office365: VendorConnection, now: datetime) -> Plan:
    """A plan over a connection that Microsoft has granted."""
    request = begin_consent(actor=admin, connection=office365, redirect_uri=CALLBACK, now=now)
    granted = complete_consent(
        actor=admin, connection=office365, flow=request.flow, answer=answered(request.url), now=now
    )
    return make.plan(name="Office 365 E3", connection=granted, offer=E3)


@pytest.fixture
@remembered
def american(acme: Account) -> Account:
    """Acme at an address that Microsoft knows."""
    for name, value in {
        "country": "US", "region": "WA", "city": "Redmond", "street": "One Main Street", "zip": "98052", "building": "",
        "phone": "4255550100", "contact_phone": "4255550101",
    }.items():  # fmt: skip
        setattr(acme, name, value)
    acme.save()
    return acme


def check_page(plan: Plan, prefix: str) -> str:
    given = {"period": plan.periods.get().pk, "quantities.seats": 5, "parameters.domain_prefix": prefix}
    return f"{reverse('customer:order_plan_check', args=[plan.pk])}?{urlencode(given)}"


def test_domain_prefix_is_asked_for(client: Client, american: Account, mail: Plan) -> None:
    form = client.get(reverse("customer:order_plan_details", args=[mail.pk])).context["form"]
    assert list(form.fields) == ["period", "quantities.seats", "parameters.domain_prefix", "promo_code"]


def test_order_with_a_free_prefix_keeps_it(client: Client, american: Account, mail: Plan) -> None:
    page = client.get(check_page(mail, "acme"))
    assert page.status_code == 200
    answer = form_of(page, holding="key").send(client)
    order = Order.objects.get()
    assert answer.url == reverse("customer:subscription_order", args=[order.pk])
    assert order.subscription.parameters == {"domain_prefix": "acme"}


def test_taken_prefix_comes_back_at_its_field(
    client: Client, american: Account, mail: Plan, microsoft: Microsoft
) -> None:
    microsoft.add_foreign_customer(domain="taken.onmicrosoft.com")
    answer = client.get(check_page(mail, "taken"))
    form = answer.context["form"]
    assert (answer.status_code, list(form.errors)) == (422, ["parameters.domain_prefix"])
    assert form["parameters.domain_prefix"].value() == "taken"
    assert not Subscription.objects.exists()


def test_what_the_account_lacks_is_named_with_the_way_to_fill_it_in_and_back(
    client: Client, american: Account, mail: Plan
) -> None:
    american.contact_email = ""
    american.save()
    address = check_page(mail, "acme")
    answer = client.get(address)
    assert answer.context["form"].non_field_errors() == [
        "The account lacks “Contact person: e-mail”, which Microsoft demands. Fill it in on the account."
    ]
    way = urlsplit(answer.context["complete_account"])
    assert (way.path, parse_qs(way.query)) == ("/account/edit/", {"need": ["contact_email"], "next": [address]})
    assert list(client.get(f"{way.path}?{way.query}").context["form"].fields) == ["contact_email"]
    back = client.post(f"{way.path}?{way.query}", {"contact_email": "signer@acme.example"}).url
    assert (back, client.get(back).status_code) == (address, 200)


def test_all_that_is_missing_is_asked_at_once_and_exactly_that(client: Client, american: Account, mail: Plan) -> None:
    """State in full is taken; what is missing or malformed is named at once, each with its remedy."""
    wrong = {"region": "Washington", "zip": "", "city": "", "phone": "call me", "contact_email": "", "building": ""}
    Account.objects.filter(pk=american.pk).update(**wrong)
    address = check_page(mail, "-bad-")
    answer = client.get(address)
    form = answer.context["form"]
    assert [sorted(form.errors), len(form.non_field_errors())] == [["__all__", "parameters.domain_prefix"], 4]
    way = answer.context["complete_account"]
    assert list(client.get(way).context["form"].fields) == ["contact_email", "city", "zip", "phone"]
    empty = client.post(way, {})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["contact_email", "city", "zip"])
    filled = {"contact_email": "a@acme.example", "city": "Redmond", "zip": "98052", "phone": "+1 425 555 0100"}
    assert client.post(way, filled).url == address
    assert client.get(check_page(mail, "acme")).status_code == 200
