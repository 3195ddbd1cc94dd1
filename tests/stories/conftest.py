"""The fixtures of vendors' tests are those of the stories too."""

from tests.vendors.conftest import admin, microsoft, microsoft_server, now, office365  # noqa: F401 - fixtures
