"""The demo's own parts: its days and literal amounts, its supervisor, its forms, and what it keeps away from."""

import os
import signal
import socket
import sys
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM, actor_of
from accounts.models import Reseller, Role
from brokerage.demo import (
    afterwards,
    antivirus,
    catalogue,
    certificates,
    endpoints,
    mailboxes,
    new_commerce,
    rules,
    state,
)
from brokerage.demo import cast as demo_cast
from brokerage.demo.amounts import amounts_of, days_before, lines_of, transactions_of
from brokerage.demo.programs import Addresses, connection_of, environment, free_addresses
from brokerage.demo.supervisor import Program, ProgramFailed, Supervisor
from brokerage.demo.telling import Teller
from brokerage.demo.waiting import until_status
from notifications.models import Notification
from sandbox.drweb import DrWeb
from sandbox.google import Google
from sandbox.kaspersky import Kaspersky
from sandbox.microsoft import Microsoft
from sandbox.opensrs import OpenSRS
from sandbox.wsgi import mount, serve
from subscriptions.catalogue.delegation import Terms, delegate_plan
from subscriptions.catalogue.products import Timers, create_plan_category, create_product, create_service_term
from subscriptions.contract.handover import waiting_operation
from subscriptions.models import SubscriptionStatus
from subscriptions.night.renewals import renew_accounts
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.factories.billing import top_up
from tests.factories.reselling import price_on
from tests.subscriptions.conftest import ORDERED_ON, acme, admin, backup_plan, example, example_vendor, ordered  # noqa: F401 - fixtures
from tests.vendors.consenting import consent
from vendors.connections import add_connection, check_connection

SLEEPER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")


def sleeper(name: str = "sleeper", code: str = "") -> Program:
    command = (sys.executable, "-c", code) if code else SLEEPER
    return Program(name, command, works=lambda log: "up" in log.read_text())


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_story_begins_on_the_20th_two_months_ago_whatever_today_is():
    days = days_before(date(2026, 3, 1))
    assert (days.ordered, days.billed, days.billed_again, days.billed_next) == (
        date(2026, 1, 20), date(2026, 2, 1), date(2026, 3, 1), date(2026, 4, 1),
    )  # fmt: skip
    assert days_before(date(2026, 1, 31)).ordered == date(2025, 11, 20)


def test_amounts_are_the_literal_ones_of_september_and_october():
    costs = amounts_of(days_before(date(2026, 11, 23)))
    # 62.50 x 11/30; 37.50 x 6/30; 100 x 9/31; 75 x 22/31; the rest of 100; 75 x 5/31; 53.23 - 12.10; 75 x 12/31
    literal = "22.92 7.50 100.00 29.03 53.23 17.74 12.10 41.13 29.03 75.00"
    assert [getattr(costs, name) for name in costs.__dataclass_fields__] == [Decimal(each) for each in literal.split()]


def test_the_story_of_a_leap_february_costs_by_29_days():
    costs = amounts_of(days_before(date(2028, 3, 15)))
    assert (costs.used_before_lowering, costs.activation) == (Decimal("31.03"), Decimal("25.86"))


def test_what_is_closed_is_what_is_written_off():
    days = days_before(date(2026, 11, 23))
    closed = sum(line.amount for line in lines_of(days) if line.status == "closed")
    assert closed == -sum(amount for _day, amount in transactions_of(days) if amount < 0)


def test_a_wrong_amount_is_told_and_fails_the_story():
    told: list[str] = []
    teller = Teller(told.append)
    teller.amount("Order", Decimal("22.92"), expected=Decimal("22.93"))
    teller.amount("Payment", Decimal("7.50"), expected=Decimal("7.50"))
    assert teller.verdict() is False
    assert teller.wrong == ["Order: is 22.92, must be 22.93"]
    assert "WRONG: must be 22.93" in told[0]


def test_programs_end_with_the_supervisor_and_so_do_their_children(tmp_path: Path):
    parent = (
        "import subprocess, sys, time; c = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']);"
        " print('up', c.pid, flush=True); time.sleep(60)"
    )
    with Supervisor(tmp_path, tmp_path) as supervisor:
        program = sleeper("parent", parent)
        supervisor.start(program)
        supervisor.wait()
        child = int(supervisor.log_of(program).read_text().split()[1])
        assert alive(child)
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not alive(child)


