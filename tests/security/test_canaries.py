"""No token, password or key comes out in clear text: planted in the whole story of a connection, and searched for."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings as running
from django.core import mail
from django.core.management import call_command
from django.db import connection as database
from django.test import Client
from django.utils import timezone

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.api_tokens import create_api_token
from accounts.invitations import token_of
from accounts.models import AccessLevel, Account, Invitation
from brokerage.celery import app as celery_app
from core.secrets import decrypt
from notifications.delivery import deliver
from sandbox.microsoft import Microsoft
from subscriptions.models import Subscription
from subscriptions.people.ordering import place_order
from subscriptions.tasks import provision
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import pay, top_up
from tests.security.addresses import named, reversible
from tests.security.canaries import Canaries, Traces, overheard, spellings
from tests.vendors.office365.bench import E3, answered
from vendors.connections import change_connection
from vendors.models import ConnectionState, VendorConnection, VendorOperation

# Committed, as in life: a worker carries nothing out inside a transaction.
committed = pytest.mark.django_db(transaction=True)
TODAY = date(2018, 8, 20)
CALLBACK = "/vendors/office365/consent/callback"
CLIENT = "5b1d3a3e-2222-4333-8444-0c0c0c0c0c0c"
# With every character that is written differently in an address, a page and JSON.
CLIENT_SECRET = 'cL13nt~s3cret/+=&%"<'
WRONG_SECRET = "wr0ng~s3cret/+=&%'>"
PASSWORD = "a pass/word+that=nobody&may%see"
WRONG_PASSWORD = "a wrong/pass+word=typed&in%haste"


@dataclass
class Story:
    """Everybody and everything that the story needs, and what is watched."""

    canaries: Canaries
    traces: Traces
    browser: Client
    customer: Client
    admin: Actor
    connection: VendorConnection
    microsoft: Microsoft
    account: Account
    now: datetime

    def page(self, address: str, method: str = "get", browser: Client | None = None, **data: Any) -> Any:
        """Ask for a page and keep the answer, its headers included."""
        answer = getattr(browser or self.browser, method)(address, data)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        # A cookie is how the browser gets its key; where it goes then, it takes the code along.
        headers = {name: value for name, value in answer.headers.items() if name not in ("Location", "Set-Cookie")}
        self.traces.keep(f"{method} {address.partition('?')[0]} {answer.status_code}", content.decode() + repr(headers))
        return answer

    def consent(self, decision: str = "accept", **altered: str) -> Any:
        """Go to Microsoft's page and come back."""
        answer = self.page(f"/vendors/office365/connections/{self.connection.pk}/consent", "post")
        answer = self.page(answer["Location"])
        url = answer.headers.get("Refresh", "").partition("url=")[2]
        if "authorize" not in url:
            return answer
        flow = decrypt(self.browser.session["office365_consent"])
        self.canaries.watch(pkce_verifier=flow["flow"].partition('"code_verifier": "')[2].partition('"')[0])
        said = {**answered(url, decision), **altered}
        if "code" in said:
            self.canaries.watch(consent_code=said["code"])
        back = self.page(f"{CALLBACK}?{'&'.join(f'{name}={value}' for name, value in said.items())}")
        self.watch_tokens()
        return back

    def watch_tokens(self) -> None:
        """Watch what the connection and the operations hold now."""
        self.connection.refresh_from_db()
        held = decrypt(self.connection.secrets)
        self.canaries.watch(**{name: held[name] for name in ("refresh_token", "access_token") if name in held})
        for operation in VendorOperation.objects.exclude(sealed=""):
            told = decrypt(operation.sealed)
            self.canaries.watch(**{name: value for name, value in told.items() if "password" in name})

    def check(self) -> Any:
        """Ask Microsoft whether the access works."""
        answer = self.page(f"/operator/vendor-connections/{self.connection.pk}/check/", "post")
        self.watch_tokens()
        return answer

    def order(self, prefix: str, account: Account | None = None) -> Subscription:
        """Order seats; the worker's task is carried out here, as a worker carries it out."""
        plan = make.plan(connection=self.connection, offer=E3)
        order = place_order(
            actor=SYSTEM,
            account=account or self.account,
            plan=plan,
            period=plan.periods.get(),
            quantities={"seats": 5},
            parameters={"domain_prefix": prefix},
            today=TODAY,
            now=self.now,
        )
        if order.status == "waiting_for_payment":
            pay(order=order, today=TODAY)
        self.work()
        return Subscription.objects.get(pk=order.subscription_id)

    def work(self) -> None:
        """Carry out what is planned, through the task and its message."""
        for operation in VendorOperation.objects.filter(finished_at=None):
            message = {"operation_id": str(operation.pk)}
            provision.delay(**message)
            self.traces.keep("a task's result", repr(provision.apply(kwargs=message).__dict__))
        self.watch_tokens()


