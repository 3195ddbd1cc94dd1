"""Every address of the customer panel has the panel's door and a right of the table."""

import pytest
from django.urls import URLPattern

from accounts.roles import ALL_RIGHTS
from customer_panel.doors import requires
from customer_panel.urls import urlpatterns

OPEN_TO_EVERY_CUSTOMER = {"home", "home_messages", "profile"}


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_address_declares_its_right(pattern: URLPattern) -> None:
    assert pattern.callback.door is requires.__self__
    if pattern.name in OPEN_TO_EVERY_CUSTOMER:
        assert pattern.callback.right == ""
    else:
        assert pattern.callback.right in ALL_RIGHTS
