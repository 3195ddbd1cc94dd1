"""What the floors below announce reaches people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.invitations import INVITATION_GOOD_FOR, invite_to_choose_password, invite_users
from core.lists.models import ExportState, ListExport
from core.lists.signals import export_finished
from notifications.models import Notification
from tests.factories import accounts as make

pytestmark = pytest.mark.django_db


def test_an_invited_stranger_is_written_to_in_the_resellers_language():
    north = make.reseller(name="North", default_language="ru")
    account = make.account(reseller=north, name="Acme")
    actor = make.manager_actor(reseller=north)
    [invitation] = invite_users(
        actor=actor, account=account, emails=["ann@example.com"], access_level="user", now=timezone.now()
    )
    row = Notification.objects.get()
    assert (row.email, row.language, row.user, row.link_object_id) == ("ann@example.com", "ru", None, invitation.pk)
    assert actor.user.name in row.body_text


def test_a_new_manager_is_invited_to_the_reseller_and_hears_again_only_of_a_new_invitation():
    sam = make.manager(reseller=make.reseller(name="North"), password=None)
    now = timezone.now()
    for moment in (now, now + timedelta(days=1)):
        invitation = invite_to_choose_password(actor=make.manager_actor(), user=sam, now=moment)
        assert invitation.expires_at == moment + INVITATION_GOOD_FOR
    assert [row.subject for row in Notification.objects.all()] == ["You are invited to North"] * 2


@pytest.mark.parametrize(
    ("state", "told"), [(ExportState.READY, "export_ready"), (ExportState.FAILED, "export_failed")]
)
def test_a_finished_export_is_told_to_who_asked_for_it(state, told):
    mary = make.manager()
    export = ListExport.objects.create(
        user=mary, listing="operator.subscriptions", format="csv", columns=["id"], language="en", state=state,
        rows_written=3,
    )  # fmt: skip
    for _repeat in range(2):
        export_finished.send(sender=ListExport, export=export)
    row = Notification.objects.get(user=mary, path=f"/lists/exports/{export.pk}/")
    assert row.event == told
