"""The web server as production runs it: pages go on while managers wait for a vendor that does not answer."""

import re
import socket
import threading
import time

import pytest
import requests
import yaml
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.actors import actor_of
from brokerage import limits, web_server
from core.secrets import encrypt
from tests.conftest import start_process, wait_for_line
from tests.factories import accounts as cast
from tests.vendors.office365.bench import settings_of
from vendors.connections import add_connection
from vendors.models import ConnectionState, VendorConnection

PATIENCE = 3
MANAGERS = 7  # more than may wait at once


@pytest.mark.django_db(transaction=True)
def test_the_sign_in_page_answers_while_managers_wait_for_a_silent_vendor(tmp_path):
    """Seen before: 62 s for the sign-in page while three managers asked a vendor that answers after 45 s."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        connection = _granted(f"http://127.0.0.1:{silent.getsockname()[1]}")
        manager = Client()
        manager.force_login(connection.created_by)
        web, address = _web(tmp_path)
        try:
            page = address + reverse("operator:application_template_new", args=[connection.pk])
            cookies = {name: morsel.value for name, morsel in manager.cookies.items()}
            answers: list[tuple[float, requests.Response]] = []
            threads = [threading.Thread(target=_ask, args=(page, cookies, answers)) for _ in range(MANAGERS)]
            for thread in threads:
                thread.start()
            time.sleep(0.5)
            for _ in range(3):
                began = time.monotonic()
                assert requests.get(f"{address}/accounts/login/", timeout=10).status_code == 200
                assert time.monotonic() - began < 2
            for thread in threads:
                thread.join()
        finally:
            web.terminate()
            web.wait(10)
    said = [response.text for _, response in answers]
    assert {response.status_code for _, response in answers} == {200}
    assert max(seconds for seconds, _ in answers) < PATIENCE + 3
    assert sum("is being read now" in text for text in said) == settings.VENDOR_QUESTIONS_AT_ONCE
    assert sum("others are waiting for it" in text for text in said) == MANAGERS - settings.VENDOR_QUESTIONS_AT_ONCE


def _ask(page: str, cookies: dict[str, str], answers: list[tuple[float, requests.Response]]) -> None:
    began = time.monotonic()
    response = requests.get(page, cookies=cookies, timeout=60)
    answers.append((time.monotonic() - began, response))


def _granted(address: str) -> VendorConnection:
    admin = actor_of(cast.manager())
    connection = add_connection(
        actor=admin, reseller=admin.reseller, plugin="office365", name="Slow",
        values=settings_of(address, client_secret="x" * 20),
    )  # fmt: skip
    connection.state = ConnectionState.GRANTED
    connection.secrets = encrypt({"client_secret": "x" * 20, "refresh_token": "r" * 40, "grant": "1"})
    connection.save()
    return connection


def _web(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    log = tmp_path / "web.log"
    web = start_process(
        "-m", "gunicorn", "brokerage.wsgi", "--config", "python:brokerage.web_server", "--bind", f"127.0.0.1:{port}",
        "--workers", "1", log=log, VENDOR_PERSON_SECONDS=str(PATIENCE),
    )  # fmt: skip
    wait_for_line(log, "Booting worker", web)
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if requests.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=5).status_code == 200:
                break  # a first page is slower than all that follow
        except requests.RequestException:
            time.sleep(0.1)
    return web, f"http://127.0.0.1:{port}"


def test_more_threads_than_people_who_may_wait_for_vendors():
    assert web_server.worker_class == "gthread"
    assert web_server.threads // 2 >= settings.VENDOR_QUESTIONS_AT_ONCE


def seconds(text: str) -> int:
    number, unit = re.fullmatch(r"(\d+)([sm])", text).groups()
    return int(number) * (60 if unit == "m" else 1)


def test_stop_times_fit_into_each_other():
    """Who is asked to stop gets longer than what it may be doing, and a task is not given out again while it runs."""
    services = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    granted = {
        name: seconds(facts["stop_grace_period"]) for name, facts in services.items() if "stop_grace_period" in facts
    }
    assert (granted["web"], granted["worker"], granted["beat"]) == (
        limits.WEB_STOP,
        limits.WORKER_STOP,
        limits.BEAT_STOP,
    )
    assert web_server.graceful_timeout == limits.WEB_GRACEFUL < limits.WEB_STOP
    assert settings.VENDOR_PERSON_SECONDS < limits.WEB_GRACEFUL
    assert limits.DATABASE["web"]["lock_timeout"] < limits.DATABASE["web"]["statement_timeout"] <= limits.WEB_GRACEFUL
    assert settings.CELERY_TASK_SOFT_TIME_LIMIT < settings.CELERY_TASK_TIME_LIMIT < limits.WORKER_STOP
    visible = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert visible > limits.TASK_HARD
    assert limits.DATABASE["worker"]["lock_timeout"] < limits.DATABASE["worker"]["statement_timeout"] < limits.TASK_SOFT


def test_web_worker_and_beat_have_health_checks():
    services = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    checks = {name: " ".join(services[name]["healthcheck"]["test"]) for name in ("web", "worker", "beat")}
    assert "/health/live" in checks["web"]
    assert checks["worker"].endswith("brokerage.alive worker")
    assert checks["beat"].endswith("brokerage.alive beat")
