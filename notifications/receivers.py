"""What accounts announces and people hear of."""

from django.dispatch import receiver

from accounts.models import Invitation
from accounts.signals import person_invited
from notifications.announce import announce


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
        },
        key=str(invitation.pk),
        user=user,
        email=invitation.email,
        language=user.language if user else reseller.default_language,
        link_object_id=invitation.pk,
    )
