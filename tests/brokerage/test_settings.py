"""What settings take from the environment, and what production refuses."""

import pytest
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_postgresql_15_or_later():
    assert connection.vendor == "postgresql"
    assert connection.pg_version >= 150000
    assert connection.settings_dict["NAME"].startswith("test_")
