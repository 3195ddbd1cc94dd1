"""What the logs say was done at an address."""

from types import SimpleNamespace

import pytest

from accounts.models import Account
from brokerage.celery import app
from operator_panel.log_words import ACCOUNT, ANY, cause_of, saying_of


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        ("/operator/payments/5/approve/", "approving the payment"),
        ("/subscriptions/7/stop/", "stopping the subscription"),
        ("/api/v3/accounts/", "a request of the API"),
        ("/nothing/", ""),
        ("", ""),
        ("subscriptions.tasks.provision", "the vendor’s answer"),
        ("subscriptions.tasks.run_billing_day", "the billing night"),
        ("core.lists.tasks.forget_old_exports", "removing what is kept no longer"),
        ("abc.tasks.unknown", ""),
    ],
)
def test_the_cause_is_what_was_done_there(address: str, cause: str):
    assert cause_of(address) == cause


def test_every_job_of_ours_has_words():
    app.loader.import_default_modules()
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert len(ours) > 10
    assert [name for name in ours if not cause_of(name)] == []


def test_kinds_without_words_of_their_own_are_spoken_of_too():
    assert saying_of(Account()) is ACCOUNT
    assert saying_of(SimpleNamespace()) is ANY
