"""Ten pages as people see them, in docs/images: `PICTURES=1 pytest tests/browser/test_pictures.py` draws them anew."""

import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser

from accounts.actors import SYSTEM, actor_of
from accounts.models import Account, User
from billing.payments import open_top_up
from subscriptions.people.stopping import stop
from tests.browser.shown import PHONE, Showcase
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import owe, top_up

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db,
    pytest.mark.skipif(not os.environ.get("PICTURES"), reason="draws the pictures of the documentation"),
]

IMAGES = settings.BASE_DIR / "docs" / "images"
LARGEST = 150 * 1024


@pytest.fixture
def showcase(chromium: Browser) -> Iterator[Showcase]:
    shown = Showcase(chromium)
    yield shown
    shown.close()


def _business(manager: User, today: date) -> Account:
    """Two customers with a few services, one of them stopped without the money to go on."""
    mail = make.plan(
        name="Microsoft 365 Business Standard", prices={"seats": "12.50"}, description="Mail, Teams, Office."
    )
    backup = make.plan(name="Backup", prices={"gigabytes": "0.20"}, description="Copies of everything, every night.")
    acme, globex = (cast.account(name=name, primary_name=name, manager=manager) for name in ("Acme Ltd", "Globex Ltd"))
    for account in (acme, globex):
        top_up(account=account, amount="400.00", today=today)
        make.subscription(account=account, plan=mail, today=today, name="Microsoft 365 Business Standard")
    make.subscription(account=acme, plan=backup, today=today, quantities={"gigabytes": 500}, name="Backup, office")
    stopped = make.subscription(account=globex, plan=backup, today=today, quantities={"gigabytes": 900}, name="Backup")
    stop(
        actor=actor_of(manager),
        subscription=stopped,
        today=today,
        comment="Wished by telephone until the office opens.",
    )
    owe(account=globex, amount="390.00", today=today)
    make.order(account=acme, plan=mail, today=today, name="Microsoft 365 for the branch")
    open_top_up(actor=SYSTEM, account=acme, amount=Decimal(250), today=today, comment="December")
    return acme


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_ten_pages_are_drawn(showcase: Showcase, db: None) -> None:
    today = timezone.localdate()
    manager = cast.manager(name="Maria Manager")
    acme = _business(manager, today)
    owner = cast.customer_user(account=acme, name="Olga Owner")
    russian = cast.customer_user(account=acme, name="Ольга Иванова", access_level="admin", language="ru", theme="dark")
    desk, hers, theirs = _browser(manager), _browser(owner), _browser(russian)
    globex = Account.objects.get(name="Globex Ltd")
    running, waiting = acme.subscriptions.order_by("pk").first(), acme.orders.order_by("-pk").first()
    stopped = globex.subscriptions.order_by("-pk").first()
    change = f"/operator/subscriptions/{running.pk}/change/"
    questions = form_of(desk.get(change), holding="quantities.seats")
    pages = {
        "operator-home": ("/operator/", desk.get("/operator/")),
        "operator-subscriptions": ("/operator/subscriptions/", desk.get("/operator/subscriptions/")),
        "operator-account": (f"/operator/accounts/{acme.pk}/", desk.get(f"/operator/accounts/{acme.pk}/")),
        "operator-stopped": (
            f"/operator/subscriptions/{stopped.pk}/",
            desk.get(f"/operator/subscriptions/{stopped.pk}/"),
        ),
        "operator-change": (change, questions.send(desk, **{"quantities.seats": 8})),
        "operator-messages": ("/operator/messages/", desk.get("/operator/messages/")),
        "customer-home": ("/", hers.get("/")),
        "customer-subscription": (f"/subscriptions/{running.pk}/", hers.get(f"/subscriptions/{running.pk}/")),
        "customer-order": (f"/orders/{waiting.pk}/", hers.get(f"/orders/{waiting.pk}/")),
        "customer-home-phone-russian": ("/", theirs.get("/")),
    }
    for name, (address, answer) in pages.items():
        assert answer.status_code == 200, (name, answer.status_code)
        showcase.page.set_viewport_size(PHONE if "phone" in name else {"width": 1380, "height": 860})
        showcase.show(address, answer)
        drawn: Path = IMAGES / f"{name}.png"
        showcase.page.screenshot(path=drawn)
        assert drawn.stat().st_size <= LARGEST, (name, drawn.stat().st_size)
