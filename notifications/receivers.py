"""What the floors below announce and people hear of."""

from uuid import uuid4

from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.invitations import Standing, standing_of
from accounts.models import Invitation, User
from accounts.signals import person_invited, sign_in_changed
from core.lists.models import ExportState, ListExport
from core.lists.signals import export_finished
from notifications.announce import announce
from notifications.events import SECURITY

# What the mailbox is told to do; nobody else hears which of these it was.
HOW: dict[Standing, object] = {
    Standing.NEW: _("Accept the invitation and choose a password."),
    Standing.JOINS: _("You keep your password and sign in as usual."),
    Standing.PROVES: _("Once you accept, you sign in with this address."),
    Standing.TAKEN: _(
        "But this address signs in here already, and one address opens one sign-in. Ask who invites you to take"
        " another address of yours, or have the e-mail of that sign-in changed first and then accept."
    ),
}


@receiver(person_invited, dispatch_uid="notifications.invitation")
def write_invitation(*, invitation: Invitation, **_signal: object) -> None:
    """Write the letter of an invitation, in the language of the person or of the inviting reseller."""
    user = invitation.user
    reseller = invitation.account.reseller if invitation.account else invitation.user.reseller
    announce(
        "invitation",
        context={
            "where": str(invitation.account or reseller),
            "invited_by": str(invitation.invited_by or reseller),
            "expires_at": invitation.expires_at,
            "how": HOW[standing_of(invitation)],
        },
        key=str(invitation.pk),
        user=user if user and user.email == invitation.email else None,
        email=invitation.email,
        language=user.language if user else reseller.default_language,
        reseller=reseller,
        link_object_id=invitation.pk,
    )


@receiver(export_finished, dispatch_uid="notifications.export_finished")
def tell_export_is_finished(*, export: ListExport, **_signal: object) -> None:
    """Tell the person who asked for it that a file is ready, or that it could not be written."""
    if export.impersonator_id is not None:
        return  # the person did not ask for it, and the manager fetches it on the page of the visit or not at all
    ready = export.state == ExportState.READY
    announce(
        "export_ready" if ready else "export_failed",
        context={"file": str(export), **({"rows": export.rows_written} if ready else {"reason": export.failure})},
        key=str(export.pk),
        user=export.user,
        path=reverse("lists:export", args=[export.pk]),
    )


@receiver(sign_in_changed, dispatch_uid="notifications.security")
def tell_of_sign_in(*, person: User, kind: str, detail: str, address: str = "", **_signal: object) -> None:
    """Tell a person what happened to the own sign-in; of wrong passwords once a day, or a stranger could fill a box."""
    now = timezone.now()
    once = f"{now:%Y-%m-%d}" if kind == "locked_out" else uuid4().hex
    announce(
        "security",
        context={"what": SECURITY[kind], "detail": detail, "at": now, "company": str(person.reseller)},
        key=f"{kind}:{person.pk}:{once}",
        user=None if address else person,
        email=address,
        language=person.language,
        reseller=person.reseller,
        path=reverse("sessions"),
    )
