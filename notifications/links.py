"""Links that open a door (an invitation, a new password): made when the letter leaves, and stored nowhere."""

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.urls import reverse

from accounts.invitations import token_of
from accounts.models import Invitation, User
from accounts.reset_links import NewestOnly
from notifications.models import LinkKind, Notification

# The page of an object in the panel of a manager and of a customer's user; where no number is taken, the account acted
# for is meant.
PAGES = {
    "account": ("operator:account", "customer:home"),
    "plan": ("operator:plan_resources", "customer:home"),
    "order": ("operator:order", "customer:subscription_order"),
    "subscription": ("operator:subscription", "customer:subscription"),
    "commitment": ("operator:subscription_commitment", "customer:subscription_commitment"),
    "vendor_connection": ("operator:vendor_connection", "customer:home"),
    "invoice": ("operator:invoice", "customer:invoice"),
    "top_up": ("operator:account_top_up", "customer:payment_top_up"),
}
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


def page_about(reader: User | None, kind: str, pk: int) -> str:
    """Return the address of an object's page in the panel of its reader; an address without a person is a customer's.

    Raises KeyError for a kind that no panel has a page of.
    """
    name = PAGES[kind][0 if reader is not None and reader.is_manager else 1]
    own = name in ("customer:home", "customer:payment_top_up")
    return reverse(name) if own else reverse(name, args=[pk])
