"""What the logs say was done at an address."""

from types import SimpleNamespace

import pytest

from accounts.models import Account
from operator_panel.log_words import ACCOUNT, ANY, cause_of, saying_of


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("/operator/payments/5/approve/", "approving the payment"),
        ("/subscriptions/7/stop/", "stopping the subscription"),
        ("/api/v3/accounts/", "a request of the API"),
        ("/nothing/", ""),
        ("", ""),
    ],
)
def test_the_cause_is_what_was_done_there(address: str, cause: str):
    assert cause_of(address) == cause


def test_kinds_without_words_of_their_own_are_spoken_of_too():
    assert saying_of(Account()) is ACCOUNT
    assert saying_of(SimpleNamespace()) is ANY