def test_a_program_that_ends_is_reported_with_its_log(tmp_path: Path):
    with Supervisor(tmp_path, tmp_path) as supervisor:
        supervisor.start(sleeper("broken", "print('no such file'); raise SystemExit(3)"))
        with pytest.raises(ProgramFailed) as failure:
            supervisor.wait()
    assert "broken has ended with code 3" in str(failure.value)
    assert "no such file" in str(failure.value)


def test_a_killed_program_is_started_again_while_serving(tmp_path: Path):
    told: list[str] = []
    looks = 0

    def meanwhile() -> None:
        nonlocal looks
        looks += 1
        if looks == 1:
            os.kill(int((tmp_path / "one.log").read_text().split()[1]), signal.SIGKILL)
        if (tmp_path / "one.log").read_text().count("up") == 2:
            raise KeyboardInterrupt

    with Supervisor(tmp_path, tmp_path) as supervisor:
        code = "import os, time; print('up', os.getpid(), flush=True); time.sleep(60)"
        supervisor.start(sleeper("one", code))
        supervisor.wait()
        with pytest.raises(KeyboardInterrupt):
            supervisor.keep_running(told.append, meanwhile)
    assert told == ["one has ended with code -9 and is started again"]


def test_two_demos_get_ports_of_their_own():
    addresses = free_addresses()
    assert addresses.web_port != addresses.sandbox_port
    assert addresses.login == f"http://127.0.0.1:{addresses.sandbox_port}/microsoft/login"


@pytest.mark.parametrize(("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET, "0.0.0.0"),  # noqa: S104 - nothing is served there
                                              (socket.AF_INET6, "::1")])  # fmt: skip