def rich_account(name: str) -> Account:
    """Return an account that Microsoft accepts, with money for a while."""
    account = cast.account(name=name, country="US", region="WA", city="Redmond", zip="98052", phone="4255550100")
    top_up(account=account, amount="1000", today=TODAY)
    return account


@pytest.fixture
def story(
    admin: Actor,
    office365: VendorConnection,
    microsoft: Microsoft,
    now: datetime,
) -> Iterator[Story]:
    """The connection with a secret of its own, an account that Microsoft accepts, and two browsers."""
    canaries, traces = Canaries(), Traces()
    microsoft.register_app(client_id=CLIENT, secret=CLIENT_SECRET, redirect_uris=[f"http://localhost{CALLBACK}"])
    canaries.watch(client_secret=CLIENT_SECRET, wrong_secret=WRONG_SECRET, password=PASSWORD)
    canaries.watch(wrong_password=WRONG_PASSWORD)
    account = rich_account("Acme")
    owner = cast.customer_user(account=account, access_level=AccessLevel.OWNER)
    browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
    customer = Client(SERVER_NAME="localhost", raise_request_exception=False)
    browser.force_login(admin.user)
    customer.force_login(owner)
    values = {**office365.settings, "client_id": CLIENT, "client_secret": CLIENT_SECRET}
    connection = change_connection(actor=admin, connection=office365, name="Microsoft", values=values)
    with overheard(traces):
        yield Story(canaries, traces, browser, customer, admin, connection, microsoft, account, now)
    celery_app.control.purge()


def sign_in(story: Story) -> None:
    """People's own secrets: a password typed rightly and wrongly, a session, a second factor, an API token."""
    person = cast.manager(password=PASSWORD)
    browser = Client(SERVER_NAME="localhost", raise_request_exception=False)
    story.page("/accounts/login/", "post", browser, login=person.email, password=WRONG_PASSWORD)
    answer = story.page("/accounts/login/", "post", browser, login=person.email, password=PASSWORD)
    assert answer.status_code == 302
    story.canaries.watch(session_key=browser.cookies[running.SESSION_COOKIE_NAME].value)
    story.page(
        "/accounts/password/change/", "post", browser, oldpassword=WRONG_PASSWORD, password1=PASSWORD, password2="x"
    )
    story.page("/accounts/2fa/totp/activate/", "post", browser, code="000000")
    story.page("/accounts/reauthenticate/", "post", browser, password=PASSWORD)
    browser.get("/accounts/2fa/totp/activate/")  # not kept: this page shows the seed to whom it belongs
    story.canaries.watch(authenticator_seed=browser.session["mfa.totp.secret"])
    _row, token = create_api_token(actor=actor_of(person), name="Shop", now=timezone.now())
    story.canaries.watch(api_token=token, wrong_api_token="T0ken-that-nobody-has")
    for one in (token, "T0ken-that-nobody-has"):
        answer = browser.get(f"/api/v3/resellers/{person.reseller_id}/charges", headers={"X-Api-Token": one})
        story.traces.keep("the API", answer.content.decode())
    story.page("/accounts/profile/no-such-page/", "get", browser)


