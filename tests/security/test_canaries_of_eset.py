"""No password and no token of ESET's comes out in clear text: planted in a story with troubles, and searched for."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM, Actor
from accounts.api_tokens import create_api_token
from accounts.models import AccessLevel
from sandbox.eset import Eset
from sandbox.eset.world import DEMO_USER
from sandbox.wsgi import Running, start
from subscriptions.models import Subscription
from subscriptions.people.changes import change_quantities
from subscriptions.workers.provisioning import carry_out, unfinished_work
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.security.canaries import Canaries, Traces, overheard
from tests.vendors.eset.bench import NOD32
from tests.vendors.memory import stopped_soon
from vendors.connections import add_connection, change_connection, check_connection
from vendors.models import VendorExchange

PASSWORD = 'eS3t~s3cret/+=&%"<of ours'
WRONG = "wr0ng~eset/+=&%'>secret"
TODAY = date(2018, 8, 20)


@pytest.fixture
def eset() -> Eset:
    """A pretend ESET whose password is a canary."""
    made = Eset()
    made.set_password(username=DEMO_USER, password=PASSWORD)
    return made


@pytest.fixture
def server(eset: Eset) -> Iterator[Running]:
    """Where it answers."""
    running = start(eset)
    yield running
    stopped_soon(running)


@pytest.mark.django_db(transaction=True)
def test_no_password_and_no_token_is_left_in_clear_text(
    admin: Actor,
    eset: Eset,
    server: Running,
) -> None:
    canaries, traces, now = Canaries(), Traces(), make.noon(TODAY)
    canaries.watch(password=PASSWORD, wrong_password=WRONG)
    values = {"base_url": server.base_url, "username": DEMO_USER, "password": PASSWORD}
    account = cast.account(name="Acme", country="CZ", city="Praha", street="Hlavní", building="1", zip="110 00")
    top_up(account=account, amount="1000", today=TODAY)

    def worked() -> None:
        for operation_id in unfinished_work(now=make.noon(TODAY)):
            carry_out(operation_id=operation_id, now=make.noon(TODAY), today=TODAY)

    with overheard(traces):
        connection = add_connection(actor=admin, reseller=admin.reseller, plugin="eset", name="ESET", values=values)
        check_connection(actor=admin, connection=connection, now=now)
        wrong = {**values, "password": WRONG}
        change_connection(actor=admin, connection=connection, name="ESET", values=wrong)
        assert not check_connection(actor=admin, connection=connection, now=now).usable
        change_connection(actor=admin, connection=connection, name="ESET", values=values)
        check_connection(actor=admin, connection=connection, now=now)
        for kind, path in (("drop_after", "/Token/"), ("truncated_after", "/Token/"), ("error_after", "/Order")):
            eset.end_sessions()
            eset.fail(kind, path=path)
            make.subscription(
                account=account,
                plan=make.plan(connection=connection, offer=NOD32, prices={"units": "1.00"}),
                today=TODAY,
                quantities={"units": 5},
            )
            worked()
        eset.behave(rights=False)
        subscription = Subscription.objects.filter(status="active").first()
        assert subscription is not None
        change_quantities(actor=SYSTEM, subscription=subscription, quantities={"units": 3}, today=TODAY, now=now)
        worked()
        sessions = eset.world.store.all("access") + eset.world.store.all("refresh")
        canaries.watch(
            **{f"token_{place}": one[name] for place, one in enumerate(sessions) for name in ("access", "refresh")}
        )
        _look(admin, connection.pk, subscription, traces)
    assert VendorExchange.objects.filter(url__contains="/Token/").count() > 3
    places = dict(traces.places())
    assert places["log"]
    assert {place: told for place, text in places.items() if (told := canaries.seen_in(text))} == {}


def _look(admin: Actor, connection: int, subscription: Subscription, traces: Traces) -> None:
    """Open the pages on which it could stand, and ask the API."""
    operator, customer = Client(), Client()
    assert admin.user is not None
    operator.force_login(admin.user)
    customer.force_login(cast.customer_user(account=subscription.account, access_level=AccessLevel.OWNER))
    for browser, name, number in (
        (operator, "operator:vendor_connection", connection),
        (operator, "operator:vendor_connection_change", connection),
        (operator, "operator:subscription", subscription.pk),
        (customer, "customer:subscription", subscription.pk),
    ):
        answer = browser.get(reverse(name, args=[number]))
        assert answer.status_code == 200, name
        traces.keep(name, answer.content.decode())
    _row, token = create_api_token(actor=admin, name="Shop", now=timezone.now())
    assert admin.reseller is not None
    address = f"/api/v3/resellers/{admin.reseller.pk}/subscriptions/{subscription.pk}"
    answer = operator.get(address, {"meta": "true"}, headers={"X-Api-Token": token})
    assert subscription.vendor_ids["licence_id"] in answer.content.decode()
    traces.keep("the API", answer.content.decode())
