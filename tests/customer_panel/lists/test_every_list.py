"""Every list is known by its name to a process that has answered no request: a worker that writes an export."""

import os
import subprocess
import sys

from django.conf import settings

SCRIPT = """
import django
django.setup()
from core.lists.listing import LISTINGS
print(*sorted(LISTINGS))
"""


def test_a_worker_knows_the_lists_of_both_panels() -> None:
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        cwd=settings.BASE_DIR,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    names = told.stdout.split()
    wanted = {"customer.subscriptions", "customer.charges", "customer.payments", "customer.transactions"}
    assert wanted <= set(names)
    assert "operator.subscriptions" in names
