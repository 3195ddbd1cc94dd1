"""The texts of a package outside this project are translated in both panels, as soon as it is installed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import reverse

from accounts.models import User
from brokerage.catalogues import compile_catalogues
from brokerage.catalogues import main as catalogues
from brokerage.plugin_packages import locale_paths
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.vendors.conftest import admin, example, example_vendor  # noqa: F401 - fixtures
from tests.vendors.installing import LOCALE, PACKAGE, example_installed
from vendors.models import ConnectionState, VendorConnection


@pytest.fixture
def translated() -> Iterator[None]:
    """The example's package is installed, with its catalogues, as its wheel would bring them."""
    compile_catalogues(LOCALE)
    with example_installed():
        assert LOCALE in locale_paths()
        with override_settings(LOCALE_PATHS=[settings.BASE_DIR / "locale", *locale_paths()]):
            yield


def signed_in(person: User) -> Client:
    browser = Client(headers={"accept-language": "ru"})
    browser.force_login(person)
    return browser


@pytest.mark.django_db
def test_texts_of_the_package_are_russian_in_both_panels(
    example: VendorConnection,  # noqa: F811 - imported fixture
    translated: None,
) -> None:
    manager = cast.manager(language="ru")
    page = signed_in(manager).get(reverse("operator:vendor_connection_new", args=["example"])).content.decode()
    assert "Наше имя в Example Backup" in page
    assert "Не тот сервер" not in page, "of a text that the platform has, its own translation is heard"
    example.state = ConnectionState.GRANTED
    example.save(update_fields=["state"])
    acme = cast.account()
    owner = cast.customer_user(account=acme, language="ru")
    address = reverse("customer:order_plan_details", args=[make.plan(connection=example).pk])
    assert "Где стоят рабочие станции." in signed_in(owner).get(address).content.decode()


def test_package_that_is_installed_is_heard_by_a_process_that_begins() -> None:
    """No settings of ours name it: its entry point is enough."""
    assert catalogues(["compile", str(LOCALE)]) == 0
    code = (
        "from django.utils.translation import gettext, override\n"
        "with override('ru'): print(ascii(gettext('Example Backup no longer has this service.')))"
    )
    environment = os.environ | {"PYTHONPATH": str(PACKAGE)}
    command = [sys.executable, "manage.py", "shell", "--no-imports", "-c", code]
    root = Path(settings.BASE_DIR)
    done = subprocess.run(command, env=environment, cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ascii("В Example Backup этой услуги больше нет.")


def test_package_without_translations_brings_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    info = tmp_path / "brokerage_silent-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: brokerage-silent\nVersion: 1.0\n")
    points = "[brokerage.vendor_plugins]\na = brokerage_silent.plugin:A\nb = brokerage_nowhere.plugin:B\n"
    (info / "entry_points.txt").write_text(points)
    (tmp_path / "brokerage_silent").mkdir()
    (tmp_path / "brokerage_silent" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert not [path for path in locale_paths() if "silent" in str(path)]
