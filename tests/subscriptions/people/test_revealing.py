"""A secret is shown to one person of the customer, until that one has kept it."""

import pytest

from accounts.actors import Forbidden, actor_of
from accounts.models import AccessLevel, Account
from core.secrets import encrypt
from subscriptions.models import Plan, SubscriptionSecret
from subscriptions.people.revealing import SecretWasShown, keep_secrets, lasting, reveal_secret, secret_labels
from subscriptions.queries import secrets_visible_to
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.remembering import remembered
from tests.subscriptions.conftest import ORDERED_ON

pytestmark = pytest.mark.django_db
NOW = make.noon(ORDERED_ON)


@pytest.fixture
@remembered
def secret(acme: Account, plan: Plan) -> SubscriptionSecret:
    """The first password of Acme's subscription."""
    subscription = make.subscription(account=acme, plan=plan, today=ORDERED_ON)
    value = encrypt({"password": "correct horse"})
    return SubscriptionSecret.objects.create(subscription=subscription, key="password", value=value)


def test_one_person_sees_it_until_it_is_kept(acme: Account, secret: SubscriptionSecret) -> None:
    owner = cast.customer_actor(account=acme)
    colleague = cast.customer_actor(account=acme, access_level=AccessLevel.ADMIN)
    assert secrets_visible_to(owner).get() == secret
    assert reveal_secret(actor=owner, secret=secret, now=NOW) == "correct horse"
    secret.refresh_from_db()
    assert (secret.shown_at, secret.shown_to) == (NOW, owner.user)
    assert reveal_secret(actor=owner, secret=secret, now=NOW) == "correct horse"
    with pytest.raises(SecretWasShown):
        reveal_secret(actor=colleague, secret=secret, now=NOW)
    assert keep_secrets(actor=owner, subscription=secret.subscription, now=NOW) == 1
    with pytest.raises(SecretWasShown):
        reveal_secret(actor=owner, secret=secret, now=NOW)


def test_nobody_else_sees_it(acme: Account, secret: SubscriptionSecret) -> None:
    owner = cast.customer_user(account=acme)
    for actor in (
        cast.manager_actor(),
        cast.customer_actor(account=acme, access_level=AccessLevel.USER),
        cast.customer_actor(account=cast.account()),
        actor_of(owner, account=acme, impersonator=cast.manager()),
    ):
        with pytest.raises(Forbidden):
            reveal_secret(actor=actor, secret=secret, now=NOW)
    assert not secrets_visible_to(cast.manager_actor()).exists()


def test_the_history_says_who_and_never_what(acme: Account, secret: SubscriptionSecret) -> None:
    owner = cast.customer_actor(account=acme)
    reveal_secret(actor=owner, secret=secret, now=NOW)
    events = secret.events.order_by("pgh_id")
    assert [event.shown_to for event in events] == [None, owner.user]
    assert "value" not in {field.name for field in events.model._meta.fields}


def test_secret_that_lasts_is_shown_as_often_as_it_is_asked_for(acme: Account, backup_plan: Plan) -> None:
    subscription = make.subscription(account=acme, plan=backup_plan, today=ORDERED_ON)
    kept = {
        key: SubscriptionSecret.objects.create(subscription=subscription, key=key, value=encrypt({key: "canary"}))
        for key in ("restore_key", "first_password")
    }
    owner = cast.customer_actor(account=acme)
    colleague = cast.customer_actor(account=acme, access_level=AccessLevel.ADMIN)
    for actor in (owner, colleague, owner):
        assert reveal_secret(actor=actor, secret=kept["restore_key"], now=NOW) == "canary"
    reveal_secret(actor=owner, secret=kept["first_password"], now=NOW)
    with pytest.raises(SecretWasShown):
        reveal_secret(actor=colleague, secret=kept["first_password"], now=NOW)
    assert lasting(subscription) == {"restore_key"}
    assert {key: str(label) for key, label in secret_labels(subscription).items()} == {
        "restore_key": "Restore key", "first_password": "First password",
    }  # fmt: skip
