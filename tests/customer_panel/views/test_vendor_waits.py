"""Both panels show for whom an order waits and what to do; what the customer orders may be asked on."""

from datetime import datetime
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from accounts.models import Account
from subscriptions.models import Order, Plan, Subscription
from subscriptions.workers.provisioning import carry_out
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make
from tests.factories.accounts import signed_in
from vendors.models import ConnectionState, VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db
INSTRUCTION = "Press the button in the letter that Example Backup has sent to acme@example.com."


@pytest.fixture
def backup(example: VendorConnection) -> Plan:
    """A plan whose orders the customer approves at the vendor."""
    example.state = ConnectionState.GRANTED
    example.save()
    plan = make.plan(connection=example)
    plan.template.settings = {"approval": "yes"}
    plan.template.save()
    return plan


@pytest.fixture
def waiting(acme: Account, backup: Plan, now: datetime) -> Subscription:
    """A paid order that waits for its approval."""
    money.top_up(account=acme, amount="100", today=timezone.localdate())
    subscription = make.subscription(account=acme, plan=backup, today=timezone.localdate())
    carry_out(operation_id=VendorOperation.objects.get().pk, now=now, today=timezone.localdate())
    return subscription


def test_instruction_stands_in_both_panels_and_the_waiting_service_can_be_deleted(
    client: Client, waiting: Subscription
) -> None:
    operator = signed_in(cast.manager())
    order = Order.objects.get()
    pages = [
        client.get(reverse("customer:subscription", args=[waiting.pk])),
        client.get(reverse("customer:subscription_order", args=[order.pk])),
        operator.get(reverse("operator:subscription", args=[waiting.pk])),
        operator.get(reverse("operator:order", args=[order.pk])),
    ]
    shown = [page.content.decode() for page in pages]
    assert [strip_tags(text).count(INSTRUCTION) for text in shown] == [1, 1, 1, 1]
    assert ["Something is left for you to do" in text for text in shown] == [True, True, False, False]
    assert ["Waits for the customer" in text for text in shown] == [False, False, True, True]
    assert ["This takes a few minutes" in text for text in shown] == [False] * 4
    assert reverse("customer:subscription_delete", args=[waiting.pk]) in shown[0]


# What was answered is read again before anything is ordered.
TOLD = [("Site", "north"), ("Room", "N2")]


def check_page(plan: Plan, **answers: str) -> str:
    given = {"period": plan.periods.get().pk, "quantities.seats": 5}
    given |= {f"parameters.{name}": value for name, value in answers.items()}
    return f"{reverse('customer:order_plan_check', args=[plan.pk])}?{urlencode(given)}"


def test_what_follows_from_an_answer_is_asked_and_kept(client: Client, acme: Account, backup: Plan) -> None:
    first = client.get(reverse("customer:order_plan_details", args=[backup.pk])).context["form"]
    assert [name for name in first.fields if name.startswith("parameters.")] == ["parameters.name"]
    asked = client.get(check_page(backup, name="north"))
    assert asked.context["form"].fields["parameters.room"].choices == [("N1", "N1"), ("N2", "N2")]
    said = "A question follows from what you answered.", "Not saved yet"
    assert [text in asked.content.decode() for text in said] == [True, False]
    wrong = client.get(check_page(backup, name="moon"))
    assert [text in wrong.content.decode() for text in said] == [False, True]
    assert wrong.context["form"].errors == {"parameters.name": ["Example Backup knows no site “moon”."]}
    checked = client.get(check_page(backup, name="north", room="N2"))
    assert [(str(label), value) for label, value, _url in checked.context["facts_of"]] == TOLD
    form_of(checked, holding="key").send(client)
    assert Order.objects.get().subscription.parameters == {"name": "north", "room": "N2"}


def test_operator_is_asked_on_as_well_and_a_vendors_name_is_not_the_subscriptions(acme: Account, backup: Plan) -> None:
    operator = signed_in(cast.manager())
    address = reverse("operator:account_order_plan", args=[acme.pk, backup.pk])
    form = operator.get(address).context["form"]
    assert ("name" in form.fields, "parameters.name" in form.fields) == (True, True)
    given = {
        "period": backup.periods.get().pk, "quantities.seats": 5, "name": "Ours", "key": "one",
        "parameters.name": "north",
    }  # fmt: skip
    asked = operator.post(address, given)
    assert "parameters.room" in asked.context["form"].fields
    page = operator.post(address, given | {"parameters.room": "N2"})
    assert [(str(label), value) for label, value, _url in page.context["facts_of"]] == TOLD
    form_of(page, holding="confirmed").send(operator)
    subscription = Order.objects.get().subscription
    assert (subscription.name, subscription.parameters) == ("Ours", {"name": "north", "room": "N2"})


def test_both_panels_offer_what_the_vendor_offers_and_say_what_came_of_it(
    client: Client, waiting: Subscription
) -> None:
    operator = signed_in(cast.manager())
    for person, panel in ((client, "customer"), (operator, "operator")):
        page = reverse(f"{panel}:subscription", args=[waiting.pk])
        address = reverse(f"{panel}:subscription_act", args=[waiting.pk])
        assert "Send the letter again" in person.get(page).content.decode()
        said = person.post(address, {"action": "resend"}, follow=True).content.decode()
        assert "The letter is on its way to" in said
        assert "is not offered" in person.post(address, {"action": "report"}, follow=True).content.decode()
        assert person.get(address).headers["Location"] == page
