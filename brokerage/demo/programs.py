"""What the demo runs: sandbox, web, worker and beat, where they listen and how they know of each other."""

import errno
import shutil
import socket
import sys
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from brokerage.demo.supervisor import Program
from vendors.fields import packed

WEB_PORT = 8000
SANDBOX_PORT = 8600
PORTS_TRIED = 100
_LOOPBACKS = ((socket.AF_INET, "127.0.0.1"), *([(socket.AF_INET6, "::1")] if socket.has_ipv6 else []))
SWEEP_SECONDS = 5
# The application that the pretend Microsoft knows.
TENANT = "sandboxpartner.onmicrosoft.com"
CLIENT_ID = "7c0d3a3e-1111-4222-8333-0b0b0b0b0b0b"
RESELLER = "sandbox-reseller"
RESELLER_KEY = "0123456789abcdef" * 7  # opens nothing but the sandbox
GOOGLE_ADMIN = "admin@reseller.example"  # in whose name the pretend Google lets a service account act
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but the sandbox
# The certificate of the partner that the pretend Kaspersky knows, as its portal would hand it out.
PARTNER_FILE = Path(__file__).parents[2] / "sandbox" / "kaspersky" / "pki" / "partner.pfx"


@dataclass(frozen=True)
class Addresses:
    """Where the demo is reached from this machine: nowhere else, because its passwords are printed."""

    web_port: int
    sandbox_port: int

    @property
    def web(self) -> str:
        """The panels."""
        return f"http://localhost:{self.web_port}"

    @property
    def sandbox(self) -> str:
        """The pretend Microsoft."""
        return f"http://127.0.0.1:{self.sandbox_port}/microsoft"

    @property
    def antivirus(self) -> str:
        """The pretend Dr.Web AV-Desk."""
        return f"http://127.0.0.1:{self.sandbox_port}/drweb"

    @property
    def login(self) -> str:
        """What stands for Microsoft's sign-in server."""
        return f"{self.sandbox}/login"

    @property
    def partner_center(self) -> str:
        """What stands for Microsoft's Partner Center."""
        return f"{self.sandbox}/partnercenter/v1"

    @property
    def price_sheets(self) -> str:
        """What stands for Microsoft's server of price sheets."""
        return f"{self.sandbox}/partner/v1.0"

    @property
    def graph(self) -> str:
        """What stands for Microsoft Graph."""
        return f"{self.sandbox}/graph/v1.0"

    @property
    def opensrs(self) -> str:
        """Where the pretend OpenSRS takes commands; the approvers' mails are shown at /mails below it."""
        return f"http://127.0.0.1:{self.sandbox_port}/opensrs"

    @property
    def kaspersky(self) -> str:
        """The pretend Kaspersky, over plain HTTP."""
        return f"http://127.0.0.1:{self.sandbox_port}/kaspersky"

    @property
    def google(self) -> str:
        """The pretend Google: all its APIs; the customer's first sign-in is at /console below it."""
        return f"http://127.0.0.1:{self.sandbox_port}/google"

    @property
    def control(self) -> str:
        """Where the pretend Microsoft tells what it has, and is told to fail."""
        return f"{self.sandbox}/sandbox/control"


def connection_of(addresses: Addresses) -> dict[str, str]:
    """Return the settings of a connection to the pretend Microsoft."""
    return {
        "tenant_id": TENANT,
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "login_base_url": addresses.login,
        "api_base_url": addresses.partner_center,
        # The demo's orders are provided at once: nobody accepts Microsoft's agreement at the pretend Microsoft.
        "agreement_road": "confirmed",
        "price_base_url": addresses.price_sheets,
        "graph_base_url": addresses.graph,
    }


def antivirus_of(addresses: Addresses) -> dict[str, str]:
    """Return the settings of a connection to the pretend Dr.Web AV-Desk."""
    return {"base_url": addresses.antivirus, "login": "admin", "password": CLIENT_SECRET}


def certificates_of(addresses: Addresses) -> dict[str, str]:
    """Return the settings of a connection to the pretend OpenSRS."""
    return {"username": RESELLER, "key": RESELLER_KEY, "base_url": addresses.opensrs}


def endpoints_of(addresses: Addresses) -> dict[str, str]:
    """Return the settings of a connection to the pretend Kaspersky; the file as the form keeps an uploaded one."""
    file = packed(PARTNER_FILE.read_bytes())
    return {"base_url": addresses.kaspersky, "certificate": file, "certificate_password": CLIENT_SECRET}


