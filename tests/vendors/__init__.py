"""Vendors and their plugins; what the contract asserts is told with its values, as in any test."""

import pytest

pytest.register_assert_rewrite("tests.vendors.contract", "tests.vendors.honesty")