def invite(story: Story) -> None:
    """Two invitations, of which one is only looked at, and a forgotten password."""
    owner = story.account.memberships.get().user
    for name in ("guest", "late"):
        story.page("/users/invite/", "post", story.customer, emails=f"{name}@acme.example", access_level="admin")
    accepted, waiting = (token_of(invitation) for invitation in Invitation.objects.order_by("pk"))
    story.canaries.watch(invitation=waiting)
    story.canaries.watch(invitation=accepted)  # opens nothing any more, and is nobody's business all the same
    for token, password in ((waiting, "123"), (accepted, PASSWORD)):
        guest = Client(SERVER_NAME="localhost", enforce_csrf_checks=True, raise_request_exception=False)
        address = f"/accounts/invitations/{token}/"
        assert guest.post(address, {"password": PASSWORD}).status_code == 403  # without a form's token: in the log
        guest = Client(SERVER_NAME="localhost", raise_request_exception=False)
        guest.get(address)
        guest.post(address, {"name": "Guest", "password": password, "repeated": password})
    assert guest.get(address).status_code == 410
    guest.post("/accounts/password/reset/", {"email": owner.email})


def succeed(story: Story) -> Subscription:
    """The grant, the check, and a service with its administrator's first password."""
    story.consent()
    assert story.connection.state == ConnectionState.GRANTED
    story.check()
    subscription = story.order("acme")
    assert subscription.status == "active"
    return subscription


def fail(story: Story) -> None:
    """Every kind of trouble with the consent and the token, and lost answers while providing the service."""
    for decision, altered in (("cancel", {}), ("accept", {"state": "forged"}), ("accept", {"code": "0.Aforged-code"})):
        story.consent(decision, **altered)
    vendor = story.microsoft
    # 7000215 wrong secret, 50076 second factor missing, 65001 not granted, 50173 revoked, 700082 expired
    for code in (7000215, 7000222, 50076, 50079, 65001, 50173, 700082, 54005, 90033):
        vendor.behave(token_error=code)
        story.check()
        story.consent()
    vendor.behave(token_error=None)
    vendor.fail("drop_after", method="POST", path="/login/.*token", times=2)
    story.check()
    story.consent()
    values = {**story.connection.settings, "client_secret": WRONG_SECRET}
    change_connection(actor=story.admin, connection=story.connection, name="Microsoft", values=values)
    story.check()
    change_connection(
        actor=story.admin, connection=story.connection, name="Microsoft",
        values={**story.connection.settings, "client_secret": CLIENT_SECRET},
    )  # fmt: skip
    vendor.revoke_consent(client_id=CLIENT)
    story.check()
    story.consent()
    for number, kind in enumerate(("drop_before", "drop_after", "error_after", "throttle")):
        vendor.fail(kind, method="POST", path="/partnercenter/(?!.*/validations/)", nth=1 + number % 2)
        story.order(f"acme{number}")
        story.work()
    vendor.heal()
    story.work()


@contextmanager
def forbidden(table: str, condition: str) -> Iterator[None]:
    """Let the database refuse the next row, as a full disk would: at the moment when secrets are at hand."""
    with database.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT canary CHECK ({condition}) NOT VALID")
        try:
            yield
        finally:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT canary")


def break_down(story: Story) -> None:
    """A page and a task that fail unexpectedly while they hold tokens and a password."""
    change = f"/operator/vendor-connections/{story.connection.pk}/change/"
    settings = {f"settings.{name}": value for name, value in story.connection.settings.items()}
    values = {**settings, "name": "Other", "settings.client_secret": WRONG_SECRET}
    with forbidden("vendors_vendorconnection", "granted_at IS NULL"):
        assert story.consent().status_code == 500
        assert story.page(change, "post", **values).status_code == 500
    with forbidden("vendors_vendoroperation", "sealed = ''"):
        assert story.order("beta", rich_account("Beta")).status == "installing"
    assert "IntegrityError" in story.traces.log.getvalue()
    story.work()