def mailboxes_of(addresses: Addresses) -> dict[str, str]:
    """Return the settings of a connection to the pretend Google, without the key, which is made with each."""
    servers = dict.fromkeys(("reseller_url", "directory_url", "verification_url"), addresses.google)
    return {**servers, "token_url": f"{addresses.google}/token", "admin": GOOGLE_ADMIN}


def environment(addresses: Addresses) -> dict[str, str]:
    """Return what makes web, worker and beat those of a demo that is reached there."""
    defaults = {f"office365.{name}": value for name, value in connection_of(addresses).items()}
    defaults |= {f"drweb.{name}": value for name, value in antivirus_of(addresses).items()}
    defaults |= {f"gsuite.{name}": value for name, value in mailboxes_of(addresses).items()}
    defaults |= {f"opensrs.{name}": value for name, value in certificates_of(addresses).items()}
    # A file has no default: it is uploaded.
    defaults |= {"kaspersky.base_url": addresses.kaspersky, "kaspersky.certificate_password": CLIENT_SECRET}
    return {
        "BROKERAGE_DEMO": "1",
        "BASE_URL": addresses.web,
        "VENDOR_DEFAULTS": ",".join(f"{name}={value}" for name, value in defaults.items()),
        "SWEEP_SECONDS": str(SWEEP_SECONDS),
        "PYTHONUNBUFFERED": "1",
    }


def free_addresses() -> Addresses:
    """Return the usual ports, or for each that is taken the next free one."""
    web = _free_port(WEB_PORT)
    return Addresses(web_port=web, sandbox_port=_free_port(SANDBOX_PORT, but=web))


def sandbox(addresses: Addresses, state: Path) -> Program:
    """Return the pretend vendors, which keep their state in the folder."""
    state.mkdir(parents=True, exist_ok=True)
    return Program(
        name="sandbox",
        command=(sys.executable, "-m", "sandbox", "--port", str(addresses.sandbox_port), "--state", str(state)),
        works=lambda _log: _answers(f"http://127.0.0.1:{addresses.sandbox_port}/health"),
    )


def web(addresses: Addresses) -> Program:
    """Return the panels and the API."""
    listen = ("--bind", f"127.0.0.1:{addresses.web_port}")
    return Program(
        name="web",
        command=(
            sys.executable,
            "-m",
            "gunicorn",
            "brokerage.wsgi",
            *listen,
            "--config",
            "python:brokerage.web_server",
            "--workers",
            "2",
            "--access-logfile",
            "/dev/null",
            "--graceful-timeout",
            "5",
        ),
        works=lambda _log: _answers(f"http://127.0.0.1:{addresses.web_port}/accounts/login/"),
        environment=environment(addresses),
    )


def worker(addresses: Addresses) -> Program:
    """Return the Celery worker."""
    return Program(
        name="worker",
        command=(
            sys.executable,
            "-m",
            "celery",
            "-A",
            "brokerage.celery",
            "worker",
            "--concurrency",
            "2",
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "INFO",
        ),
        works=lambda log: " ready." in log.read_text(errors="replace"),
        environment=environment(addresses),
    )


def beat(addresses: Addresses, folder: Path) -> Program:
    """Return Celery's clock, which keeps in the folder when each job ran last."""
    return Program(
        name="beat",
        command=(
            sys.executable,
            "-m",
            "celery",
            "-A",
            "brokerage.celery",
            "beat",
            "--schedule",
            str(folder / "beat-schedule"),
            "--pidfile",
            "",
            "--loglevel",
            "INFO",
        ),
        works=lambda log: "beat: Starting" in log.read_text(errors="replace"),
        environment=environment(addresses),
    )


def forget(folder: Path) -> None:
    """Remove what the programs of an earlier demo have kept."""
    shutil.rmtree(folder, ignore_errors=True)


def _free_port(first: int, *, but: int = 0) -> int:
    for port in range(first, first + PORTS_TRIED):
        if port != but and _is_free(port):
            return port
    raise OSError(f"no free port from {first} to {first + PORTS_TRIED - 1}")


def _is_free(port: int) -> bool:
    """Return whether nobody listens there, by either protocol: browsers take localhost for both, IPv6 first."""
    return all(_can_listen(family, host, port) for family, host in _LOOPBACKS)


def _can_listen(family: socket.AddressFamily, host: str, port: int) -> bool:
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as trouble:
            return trouble.errno == errno.EADDRNOTAVAIL  # a machine without IPv6
    return True


def _answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=10) as answer:  # noqa: S310 - an address of our own
            return answer.status == 200
    except (URLError, HTTPException, OSError):
        return False
