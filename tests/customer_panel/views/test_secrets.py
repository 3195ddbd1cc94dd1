"""The administrator's first password: shown once, to the customer's own people."""

from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLevel, Account, User
from core.secrets import encrypt
from subscriptions.models import Subscription, SubscriptionSecret
from tests.factories import accounts as cast
from tests.remembering import remembered
from vendors.microsoft.customers import PASSWORD_LOST
from vendors.models import VendorConnection, VendorOperation

pytestmark = pytest.mark.django_db
PASSWORD = "Sandbox-1-password"


@pytest.fixture
@remembered
def told(subscription: Subscription) -> Subscription:
    """A subscription whose vendor told the administrator's login and first password."""
    template = subscription.plan.template
    template.plugin, template.connection = (
        "office365",
        VendorConnection.objects.create(reseller=template.reseller, plugin="office365", name="Office 365"),
    )
    template.save()
    for key, value in {"admin_user": "admin@acme.onmicrosoft.com", "admin_password": PASSWORD}.items():
        SubscriptionSecret.objects.create(subscription=subscription, key=key, value=encrypt({key: value}))
    return subscription


def page_of(subscription: Subscription) -> str:
    return reverse("customer:subscription", args=[subscription.pk])


def address_of(subscription: Subscription) -> str:
    return reverse("customer:subscription_secrets", args=[subscription.pk])


def test_password_is_shown_until_it_is_kept_to_one_person_and_it_is_written_down_to_whom(
    client: Client, browser_of: Callable[[str], Client], owner: User, told: Subscription
) -> None:
    page = client.get(page_of(told))
    assert (address_of(told) in page.content.decode(), PASSWORD in page.content.decode()) == (True, False)
    assert client.post(address_of(told)).url == address_of(told)
    for _reload in range(2):
        shown = client.get(address_of(told))
        assert [(one.label, one.value) for one in shown.context["told"]] == [
            ("Administrator's login", "admin@acme.onmicrosoft.com"),
            ("First password", PASSWORD),
        ]
        text = shown.content.decode()
        assert (text.count("data-copy="), f'readonly value="{PASSWORD}"' in text) == (2, True)
        assert "no-store" in shown.headers["Cache-Control"]
    assert set(SubscriptionSecret.objects.values_list("shown_to", flat=True)) == {owner.pk}
    other = browser_of(AccessLevel.ADMIN)
    assert address_of(told) not in other.get(page_of(told)).content.decode()
    assert other.get(address_of(told)).url == page_of(told)
    assert other.post(address_of(told)).url == page_of(told)
    assert client.post(address_of(told), {"kept": "yes"}).url == page_of(told)
    assert client.get(address_of(told)).url == page_of(told)
    again = client.post(address_of(told))
    assert (again.url, PASSWORD in again.content.decode()) == (page_of(told), False)
    assert "Nothing is left to be shown. Set a new password at the vendor." in [
        str(one) for one in get_messages(again.wsgi_request)
    ]
    assert address_of(told) not in client.get(page_of(told)).content.decode()


def test_first_sign_in_leads_to_the_vendors_portal(client: Client, told: Subscription, settings) -> None:
    told.plan.template.connection = VendorConnection.objects.create(
        reseller=told.account.reseller, plugin="office365", name="Microsoft"
    )
    told.plan.template.plugin = "office365"
    told.plan.template.save()
    client.post(address_of(told))
    assert 'href="https://portal.office.com/"' in client.get(address_of(told)).content.decode()
    home = client.get(reverse("customer:home")).content.decode()
    assert ('href="https://portal.office.com/"' in home) is (told.status == "active")


def test_password_that_was_not_told_is_said_to_be_so(client: Client, owner: User, subscription: Subscription) -> None:
    value = {"admin_user": "admin@acme.onmicrosoft.com"}
    SubscriptionSecret.objects.create(subscription=subscription, key="admin_user", value=encrypt(value))
    note = {"message": PASSWORD_LOST, "values": {"user": "admin@acme.onmicrosoft.com"}}
    VendorOperation.objects.create(
        action="provision", key="k", subject=f"order:{subscription.orders.get().pk}", state="confirmed",
        planned_at=timezone.now(), result={"notes": [note]},
    )  # fmt: skip
    User.objects.filter(pk=owner.pk).update(language="ru")
    shown = client.post(address_of(subscription), follow=True)
    assert [one.value for one in shown.context["told"]] == ["admin@acme.onmicrosoft.com"]
    text = shown.content.decode()
    assert "Первый пароль пользователя admin@acme.onmicrosoft.com неизвестен" in text
    assert "The first password" not in text


def test_address_alone_shows_nothing(client: Client, told: Subscription) -> None:
    answer = client.get(address_of(told))
    assert answer.url == page_of(told)
    assert not SubscriptionSecret.objects.exclude(shown_at=None).exists()


def test_user_is_neither_offered_nor_shown_it(browser_of: Callable[[str], Client], told: Subscription) -> None:
    browser = browser_of(AccessLevel.USER)
    assert address_of(told) not in browser.get(page_of(told)).content.decode()
    assert browser.post(address_of(told)).status_code == 403


def test_manager_signed_in_as_owner_is_not_shown_it(owner: User, acme: Account, told: Subscription) -> None:
    browser = Client()
    browser.force_login(cast.manager())
    browser.post(reverse("sign_in_as_owner", args=[acme.pk]))
    assert address_of(told) not in browser.get(page_of(told)).content.decode()
    answer = browser.post(address_of(told))
    assert (answer.status_code, PASSWORD in answer.content.decode()) == (302, False)
    assert not SubscriptionSecret.objects.exclude(shown_at=None).exists()


def test_another_customer_is_not_shown_it(told: Subscription) -> None:
    browser = Client()
    browser.force_login(cast.customer_user(account=cast.account()))
    assert browser.post(address_of(told)).status_code == 404
