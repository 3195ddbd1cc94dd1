"""The whole way over real HTTP: the gateway's page, what it tells, our address, the balance."""

from collections.abc import Callable, Iterable
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse

from billing.funds import funds_of
from billing.gateways.paying import begin_card_payment, page_of
from billing.models import PaymentGateway
from sandbox.robokassa import Robokassa
from sandbox.wsgi import serve
from tests.billing.gateways.conftest import Till

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"


class Mailbox:
    """A server that keeps what it is sent: what runs in its thread sees nothing of the test's transaction."""

    def __init__(self) -> None:
        self.came: list[bytes] = []

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.came.append(environ["wsgi.input"].read())
        start_response("200 OK", [("Content-Length", "0")])
        return []


def test_paid_on_the_gateways_page_told_again_and_forged(till: Till) -> None:
    gateway, mailbox, client = Robokassa(), Mailbox(), Client()
    begun = begin_card_payment(actor=till.owner, payment=till.payment())
    with serve(gateway) as running, serve(mailbox) as shop:
        gateway.open_shop(login="shop", password_1="first", password_2="second", result_url=shop.base_url)
        page = f"{running.base_url}/Merchant/Index.aspx"
        PaymentGateway.objects.update(settings={**till.gateway.settings, "address": page})
        begun.gateway.refresh_from_db()
        shown = requests.get(page_of(begun), timeout=9)
        assert shown.status_code == 200
        assert "100.00" in shown.text
        assert requests.get(page_of(begun).replace("OutSum=100", "OutSum=1"), timeout=9).status_code == 400
        requests.post(page, data={"number": begun.pk, "do": "pay"}, timeout=9)
        gateway.tell_again(number=begun.pk)
        gateway.tell_again(number=begun.pk, amount="900.00", password="guessed")
    address = reverse("gateways:told", args=[till.gateway.pk])
    first, again, forged = mailbox.came
    for body in (first, again):
        answer = client.post(address, body, content_type=FORM)
        assert (answer.status_code, answer.content.decode()) == (200, f"OK{begun.pk}")
    answer = client.post(address, forged, content_type=FORM)
    assert (answer.status_code, answer.content) == (400, b"bad sign")
    assert (
        client.post(reverse("gateways:told", args=[till.gateway.pk + 1]), first, content_type=FORM).status_code == 400
    )
    assert funds_of(till.account).balance == 100