def test_a_taken_port_is_left_to_whoever_has_it_and_everything_says_the_next(monkeypatch, family, host):
    with socket.socket(family) as taken:
        taken.bind((host, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr("brokerage.demo.programs.WEB_PORT", port)
        addresses = free_addresses()
    assert addresses.web_port > port
    told = environment(addresses)
    assert told["BASE_URL"] == f"http://localhost:{addresses.web_port}"
    assert f"api_base_url=http://127.0.0.1:{addresses.sandbox_port}/" in told["VENDOR_DEFAULTS"]


@pytest.mark.django_db
def test_the_demo_keeps_away_from_somebodys_data():
    assert state.found() == ""
    cast.operator()
    with pytest.raises(state.NotADemo):
        state.found()


@pytest.mark.django_db
def test_the_demo_knows_its_own_data():
    cast.operator(attributes={state.NOTE: state.BUILDING})
    assert state.found() == state.BUILDING
    state.note(state.READY)
    assert state.found() == state.READY
    assert Reseller.objects.get().attributes == {"demo": "ready"}


@pytest.mark.django_db
def test_connections_made_by_hand_are_led_to_where_the_pretend_microsoft_answers_now():
    olga = actor_of(cast.manager(email="admin@borealis.example"))
    at_hand = {"actor": olga, "reseller": olga.reseller, "plugin": "office365"}
    before, after = Addresses(8000, 8600), Addresses(8001, 8601)
    mine = add_connection(**at_hand, name="By hand", values=connection_of(before))
    real = add_connection(**at_hand, name="Real", values={"tenant_id": "t", "client_id": "c", "client_secret": "s"})
    catalogue.lead_to(after)
    mine.refresh_from_db()
    real.refresh_from_db()
    assert (mine.settings["login_base_url"], mine.settings["api_base_url"]) == (after.login, after.partner_center)
    assert real.settings["api_base_url"] == "https://api.partnercenter.microsoft.com/v1"


def test_what_a_vendor_provides_in_the_story_is_charged_from_the_storys_day(ordered, example_vendor):  # noqa: F811 - the fixtures above
    subscription = until_status(ordered.pk, SubscriptionStatus.ACTIVE, lambda: None, day=ORDERED_ON)
    assert subscription.start_date == ORDERED_ON


@pytest.mark.django_db
def test_stations_of_dr_web_are_sold_and_their_connection_is_led_to_where_the_pretend_one_answers_now():
    cast.manager(email=demo_cast.OPERATOR_STAFF[Role.ADMIN].email)
    cast.manager(email=demo_cast.OPERATOR_STAFF[Role.OWNER].email, role=Role.OWNER)
    with serve(mount({"/drweb": DrWeb()})) as running:
        here = Addresses(8000, urlsplit(running.base_url).port)
        connection = antivirus.connect(here)
        assert connection.usable
        plan = antivirus.make_plan(connection, make.plan().service_term, date(2018, 8, 20))
    assert (plan.name, plan.resources.get().resource.key) == ("Dr.Web Premium for business", "stations")
    antivirus.lead_to(Addresses(8001, 8601))
    connection.refresh_from_db()
    assert connection.settings["base_url"] == "http://127.0.0.1:8601/drweb"


@pytest.mark.django_db
def test_a_certificate_of_the_demo_waits_for_its_approver_and_its_connection_is_led_along():
    opensrs, day = OpenSRS(), timezone.localdate()
    with serve(mount({"/opensrs": opensrs})) as running:
        addresses = Addresses(8000, int(running.base_url.rpartition(":")[2]))
        operator = demo_cast.make_operator(day)
        owner = demo_cast.actor(demo_cast.OPERATOR_STAFF[Role.OWNER])
        timers = Timers(billing_day=1)
        create_service_term(actor=owner, reseller=operator, name="Monthly", key="monthly-1", timers=timers)
        north = demo_cast.make_reseller(parent=operator, name="North", admin=demo_cast.NORTH_ADMIN, day=day)
        account = demo_cast.make_story_account(reseller=north, number=1, day=day)
        top_up(account=account, amount="100", today=day)
        plan = certificates.sell(addresses, day=day, now=timezone.now())
        assert (plan.resources.get().name, plan.template.connection.plugin) == ("Certificate", "opensrs")
        waiting = certificates.leave_one_waiting(plan, account, day=day, now=timezone.now())
    assert waiting_operation(waiting).waits_for.who == "customer"
    assert [mail["to"] for mail in opensrs.mails()] == [f"admin@{certificates.DOMAIN}"]
    certificates.lead_to(Addresses(8000, 8700))
    plan.template.connection.refresh_from_db()
    assert plan.template.connection.settings["base_url"] == "http://127.0.0.1:8700/opensrs"


@pytest.mark.django_db
def test_a_product_of_the_new_commerce_is_bought_for_a_year_and_raised_by_hand():
    day, told = timezone.localdate(), []
    with serve(mount({"/microsoft": Microsoft()})) as running:
        addresses = Addresses(8000, int(running.base_url.rpartition(":")[2]))
        operator = demo_cast.make_operator(day)
        admin, owner = (demo_cast.actor(demo_cast.OPERATOR_STAFF[role]) for role in (Role.ADMIN, Role.OWNER))
        consent(admin, catalogue.connect(addresses), timezone.now())
        create_service_term(
            actor=owner, reseller=operator, name="Monthly", key="monthly-1", timers=Timers(billing_day=1)
        )
        create_product(actor=owner, reseller=operator, name="Microsoft 365")
        create_plan_category(actor=owner, reseller=operator, name="Productivity")
        north = demo_cast.make_reseller(parent=operator, name="North", admin=demo_cast.NORTH_ADMIN, day=day)
        account = demo_cast.make_story_account(reseller=north, number=1, day=day)
        type(account).objects.filter(pk=account.pk).update(primary_name=new_commerce.BOUND)
        teller = Teller(told.append)
        new_commerce.show(addresses, lambda: None, teller, sold_on=day, now=timezone.now())
    assert (teller.wrong, teller.checked) == ([], 2)
    assert ["windows are open" in line for line in told] == [True, False]


@pytest.mark.django_db
def test_licences_of_kaspersky_are_sold_in_the_demo_with_their_code_and_their_connection_is_led_along():
    kaspersky, day = Kaspersky(), timezone.localdate()
    with serve(mount({"/kaspersky": kaspersky})) as running:
        addresses = Addresses(8000, int(running.base_url.rpartition(":")[2]))
        operator = demo_cast.make_operator(day)
        owner = demo_cast.actor(demo_cast.OPERATOR_STAFF[Role.OWNER])
        timers = Timers(billing_day=1)
        create_service_term(actor=owner, reseller=operator, name="Monthly", key="monthly-1", timers=timers)
        north = demo_cast.make_reseller(parent=operator, name="North", admin=demo_cast.NORTH_ADMIN, day=day)
        account = demo_cast.make_story_account(reseller=north, number=1, day=day)
        top_up(account=account, amount="100", today=day)
        plan = endpoints.sell(addresses, day=day, now=timezone.now())
        protected = endpoints.protect(plan, account, day=day, now=timezone.now())
    assert (protected.status, protected.secrets.get().key) == ("active", "activation_code")
    assert [row["Quantity"] for row in kaspersky.subscriptions()] == [5]
    endpoints.lead_to(Addresses(8000, 8700))
    plan.template.connection.refresh_from_db()
    assert plan.template.connection.settings["base_url"] == "http://127.0.0.1:8700/kaspersky"


@pytest.mark.django_db
def test_seats_of_google_wait_for_the_terms_and_their_connection_is_led_along_with_a_new_key():
    google, day = Google(), timezone.localdate()
    with serve(mount({"/google": google})) as running:
        addresses = Addresses(8000, int(running.base_url.rpartition(":")[2]))
        operator = demo_cast.make_operator(day)
        owner = demo_cast.actor(demo_cast.OPERATOR_STAFF[Role.OWNER])
        timers = Timers(billing_day=1)
        create_service_term(actor=owner, reseller=operator, name="Monthly", key="monthly-1", timers=timers)
        north = demo_cast.make_reseller(parent=operator, name="North", admin=demo_cast.NORTH_ADMIN, day=day)
        account = demo_cast.make_story_account(reseller=north, number=1, day=day)
        top_up(account=account, amount="100", today=day)
        plan = mailboxes.sell(addresses, day=day, now=timezone.now())
        waiting = mailboxes.leave_one_waiting(plan, account, day=day, now=timezone.now())
        assert waiting_operation(waiting).waits_for.who == "customer"
        connection = plan.template.connection
        assert connection.usable
        before = connection.secrets
        mailboxes.lead_to(addresses)
        connection.refresh_from_db()
        assert connection.secrets != before
        admin = demo_cast.actor(demo_cast.OPERATOR_STAFF[Role.ADMIN])
        assert check_connection(actor=admin, connection=connection, now=timezone.now()).usable
    assert [customer["domain"] for customer in google.customers()] == [mailboxes.DOMAIN]


@pytest.mark.django_db
def test_what_is_paid_for_afterwards_comes_to_the_cent_on_any_day_of_a_month():
    operator = demo_cast.make_operator(date(2026, 9, 1))
    seller = demo_cast.actor(demo_cast.OPERATOR_STAFF[Role.ADMIN])
    days = days_before(date(2026, 11, 28))
    lumen, cloud_of = (
        cast.account(reseller=operator, account_class=operator.account_classes.get(is_default=True)) for _one in "ab"
    )
    sold = afterwards.order(lumen, cloud_of, seller, days)
    renew_accounts(account_ids=[lumen.pk, cloud_of.pk], today=days.today)
    told: list[str] = []
    teller = Teller(told.append)
    sold.tell(teller)
    assert (teller.wrong, teller.checked) == ([], 5)
    assert [line.split()[-1] for line in told[1:]] == ["22.00", "46.00"]


@pytest.mark.django_db
def test_a_rule_of_the_demo_moves_souths_price_and_everybody_below_is_told():
    people = cast.cast()
    for reseller in (people.north, people.south):
        cast.manager(reseller=reseller)
    owner = demo_cast.OPERATOR_STAFF[Role.OWNER].email
    cast.manager(reseller=people.operator, role=Role.OWNER, email=owner)
    support = make.plan(reseller=people.operator, prices={"seats": "40.00"})
    sold = {
        reseller: delegate_plan(
            actor=SYSTEM, plan=support, reseller=reseller, today=make.EARLY,
            prices={"seats": Terms(retail=Decimal("48.00"))},
        )
        for reseller in (people.north, people.south)
    }  # fmt: skip
    days = days_before(date(2026, 11, 23))
    rules.show(sold[people.south], actor_of(cast.manager(reseller=people.south)), days)
    days_of = (days.today, date(2026, 11, 30), days.billed_next)
    assert [price_on(sold[people.south], day) for day in days_of] == [48, 48, 51]
    assert [price_on(sold[people.north], day) for day in days_of] == [48, 48, 48]
    told = Notification.objects.filter(event="net_cost_has_been_changed")
    assert set(told.values_list("user__reseller", flat=True)) == {people.north.pk, people.south.pk}