def look_everywhere(story: Story) -> None:
    """Open every page of both panels, and carry the lists away."""
    objects = {
        "account": (story.account.pk,), "reseller": (story.account.reseller_id,), "connection": (story.connection.pk,),
        "subscription": tuple(Subscription.objects.values_list("pk", flat=True)[:2]), "plugin": ("office365",),
        "group": ("information",), "manager": (story.admin.user.pk,),
    }  # fmt: skip
    for panel, browser in (("operator", story.browser), ("customer", story.customer)):
        for route in named(panel):
            try:
                addresses = route.addresses(objects) if reversible(route) else []
            except KeyError:
                continue  # pages of things that this story does not have
            for address in addresses:
                page = story.page(address, browser=browser)
                if page.context and page.context.get("listing"):
                    story.page(f"{address}?all=1", "post", browser, do="export", format="csv")


@committed
@pytest.mark.parametrize("debug", [False, True], ids=["in production", "with the technical error page"])
def test_no_secret_is_left_in_clear_text(story: Story, settings: Any, debug: bool) -> None:
    settings.DEBUG = debug
    sign_in(story)
    invite(story)
    subscription = succeed(story)
    break_down(story)
    if not debug:
        fail(story)
        look_everywhere(story)
    call_command("rotate_secrets")
    deliver(now=datetime.now(tz=story.now.tzinfo))
    kinds = {name.rpartition(" ")[0] for name in story.canaries.secrets}
    assert kinds == {
        "access_token", "admin_password", "api_token", "authenticator_seed", "client_secret", "consent_code",
        "invitation", "password", "pkce_verifier", "refresh_token", "session_key", "wrong_api_token",
        "wrong_password", "wrong_secret",
    }  # fmt: skip
    places = dict(story.traces.places())
    # Not a number of all places: Redis may hold other sessions' keys. Each kind of our own must have been searched.
    own = [place for place in places if not place.startswith("Redis")]
    assert {f"table {table}" for table in database.introspection.table_names()} <= set(own)
    assert places["log"]
    assert any(place.startswith("letter ") for place in own)
    assert len(story.traces.pages) > (15 if debug else 200)
    assert any(place.startswith("Redis") and "operation_id" in text for place, text in places.items()) or not debug
    leaks = {place: told for place, text in places.items() if (told := leaked(story.canaries, place, text))}
    assert leaks == {}
    # The one place where the customer is shown the password: asked for by a form, until it is kept.
    address = f"/subscriptions/{subscription.pk}/first-sign-in/"
    assert not story.canaries.seen_in(story.customer.get(address).content.decode())
    shown = story.customer.post(address, follow=True).content.decode()
    assert {name.rpartition(" ")[0] for name in story.canaries.seen_in(shown)} == {"admin_password"}


def leaked(canaries: Canaries, place: str, text: str) -> set[str]:
    """Return the secrets in the place; a letter may carry the invitation that it was written for."""
    return {
        name for name in canaries.seen_in(text) if not (place.startswith("letter") and name.startswith("invitation"))
    }


@pytest.mark.parametrize("form", sorted(spellings(CLIENT_SECRET)))
def test_the_search_finds_every_spelling(form: str) -> None:
    canaries = Canaries()
    canaries.watch(client_secret=CLIENT_SECRET)
    assert canaries.seen_in(f"before {form} after") == {"client_secret 1"}
    assert canaries.seen_in("before and after") == set()


@committed
def test_the_search_reaches_every_place(story: Story) -> None:
    """What is planted in clear text on purpose is found: in a table, the log, an answer and a letter."""
    story.canaries.watch(planted="pl4nted~in/clear+text")
    VendorConnection.objects.update(last_error_message="pl4nted~in/clear+text")
    logging.getLogger("urllib3.connectionpool").debug("POST /?x=%s", "pl4nted~in/clear+text")
    mail.send_mail("Hello", "pl4nted~in/clear+text", None, ["guest@acme.example"])
    story.traces.keep("page", "pl4nted~in/clear+text")
    found = {place for place, text in story.traces.places() if story.canaries.seen_in(text)}
    assert found >= {"table vendors_vendorconnection", "log", "0 page", "letter 0"}
