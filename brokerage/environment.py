"""Reads settings from the environment, and makes or refuses secrets."""

import fcntl
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key

from brokerage import limits
from brokerage.variables import ENVIRONMENTS, FLAGS


def text(name: str, default: str = "") -> str:
    """Return the environment variable `name`, or `default` where it is unset or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Return the environment variable `name` as yes or no. Raises ImproperlyConfigured for anything else."""
    value = text(name).lower()
    if not value:
        return default
    if value not in FLAGS:
        raise ImproperlyConfigured(f"{name} must be 1 or 0, not {value!r}")
    return FLAGS[value]


def number(name: str, default: int) -> int:
    """Return the environment variable `name` as a whole number. Raises ImproperlyConfigured for anything else."""
    value = text(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name} must be a whole number, not {value!r}")
    return int(value)


def words(name: str) -> list[str]:
    """Return the environment variable `name`, a list separated by commas."""
    return [word.strip() for word in text(name).split(",") if word.strip()]


def numbers_by_name(name: str) -> dict[str, int]:
    """Return the environment variable `name`, written as first=10,second=20; brokerage/variables.py has checked it."""
    pairs = (word.split("=", 1) for word in words(name))
    return {key.strip(): int(value) for key, value in pairs}


def texts_by_name(name: str) -> dict[str, str]:
    """Return the environment variable `name`, written as first=text,second=text and checked like the others."""
    pairs = (word.partition("=") for word in words(name))
    return {key.strip(): value.strip() for key, _, value in pairs}


def texts_by_plugin(name: str) -> dict[str, dict[str, str]]:
    """Return the environment variable `name`, written as plugin.field=value,plugin.field=value, by plugin and field."""
    found: dict[str, dict[str, str]] = {}
    for word in words(name):
        where, _, value = word.partition("=")
        plugin, _, field = where.strip().partition(".")
        found.setdefault(plugin, {})[field] = value.strip()
    return found


def environment() -> str:
    """Return which of ENVIRONMENTS this process runs in: BROKERAGE_ENV, else test under pytest, else development."""
    name = text("BROKERAGE_ENV", "test" if "PYTEST_VERSION" in os.environ else "development")
    if name not in ENVIRONMENTS:
        raise ImproperlyConfigured(f"BROKERAGE_ENV must be one of {', '.join(ENVIRONMENTS)}, not {name!r}")
    return name


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of the PostgreSQL database at `url`, e.g. postgresql://user:password@host:5432/name.

    A Unix socket's folder is given as ?host=; every other parameter is handed to libpq (sslmode, connect_timeout…).
    Raises ImproperlyConfigured for another engine or an address without a database name.
    """
    parts = urlsplit(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    name = unquote(parts.path.removeprefix("/"))
    if parts.scheme not in ("postgresql", "postgres") or not name:
        raise ImproperlyConfigured("DATABASE_URL must read postgresql://user:password@host:port/name")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", None) or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "OPTIONS": {"connect_timeout": str(limits.CONNECT), **options},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }


def broker(url: str) -> str:
    """Return a Redis address as Celery spells it: a Unix socket is redis+socket:// there and unix:// elsewhere."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={parse_qs(parts.query).get('db', ['0'])[0]}"


def production_secrets() -> dict[str, Any]:
    """Return SECRET_KEY and SECRETS_KEYS from the environment, which brokerage/variables.py has found strong."""
    return {"SECRET_KEY": text("SECRET_KEY"), "SECRETS_KEYS": words("SECRETS_KEYS")}


def local_secrets(path: Path) -> dict[str, Any]:
    """Return the random secrets of a development machine, kept in `path` (mode 0600) and made on first need.

    SECRET_KEY and SECRETS_KEYS of the environment win over the kept ones.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        content = file.read()
        if not content:
            made = {"SECRET_KEY": get_random_secret_key(), "SECRETS_KEYS": [f"local:{Fernet.generate_key().decode()}"]}
            content = json.dumps(made)
            file.write(content)
    kept: dict[str, Any] = json.loads(content)
    return {
        "SECRET_KEY": text("SECRET_KEY", kept["SECRET_KEY"]),
        "SECRETS_KEYS": words("SECRETS_KEYS") or kept["SECRETS_KEYS"],
    }
