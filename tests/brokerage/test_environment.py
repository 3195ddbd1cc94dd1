"""Reading settings from the environment, and making or refusing secrets."""

import stat

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from brokerage import environment

GOOD_SECRET = "x8Fq2-LmZ7pRtV0cYb4KdNwS9eUhJ6gA1iO3kQ5"  # 39 characters and one more below
GOOD_KEY = "2026:I4yVmF1DAYOLf3UPy2l6xONZZ6JnBRhtk1ClqGYsfq4="  # fixed: two test processes name their cases alike


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://ann:s%40fe@db.example:6432/books?sslmode=require",
            {"NAME": "books", "USER": "ann", "PASSWORD": "s@fe", "HOST": "db.example", "PORT": "6432"},
        ),
        (
            "postgres://brokerage@/brokerage?host=%2Fvar%2Fa%20place%2Frun",
            {"NAME": "brokerage", "USER": "brokerage", "PASSWORD": "", "HOST": "/var/a place/run", "PORT": ""},
        ),
    ],
)
def test_database_address_becomes_django_settings(url, expected):
    found = environment.database(url)
    assert {key: found[key] for key in expected} == expected
    wanted = {"connect_timeout": "5"}
    assert found["OPTIONS"] == (wanted | {"sslmode": "require"} if "sslmode" in url else wanted)


@pytest.mark.parametrize("url", ["sqlite:///books.db", "postgresql://db.example/", "mysql://db/books", "books"])
def test_database_address_of_another_engine_or_without_a_name_is_refused(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must read"):
        environment.database(url)


def test_a_unix_socket_is_spelled_as_celery_wants_it():
    assert environment.broker("unix:///run/redis.sock?db=3") == "redis+socket:///run/redis.sock?virtual_host=3"
    assert environment.broker("redis://queue:6379/0") == "redis://queue:6379/0"


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("Yes", True), ("off", False), ("", True)])
def test_flag_reads_yes_and_no(monkeypatch, value, expected):
    monkeypatch.setenv("SWITCH", value)
    assert environment.flag("SWITCH", default=True) is expected


def test_flag_and_number_refuse_what_they_do_not_understand(monkeypatch):
    monkeypatch.setenv("SWITCH", "perhaps")
    with pytest.raises(ImproperlyConfigured, match="SWITCH must be 1 or 0, not 'perhaps'"):
        environment.flag("SWITCH")
    with pytest.raises(ImproperlyConfigured, match="SWITCH must be a whole number"):
        environment.number("SWITCH", 3)


def test_development_secrets_are_made_once_and_only_the_owner_may_read_them(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("SECRETS_KEYS", raising=False)
    path = tmp_path / "var" / "secrets.json"
    made = environment.local_secrets(path)
    assert environment.local_secrets(path) == made
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert environment.local_secrets(tmp_path / "other" / "secrets.json")["SECRET_KEY"] != made["SECRET_KEY"]


def test_production_reads_its_secrets(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", GOOD_SECRET + "z")
    monkeypatch.setenv("SECRETS_KEYS", f"{GOOD_KEY}, 2025:{Fernet.generate_key().decode()}")
    found = environment.production_secrets()
    assert found["SECRET_KEY"] == GOOD_SECRET + "z"
    assert [key.split(":")[0] for key in found["SECRETS_KEYS"]] == ["2026", "2025"]


def test_numbers_by_name_are_read_pair_by_pair(monkeypatch):
    monkeypatch.setenv("VENDOR_VISIBLE_AFTER", "office365=1200, example=0,")
    assert environment.numbers_by_name("VENDOR_VISIBLE_AFTER") == {"office365": 1200, "example": 0}
