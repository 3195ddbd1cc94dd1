"""The key of a door is replaced, wherever in a text its address stands; other addresses stay."""

import pytest

from core.door_links import without_keys


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("/accounts/invitations/17:1hNd__Dy/", "/accounts/invitations/***/"),
        ('POST "http://x/accounts/invitations/17:1hNd__Dy?a=b"', 'POST "http://x/accounts/invitations/***?a=b"'),
        ("/accounts/password/reset/key/1-c8x-9f2/", "/accounts/password/reset/key/***/"),
        ("/accounts/password/reset/", "/accounts/password/reset/"),
        ("/accounts/invitations/", "/accounts/invitations/"),
        ("/users/invite/", "/users/invite/"),
    ],
)
def test_the_key_is_replaced_and_nothing_else(said: str, kept: str) -> None:
    assert without_keys(said) == kept
