"""Every environment variable that settings read, and what its value must be: one table (explained in docs/settings.md).

All that is wrong is told at once, each with the name of its variable; a secret's value is never repeated.
"""

import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from zoneinfo import available_timezones

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from psycopg2 import ProgrammingError
from psycopg2.extensions import parse_dsn

from brokerage import limits

ENVIRONMENTS = ("development", "test", "production")
LANGUAGES = ("en", "ru")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
FLAGS = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
SHORTEST_SECRET = 40
# What example files and tutorials print: never a secret, whatever its length.
SAMPLE_SECRETS = ("django-insecure", "change", "secret", "example", "default", "insecure", "password")
# PostgreSQL reads these four as fixed offsets in `AT TIME ZONE` and as zones with summer time in `SET TimeZone`.
SEASONLESS_ZONES = {"EET": "Europe/Athens", "CET": "Europe/Berlin", "MET": "Europe/Berlin", "WET": "Europe/Lisbon"}
LAST_PORT = 65535
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
HOST = re.compile(r"\.?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
MAIL_ADDRESS = re.compile(r"[^@<>\s]+@[^@<>\s]+|[^<>@]+<[^@<>\s]+@[^@<>\s]+>")

# What a value must be, as a sentence that follows the variable's name; None where it is good.
Rule = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Variable:
    """One environment variable: what it must be on every machine, and what more production asks of it."""

    name: str
    rule: Rule
    in_production: Rule | None = None
    required: bool = False  # in production


def faults(values: dict[str, str], *, production: bool) -> list[str]:
    """Return one sentence for each variable whose value (stripped; missing and empty are the same) cannot be used."""
    found = []
    for variable in VARIABLES:
        value = values.get(variable.name, "").strip()
        if not value:
            if production and variable.required:
                found.append(f"{variable.name} is not set: production does not start without it")
            continue
        rules: list[Rule | None] = [_printable, variable.rule, variable.in_production if production else None]
        wrong = next((sentence for rule in rules if rule and (sentence := rule(value))), None)
        if wrong:
            found.append(f"{variable.name} {wrong}")
    return found + _together(values)


def check(*, production: bool) -> None:
    """Raise ImproperlyConfigured naming every variable of the environment whose value is wrong, and the remedy."""
    wrong = faults(dict(os.environ), production=production)
    if wrong:
        raise ImproperlyConfigured("\n".join(wrong))


def _together(values: dict[str, str]) -> list[str]:
    """Return what is wrong about variables that are only good side by side."""
    user, password = (values.get(name, "").strip() for name in ("EMAIL_HOST_USER", "EMAIL_HOST_PASSWORD"))
    if password and not user:
        return ["EMAIL_HOST_USER is not set, and EMAIL_HOST_PASSWORD is: give both or neither"]
    if values.get("MICROSOFT_LOGIN_BASE", "").strip():
        return ["MICROSOFT_LOGIN_BASE is no longer read: write VENDOR_DEFAULTS=office365.login_base_url=..."]
    return []


# --- rules ---------------------------------------------------------------------------------------------------------


def _printable(value: str) -> str | None:
    return None if value.isprintable() else "holds a line break or another invisible character: write it anew"


def _anything(_value: str) -> str | None:
    return None


def _one_of(*choices: str) -> Rule:
    return lambda value: None if value in choices else f"must be one of {', '.join(choices)}, not {value!r}"


def _flag(value: str) -> str | None:
    return None if value.lower() in FLAGS else f"must be 1 or 0, not {value!r}"


def _off(value: str) -> str | None:
    return "must not be on in production: leave it out" if FLAGS[value.lower()] else None


def number_between(least: int, most: int) -> Rule:
    """Return the rule of a whole number in plain digits."""

    def rule(value: str) -> str | None:
        if not re.fullmatch(r"[0-9]{1,9}", value):
            return f"must be a whole number, not {value[:40]!r}"
        if not least <= int(value) <= most:
            return f"must be between {least} and {most}, not {value}"
        return None

    return rule


def _seconds_by_plugin(value: str) -> str | None:
    named = set()
    for word in filter(None, (word.strip() for word in value.split(","))):
        name = word.partition("=")[0]
        if not re.fullmatch(r"[a-z0-9_-]+=[0-9]{1,6}", word) or name in named:
            return f"holds {word!r}: write plugin=seconds once for each plugin, as in office365=1200"
        named.add(name)
    return None


def _texts_by_name(value: str) -> str | None:
    for word in filter(None, (word.strip() for word in value.split(","))):
        if not re.fullmatch(r"[a-z_]+=.+", word):
            return f"holds {word[:40]!r}: write name=value for each, as in attestation_email=email"
    return None


def _fields_of_plugins(value: str) -> str | None:
    for word in filter(None, (word.strip() for word in value.split(","))):
        if not re.fullmatch(r"[a-z0-9_-]+\.[a-z0-9_]+=.+", word):
            return "must read plugin.field=value,plugin.field=value, as in office365.country=US"
        given = word.partition("=")[2].strip()
        if "_url=" in word and _address(given):
            return f"holds an address that {_address(given)}"
    return None


def _open_fields_of_plugins(value: str) -> str | None:
    for word in filter(None, (word.strip() for word in value.split(","))):
        name, _, given = word.partition("=")
        if re.search("secret|password|key|token", name):
            return f"holds {name.strip()}: in production a secret is entered on the connection's page"
        if "_url" in name and _vendors_address(given.strip()):
            return f"holds an address that {_vendors_address(given.strip())}"
    return None


def _address(value: str) -> str | None:
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError as error:
        return f"is no address ({error}): write it as https://panel.example.com"
    if parts.scheme not in ("http", "https") or not parts.hostname or not HOST.fullmatch(_bracketed(parts.hostname)):
        return f"must begin with https:// and name a host, as in https://panel.example.com, not {_open(value)!r}"
    if not value.startswith(("http://", "https://")):
        return f"must begin with https:// in small letters, not {_open(value)!r}"  # what asks for it compares letters
    if port == 0 or parts.username is not None or set("?#") & set(value):
        return "must be https://host or https://host:port, without a name, a password or a query"
    return None


def _public_address(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme != "https":
        return f"must begin with https:// in production, not {_open(value)!r}"
    if parts.path.strip("/"):
        return f"must be https://host without the path {parts.path!r}"
    if "_" in (parts.hostname or "") or parts.hostname in ("0.0.0.0", "::"):  # noqa: S104  # refused, not listened at
        return f"must name a host that browsers can ask for, not {parts.hostname!r}"
    return None


def _vendors_address(value: str) -> str | None:
    parts = urlsplit(value)
    if parts.scheme == "https" or "." not in (parts.hostname or "") or parts.hostname == "127.0.0.1":
        return None  # a name without a dot is a neighbour in the same network: the sandbox
    return f"must begin with https:// in production, not {_open(value)!r}"


def _hosts(value: str) -> str | None:
    for host in value.split(","):
        name = host.strip()
        # An underscore is in no request's host, and a dot before a last part alone stands for hosts of everybody.
        whole = name.startswith(".") and "." not in name[1:]
        if name and (not HOST.fullmatch(name) or "_" in name or whole):
            return f"holds {name!r}: name each host, as in panel.example.com, without *, scheme or port"
    return None


def _host(value: str) -> str | None:
    return None if HOST.fullmatch(_bracketed(value)) else f"must be the name of a host, not {value!r}"


def _sender(value: str) -> str | None:
    return None if MAIL_ADDRESS.fullmatch(value) else f"must be an e-mail address, not {value!r}"


def _database(value: str) -> str | None:
    wanted = "must read postgresql://user:password@host:port/name"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return f"{wanted}; its host or port cannot be read"
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.removeprefix("/") or "/" in parts.path[1:]:
        return wanted
    if port == 0:
        return f"{wanted}; a port is between 1 and {LAST_PORT}"
    if not parts.hostname and "host" not in parse_qs(parts.query):
        return f"{wanted}; it names no host"
    return _options_of_libpq(value)


def _options_of_libpq(value: str) -> str | None:
    """Return what libpq would refuse of the parameters only when it connects, without naming the variable."""
    try:
        given = parse_dsn(value)
    except ProgrammingError:
        return "has a parameter after ? that PostgreSQL does not know"
    seconds = given.get("connect_timeout", "1")
    if not re.fullmatch(r"[0-9]{1,4}", seconds) or given.get("sslmode", "prefer") not in SSL_MODES:
        return f"has a wrong value after ?: connect_timeout is in seconds, sslmode one of {', '.join(SSL_MODES)}"
    return None


def _redis(value: str) -> str | None:
    wanted = "must read redis://host:6379/0, rediss://host:6379/0 or unix:///path?db=0"
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        return f"{wanted}; its host or port cannot be read"
    database = parse_qs(parts.query).get("db", ["0"])[-1] if parts.scheme == "unix" else parts.path.strip("/") or "0"
    where = parts.path if parts.scheme == "unix" else parts.hostname
    if parts.scheme not in ("redis", "rediss", "unix") or not where or port == 0 or not database.isdecimal():
        return wanted
    return None


def _secret_key(value: str) -> str | None:
    return f"is a sample or too short: give {SHORTEST_SECRET} random characters" if is_weak(value) else None


def _secrets_keys(value: str) -> str | None:
    keys = [word.strip() for word in value.split(",") if word.strip()]
    for key in keys:
        try:
            Fernet(key.partition(":")[2])
        except ValueError:
            return "must read keyid:key,keyid:key with keys made by Fernet.generate_key()"
    names = [key.partition(":")[0] for key in keys]
    if not keys or len(set(names)) < len(names):
        return "must hold one key for each name, as in keyid:key,keyid:key"
    return None


def _strong_keys(value: str) -> str | None:
    for key in filter(None, (word.strip() for word in value.split(","))):
        name, _, fernet = key.partition(":")
        if not name or is_weak(fernet):
            return "holds a sample key or one without a name: make keys of your own"
    return None


def is_weak(secret: str) -> bool:
    """Return whether a secret is short, monotonous or printed in somebody's example."""
    sample = any(word in secret.lower() for word in SAMPLE_SECRETS)
    return sample or len(secret) < SHORTEST_SECRET or len(set(secret)) < 12


def zone(value: str) -> str | None:
    """Return what is wrong about the name of a time zone: unknown, or read in two ways by PostgreSQL."""
    if value in SEASONLESS_ZONES:
        return (
            f"must not be {value}, which PostgreSQL reads without summer time: name a town, as in"
            f" {SEASONLESS_ZONES[value]}"
        )
    if value not in available_timezones() or value in ("localtime", "Factory"):
        return f"must be a time zone such as Europe/Berlin or UTC, not {value!r}"
    return None


def _folder(value: str) -> str | None:
    if not Path(value).is_absolute():
        return f"must be an absolute path, which web and worker share, not {value!r}"
    try:
        Path(value).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=value):
            return None
    except OSError as error:
        return f"is not a folder that can be written to ({error.strerror}): {value}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _open(address: str) -> str:
    """Return an address without the password that it may hold."""
    return re.sub(r"//[^/@]*@", "//•••@", address)


# --- the table -----------------------------------------------------------------------------------------------------
VARIABLES = (
    Variable("BROKERAGE_ENV", _one_of(*ENVIRONMENTS)),
    Variable("BASE_URL", _address, _public_address, required=True),
    Variable("ALLOWED_HOSTS", _hosts),
    Variable("SECRET_KEY", _anything, _secret_key, required=True),
    Variable("SECRETS_KEYS", _secrets_keys, _strong_keys, required=True),
    Variable("DATABASE_URL", _database, required=True),
    Variable("REDIS_URL", _redis, required=True),
    Variable("MEDIA_ROOT", _anything, _folder),
    Variable("BROKERAGE_TIME_ZONE", zone),
    Variable("BROKERAGE_LANGUAGE", _one_of(*LANGUAGES)),
    Variable("EMAIL_HOST", _host, required=True),
    Variable("EMAIL_PORT", number_between(1, LAST_PORT)),
    Variable("EMAIL_HOST_USER", _anything),
    Variable("EMAIL_HOST_PASSWORD", _anything),
    Variable("EMAIL_USE_TLS", _flag),
    Variable("DEFAULT_FROM_EMAIL", _sender),
    Variable("VENDOR_DEFAULTS", _fields_of_plugins, _open_fields_of_plugins),
    Variable("VENDOR_VISIBLE_AFTER", _seconds_by_plugin),
    Variable("MICROSOFT_UNVERIFIED", _texts_by_name),
    Variable("VENDOR_JOURNAL_DAYS", number_between(1, 36_500)),
    Variable("VENDOR_PERSON_SECONDS", number_between(1, 30)),
    Variable("TRUSTED_PROXIES", number_between(0, 10)),
    Variable("LINK_HOURS", number_between(1, 24)),
    Variable("API_TOKEN_DAYS", number_between(1, 3_650)),
    Variable("BEHIND_TLS_PROXY", _flag),
    Variable("SECURE_SSL_REDIRECT", _flag),
    # In production longer than any task takes, else a task that still runs is given to a second worker.
    Variable("TASK_VISIBILITY_SECONDS", number_between(1, 86_400), number_between(limits.TASK_HARD + 1, 86_400)),
    Variable("SWEEP_SECONDS", number_between(1, 3_600)),
    Variable("LOG_LEVEL", _one_of(*LOG_LEVELS)),
    Variable("BROKERAGE_DEBUG", _flag, _off),
    Variable("BROKERAGE_DEMO", _flag, _off),
    Variable("BROKERAGE_TEST_DB", lambda value: None if re.fullmatch(r"[a-z0-9_,]{1,40}", value) else "must be a word"),
)
