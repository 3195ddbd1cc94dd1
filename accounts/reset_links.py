"""Links for a new password: each works once, for a day, and only until the next is asked for."""

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import F

from accounts.models import User


class NewestOnly(PasswordResetTokenGenerator):
    """Django's signed keys (password, last sign-in, e-mail, time), with the number of the newest link in them."""

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.reset_turn}"


def begin_reset(user: User) -> None:
    """Make every link that was sent until now useless; the next letter carries one that works."""
    User.objects.filter(pk=user.pk).update(reset_turn=F("reset_turn") + 1)
