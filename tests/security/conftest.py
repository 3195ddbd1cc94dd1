"""The fixtures of vendors' tests, whose secrets are looked for here."""

from tests.vendors.conftest import admin, microsoft, microsoft_server, now, office365  # noqa: F401 - fixtures
