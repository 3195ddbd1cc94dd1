"""The way back to a narrowed list: only to a page of our own, along every step, and taken after the deed."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from billing.payments import open_top_up
from core.panel import returning
from tests.browsing import confirmed
from tests.factories import accounts

LIST = "/operator/payments/?quick=waiting&sort=-id&size=50"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/operator/payments/", "//evil.example/operator/payments/", "/\\evil.example",
        "javascript:x",
        "/nothing/here/", "/accounts/logout/", "operator/payments/", "/operator/payments/?q=" + "x" * 2000, "",
        "/\t/evil",
        "/static/vendor/htmx.min.js", "/operator/payments/\r\nX: 1",
    ],
)  # fmt: skip
def test_nothing_but_a_page_of_the_panels_is_led_back_to(address: str) -> None:
    assert returning.safe(address) == ""


def test_links_carry_it_along_once_and_only_within_the_panels() -> None:
    carried = returning.along("/operator/payments/5/approve/", LIST)
    assert (
        carried == "/operator/payments/5/approve/?back=/operator/payments/%3Fquick%3Dwaiting%26sort%3D-id%26size%3D50"
    )
    assert returning.along(carried, LIST) == carried
    assert returning.along("https://portal.example/", LIST) == "https://portal.example/"
    assert returning.along("/operator/payments/", LIST) == LIST
    assert returning.along("/operator/payments/?quick=overdue", LIST).startswith("/operator/payments/?quick=overdue")


@pytest.mark.django_db
def test_from_a_filtered_list_to_a_payment_and_back_after_the_deed() -> None:
    client = Client()
    client.force_login(accounts.manager())
    account = accounts.account()
    payment = open_top_up(
        actor=accounts.manager_actor(), account=account, amount=Decimal("50.00"), today=timezone.localdate()
    )
    listed = client.get("/operator/payments/?quick=waiting&q=Cola")
    assert listed.context["list"].rows == []
    address = f"/operator/payments/?quick=waiting&q={account.pk}"
    (row,) = client.get(address).context["list"].rows
    assert row.address.replace("&amp;", "&").startswith(
        f"/operator/payments/{payment.pk}/?back=/operator/payments/%3Fq%3D"
    )
    page = client.get(row.address.replace("&amp;", "&"))
    approve = next(button.url for button in page.context["page"].buttons if button.url.endswith("/approve/"))
    back = page.wsgi_request.GET["back"]
    assert f'href="{returning.along(approve, back).replace("&", "&amp;")}"' in page.content.decode()
    led = confirmed(client, returning.along(approve, back), {"method": "bank_transfer"})
    assert led.url == back
    assert "quick=waiting" in back
    assert "is completed" in client.get(led.url).content.decode()


@pytest.mark.django_db
def test_a_made_up_way_back_is_not_taken() -> None:
    client = Client()
    client.force_login(accounts.manager())
    actor = accounts.manager_actor()
    payment = open_top_up(actor=actor, account=accounts.account(), amount=Decimal("50.00"), today=timezone.localdate())
    address = reverse("operator:payment_approve", args=[payment.pk]) + "?back=https://evil.example/"
    led = confirmed(client, address, {"method": "bank_transfer"})
    assert led.url == f"/operator/payments/{payment.pk}/"
