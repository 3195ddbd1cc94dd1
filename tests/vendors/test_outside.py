"""The contract suite for a plugin of a package outside this project: PLUGIN_BENCH names the module of its bench.

PLUGIN_BENCH=brokerage_my_vendor.bench .venv/bin/python -m pytest tests/vendors/test_outside.py
"""

import os
from collections.abc import Iterator
from importlib import import_module

import pytest

from tests.vendors.contract import every_check
from tests.vendors.honesty import honest_checks
from tests.vendors.installing import example_installed
from tests.vendors.metering import metering_checks
from tests.vendors.pricing import pricing_checks

CHECKS = {**dict(every_check()), **dict(honest_checks()), **dict(metering_checks()), **dict(pricing_checks())}
# Without a package to ask, one promise is asked of the example's, so that the way stays open.
OUTSIDE = os.environ.get("PLUGIN_BENCH", "")


@pytest.fixture(autouse=True)
def _example() -> Iterator[None]:
    with example_installed():
        yield


@pytest.mark.parametrize("check", CHECKS if OUTSIDE else ["declares_itself_well"])
def test_plugin_of_a_package_keeps_the_contract(check: str) -> None:
    CHECKS[check](import_module(OUTSIDE or "tests.vendors.example.bench").open_bench)
