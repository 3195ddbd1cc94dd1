"""manage.py services, as it is typed."""

import os
import subprocess
import sys

from django.conf import settings


def services(*arguments: str, **environment: str) -> list[str]:
    # With the compiled code that the other processes use: to compile everything anew takes longer than all the rest.
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPYCACHEPREFIX") if name in os.environ}
    variables = {**kept, **environment}
    command = [sys.executable, "manage.py", "services", *arguments]
    answer = subprocess.run(command, cwd=settings.BASE_DIR, env=variables, capture_output=True, text=True, check=True)
    return answer.stdout.splitlines()


def test_status_shows_the_servers_of_the_tests(local_servers):
    lines = services("status", "--tests")
    assert [line.split()[:2] for line in lines] == [["PostgreSQL", "running"], ["Redis", "running"]]


def test_stop_unless_used_leaves_a_test_run_its_servers(local_servers):
    assert services("stop", "--tests", "--unless-used") == ["nothing to stop"]
    assert [line.split()[1] for line in services("status", "--tests")] == ["running", "running"]


def test_there_is_nothing_to_do_where_both_addresses_are_given():
    addresses = {"DATABASE_URL": "postgresql://db/brokerage", "REDIS_URL": "redis://queue:6379/0"}
    assert services("stop", **addresses) == [
        "DATABASE_URL and REDIS_URL are set: this checkout runs no servers of its own."
    ]
