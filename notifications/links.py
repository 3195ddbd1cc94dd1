"""Links that open a door (an invitation, a new password): made when the letter leaves, and stored nowhere."""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.invitations import token_of
from accounts.models import Invitation, User
from accounts.reset_links import NewestOnly
from notifications.models import LinkKind, Notification

# Stands in the stored text where the link will be.
PLACE = "[[link]]"


def link_of(notification: Notification) -> str:
    """Return the address that the letter's link leads to. Raises ValueError for a message without one."""
    if notification.link_kind == LinkKind.INVITATION:
        invitation = Invitation.objects.get(pk=notification.link_object_id)
        path = reverse("accept_invitation", kwargs={"token": token_of(invitation)})
    elif notification.link_kind == LinkKind.PASSWORD_RESET:
        user = User.objects.get(pk=notification.link_object_id)
        parts = {"uidb36": user_pk_to_url_str(user), "key": NewestOnly().make_token(user)}
        path = reverse("account_reset_password_from_key", kwargs=parts)
    else:
        raise ValueError(f"{notification} has no link")
    return f"{settings.BASE_URL}{path}"
