"""What people change about themselves; the API token is shown once and stored as a hash."""

from datetime import UTC, datetime

import pytest

from accounts.profile import (
    ProfileRefused,
    change_own_profile,
    choose_language_and_theme,
)
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def test_people_change_their_own_name_and_phone():
    actor = make.customer_actor(account=make.account())
    change_own_profile(actor=actor, values={"name": " Ann ", "phone": "+375290000000"})
    actor.user.refresh_from_db()
    assert (actor.user.name, actor.user.phone) == ("Ann", "+375290000000")
    with pytest.raises(ProfileRefused) as refusal:
        change_own_profile(actor=actor, values={"name": " "})
    assert refusal.value.field == "name"


@pytest.mark.parametrize("field", ["role", "status", "email", "reseller"])
def test_nobody_changes_the_own_role_status_or_login(field):
    with pytest.raises(ValueError, match=field):
        change_own_profile(actor=make.manager_actor(), values={field: "admin"})


def test_language_and_theme_are_kept_apart():
    user = make.manager()
    choose_language_and_theme(user=user, language="ru")
    choose_language_and_theme(user=user, theme="dark")
    user.refresh_from_db()
    assert (user.language, user.theme) == ("ru", "dark")
    with pytest.raises(ProfileRefused) as refusal:
        choose_language_and_theme(user=user, language="tlh")
    assert refusal.value.field == "language"
    with pytest.raises(ProfileRefused) as refusal:
        choose_language_and_theme(user=user, theme="pink")
    assert refusal.value.field == "theme"
