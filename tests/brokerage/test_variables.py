"""Every environment variable has its rule, and every bad value is refused by the name of its variable, all at once."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.conf import settings

from brokerage.variables import VARIABLES, faults

ROOT = Path(settings.BASE_DIR)
READ = re.compile(r'(?:text|flag|number|numbers_by_name|texts_by_name|texts_by_plugin|words)\(\s*"([A-Z_]+)"')
KEY = "I4yVmF1DAYOLf3UPy2l6xONZZ6JnBRhtk1ClqGYsfq4="  # fixed: two test processes name their cases alike
GOOD = {
    "BROKERAGE_ENV": "production",
    "BASE_URL": "https://panel.example.com",
    "ALLOWED_HOSTS": "panel.example.com, .example.org,10.0.0.7,[::1]",
    "SECRET_KEY": "x8Fq2-LmZ7pRtV0cYb4KdNwS9eUhJ6gA1iO3kQ5z",
    "SECRETS_KEYS": f"2026:{KEY},2025:{Fernet.generate_key().decode()}",
    "DATABASE_URL": "postgresql://brokerage:p@db:5432/brokerage?sslmode=require",
    "REDIS_URL": "rediss://queue:6379/0",
    "BROKERAGE_TIME_ZONE": "Europe/Kyiv",
    "EMAIL_HOST": "mail.example.com",
    "EMAIL_PORT": "587",
    "EMAIL_HOST_USER": "ann",
    "EMAIL_HOST_PASSWORD": "p",
    "EMAIL_USE_TLS": "1",
    "DEFAULT_FROM_EMAIL": "Brokerage <no-reply@example.com>",
    "VENDOR_DEFAULTS": "office365.login_base_url=http://sandbox:8600/microsoft/login, office365.country=PL",
    "MICROSOFT_UNVERIFIED": "attestation_email=email,agreement_void_before=2024-01-01",
}
# What production refuses of each variable; also on other machines where the second tuple has it.
BAD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "BROKERAGE_ENV": ((), ("staging",)),
    "BASE_URL": (
        ("", "http://panel.example.com", "https://panel.example.com/billing", "https://panel_a.example.com",
         "https://0.0.0.0", "https://[::]:8000"),
        ("panel.example.com", "https://", "ftp://panel.example.com", "https://panel.example.com:99999", "//panel",
         "https://panel.example.com:port", "https://ann:p@panel.example.com", "https://*", "https://[::1",
         "HTTP://panel.example.com", "HTTPS://panel.example.com", "https://panel.example.com#",
         "https://panel.example.com?"),
    ),
    "ALLOWED_HOSTS": ((), ("*", "panel.example.com,*", "*.example.com", "https://panel.example.com", "a b",
                           "a:80", ".com",
                           ".", "a_b.example.com")),
    "SECRET_KEY": (("", "short", f"django-insecure-{KEY}", f"change-me-{KEY}", "ab" * 30), ("two\nlines",)),
    "SECRETS_KEYS": (
        ("", "2026:" + "A" * 43 + "=", f"2026:{KEY},:{KEY}", f":{KEY}"),
        ("2026:notakey", KEY[:-1], ",", f"2026:{KEY},2026:{KEY}"),
    ),
    "DATABASE_URL": (
        ("",),
        ("sqlite:///books.db", "postgresql://db/", "postgresql://db:port/books", "postgresql://db:99999/books",
         "postgresql://db:0/books", "postgresql://[db/books", "db/books", "postgresql:///books",
         "postgresql://db/books?sslmode=on", "postgresql://db/books?nonsense=1",
         "postgresql://db/books?connect_timeout=soon"),
    ),
    "REDIS_URL": (
        ("",), ("http://queue:6379/0", "redis://queue:port/0", "redis://queue:99999/0", "redis://", "queue:6379",
                "redis://queue/first", "unix://?db=0", "unix:///run/redis.sock?db=x"),
    ),
    "MEDIA_ROOT": (("media", "/proc/media", "/dev/null", "/dev/null/media"), ("/srv/me\ndia",)),
    "BROKERAGE_TIME_ZONE": ((), ("Mars/Olympus", "EET", "CET", "MET", "WET", "+02:00", "europe/kyiv", "Factory")),
    "BROKERAGE_LANGUAGE": ((), ("de", "RU ru")),
    "EMAIL_HOST": (("",), ("mail server", "https://mail.example.com", "mail.example.com:25")),
    "EMAIL_PORT": ((), ("smtp", "0", "65536", "-25", "2.5", "٢٥", "1" * 5000)),
    "EMAIL_HOST_USER": ((), ("ann\nbob",)),
    "EMAIL_HOST_PASSWORD": ((), ("one\ntwo",)),
    "EMAIL_USE_TLS": ((), ("perhaps", "2")),
    "DEFAULT_FROM_EMAIL": ((), ("nobody", "a@b c@d")),
    "VENDOR_DEFAULTS": (
        ("office365.login_base_url=http://login.example.com", "office365.client_secret=x"),
        ("country=US", "office365.country", "office365.api_base_url=login.example.com", "o.a_url=https://login:0"),
    ),
    "VENDOR_VISIBLE_AFTER": ((), ("1200", "office365=soon", "office365=-1", "office365=1e3",
                                  "office365=9,office365=0")),
    "MICROSOFT_UNVERIFIED": ((), ("attestation_email", "attestation_id=", "=x", "a b=c")),
    "VENDOR_JOURNAL_DAYS": ((), ("0", "-1", "long", "1e3")),
    "VENDOR_PERSON_SECONDS": ((), ("0", "31", "8s")),
    "TRUSTED_PROXIES": ((), ("-1", "11", "nginx")),
    "LINK_HOURS": ((), ("0", "25", "a day")),
    "API_TOKEN_DAYS": ((), ("0", "3651", "year")),
    "BEHIND_TLS_PROXY": ((), ("nginx",)),
    "SECURE_SSL_REDIRECT": ((), ("https",)),
    "TASK_VISIBILITY_SECONDS": (("840",), ("0", "soon", "9999999")),
    "SWEEP_SECONDS": ((), ("0", "-5", "1.5", "3601", "")[:4]),
    "LOG_LEVEL": ((), ("LOUD", "info!")),
    "BROKERAGE_DEBUG": (("1", "true"), ("maybe",)),
    "BROKERAGE_DEMO": (("1", "on"), ("maybe",)),
    "BROKERAGE_TEST_DB": ((), ("no spaces", "x" * 60)),
}  # fmt: skip
EVERYWHERE = [(name, value) for name, (_, both) in BAD.items() for value in both]
PRODUCTION = [(name, value) for name, (only, _) in BAD.items() for value in only]


def words_of(cases: list[tuple[str, str]]) -> list[str]:
    return [f"{name}={value[:20]!r}" for name, value in cases]


def test_docs_code_and_table_know_the_same_variables_and_each_has_a_bad_value():
    table = {variable.name for variable in VARIABLES}
    explained = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    sources = [ROOT / "brokerage" / name for name in ("settings.py", "environment.py")]
    read = {name for source in sources for name in READ.findall(source.read_text())}
    assert table == explained == read == set(BAD)
    assert [name for name, (only, both) in BAD.items() if not only and not both] == []


def test_good_values_are_taken():
    assert faults(GOOD, production=True) == []
    assert faults({}, production=False) == []


@pytest.mark.parametrize(("name", "value"), EVERYWHERE, ids=words_of(EVERYWHERE))
def test_a_value_that_cannot_be_used_is_refused_everywhere_by_its_name(name, value):
    for production in (True, False):
        found = faults({**GOOD, name: value}, production=production)
        assert [sentence.split()[0] for sentence in found] == [name], found
        assert len(found[0]) < 200
    assert "SECRET" not in name or len(value) < 2 or value not in found[0]


@pytest.mark.parametrize(("name", "value"), PRODUCTION, ids=words_of(PRODUCTION))
def test_what_is_not_safe_is_refused_in_production_only(name, value):
    assert [sentence.split()[0] for sentence in faults({**GOOD, name: value}, production=True)] == [name]
    assert faults({**GOOD, name: value}, production=False) == []


def test_a_mail_password_without_its_user_is_refused():
    assert faults({**GOOD, "EMAIL_HOST_USER": ""}, production=True) == [
        "EMAIL_HOST_USER is not set, and EMAIL_HOST_PASSWORD is: give both or neither"
    ]


def test_a_variable_that_is_no_longer_read_is_told():
    assert faults({**GOOD, "MICROSOFT_LOGIN_BASE": "http://sandbox:8600/login"}, production=True) == [
        "MICROSOFT_LOGIN_BASE is no longer read: write VENDOR_DEFAULTS=office365.login_base_url=..."
    ]


def test_production_names_every_bad_variable_at_once_and_says_no_secret():
    wrong = {name: (*both, *only)[0] for name, (only, both) in BAD.items() if name != "BROKERAGE_ENV"}
    program = [sys.executable, "-c", "import brokerage.settings"]
    environment = {**wrong, "BROKERAGE_ENV": "production", "DATABASE_URL": "mysql://ann:Pa55word@db/books"}
    answer = subprocess.run(program, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    said = answer.stderr[answer.stderr.index("ImproperlyConfigured: ") :].removeprefix("ImproperlyConfigured: ")
    assert [line.split()[0] for line in said.strip().splitlines()] == [
        variable.name for variable in VARIABLES if variable.name in wrong
    ]
    assert "Pa55word" not in answer.stderr
