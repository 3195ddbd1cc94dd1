"""A stage for people: the panels, a worker and the pretend Microsoft as processes of their own, and a real Chromium."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, sync_playwright

from brokerage.celery import app as celery_app
from brokerage.demo.programs import CLIENT_ID, CLIENT_SECRET, TENANT
from sandbox.microsoft import Microsoft
from sandbox.wsgi import serve
from tests import module_database
from tests.conftest import start_process, wait_for_line

# Debian's shell without windows draws the same pages in three quarters of the time that a whole Chromium takes.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
# Nothing of the browser's own may go out to the internet.
QUIET = (
    "--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-domain-reliability", "--no-first-run", "--disable-dev-shm-usage",
)  # fmt: skip
SECONDS = 120


@dataclass
class Stage:
    """Where the panels and the pretend Microsoft answer."""

    web: str
    microsoft: Microsoft
    login: str
    partner_center: str
    logs: Path

    @property
    def price_sheets(self) -> str:
        """Where the pretend Microsoft publishes its price sheets, as in the demo."""
        return self.login.removesuffix("/login") + "/partner/v1.0"

    @property
    def graph(self) -> str:
        """Where the pretend Microsoft answers as Graph, as in the demo."""
        return self.login.removesuffix("/login") + "/graph/v1.0"

    @property
    def vendor_defaults(self) -> str:
        """What fills in the form of a connection to the pretend Microsoft, as the demo sets it."""
        own = {
            "tenant_id": TENANT,
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
            "login_base_url": self.login,
            "api_base_url": self.partner_center,
            "agreement_road": "confirmed",
        }
        return ",".join(f"office365.{name}={value}" for name, value in own.items())


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A Chromium without a window, as long as this folder's tests run: Django's connection is another one meanwhile."""
    if CHROMIUM is None:
        pytest.skip(
            "there is no Chromium: install it (Debian: apt-get install chromium-headless-shell) to drive the panels"
        )
    # Playwright keeps an event loop in this thread, in which Django would refuse to ask its database.
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


transactional_db = module_database.transactional_db


@pytest.fixture(scope="package")
def running(chromium: Browser, django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """The platform with its web server, its worker and a Microsoft of its own, as long as this folder's tests run."""
    microsoft = Microsoft()
    with serve(microsoft) as server:
        found = Stage(
            web=f"http://localhost:{free_port()}",
            microsoft=microsoft,
            login=f"{server.base_url}/login",
            partner_center=f"{server.base_url}/partnercenter/v1",
            logs=tmp_path_factory.mktemp("browser"),
        )
        with _web_and_worker(found):
            yield found
    celery_app.control.purge()


@pytest.fixture(scope="module")
def stage(transactional_db: None, running: Stage) -> Iterator[Stage]:
    """The running platform, with an empty database and a Microsoft that knows nobody."""
    running.microsoft.reset()
    yield running
    celery_app.control.purge()
    _wait_for_rest()


def _wait_for_rest() -> None:
    """Wait until the worker does nothing: what it wrote after the database was emptied would stay in it."""
    deadline = time.monotonic() + SECONDS
    while any((celery_app.control.inspect(limit=1).active() or {}).values()):
        if time.monotonic() > deadline:
            pytest.fail("the worker finds no end")
        time.sleep(0.1)


@contextmanager
def _web_and_worker(stage: Stage) -> Iterator[None]:
    celery_app.control.purge()
    settings = {"BASE_URL": stage.web, "BROKERAGE_DEMO": "1", "VENDOR_DEFAULTS": stage.vendor_defaults}
    web_log, worker_log = stage.logs / "web.log", stage.logs / "worker.log"
    web = start_process(
        "-m", "gunicorn", "brokerage.wsgi", "--bind", stage.web.replace("http://localhost", "127.0.0.1"),
        "--threads", "8", log=web_log, **settings,
    )  # fmt: skip
    worker = start_process(
        "-m", "celery", "-A", "brokerage.celery", "worker", "--concurrency", "1", "--without-gossip",
        "--without-mingle", "--loglevel", "INFO", log=worker_log, CELERY_SKIP_CHECKS="1", **settings,
    )  # fmt: skip
    try:
        wait_for_line(worker_log, " ready.", worker)
        wait_for_page(f"{stage.web}/accounts/login/", web, web_log)
        yield
    finally:
        for process in (web, worker):
            process.terminate()
        for process in (web, worker):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def wait_for_page(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the address answers; fail with the log where the process ends or takes longer."""
    deadline = time.monotonic() + SECONDS
    while True:
        try:
            with urlopen(address, timeout=SECONDS):  # noqa: S310 - an address of our own
                return
        except (URLError, OSError) as trouble:
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"{address}: {trouble}\n{log.read_text(errors='replace')[-4000:]}")
            time.sleep(0.1)


def free_port() -> int:
    """Return a port that nothing listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
