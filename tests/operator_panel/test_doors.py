"""The door of the operator panel: every page declares its right, and only managers come in."""

import pytest

from accounts.roles import ALL_RIGHTS
from operator_panel.doors import requires
from operator_panel.urls import urlpatterns


def test_every_page_declares_a_right_of_the_table() -> None:
    rights = {pattern.name: pattern.callback.right for pattern in urlpatterns}
    assert {name: right for name, right in rights.items() if right and right not in ALL_RIGHTS} == {}


def test_pages_for_everybody_are_home_the_own_messages_and_the_own_profile() -> None:
    open_to_all = {pattern.name for pattern in urlpatterns if not pattern.callback.right}
    assert open_to_all == {"home", "messages", "profile", "profile_change", "profile_look"}


def test_every_page_is_behind_this_door() -> None:
    door = requires("")(lambda request: None).door
    assert {pattern.name for pattern in urlpatterns if pattern.callback.door is not door} == set()


@pytest.mark.parametrize("pattern", urlpatterns, ids=lambda pattern: pattern.name)
def test_names_of_pages_are_unique(pattern: object) -> None:
    assert [one.name for one in urlpatterns].count(pattern.name) == 1
