"""Who may act for the account: invite, change the access level, remove."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor
from accounts.invitations import change_access_level, invite_users, remove_user, withdraw_invitation
from accounts.models import AccessLevel, AccountMembership
from accounts.queries import memberships_visible_to
from core.errors import Refused
from core.panel.confirming import put_refusal
from core.panel.once import once
from core.panel.page import Button, Crumb, Page
from core.panel.posted import posted
from core.panel.remedies import with_ways
from core.versions import edited, with_version
from customer_panel.doors import requires
from customer_panel.forms.users import InvitationForm, LevelForm


@requires("account_users.view")
def users(request: HttpRequest) -> HttpResponse:
    """Show the users of the account and the invitations that are open."""
    actor = request.actor
    may_change = actor.may("account_users.change")
    buttons = (Button(_("Invite users"), reverse("customer:user_invite"), primary=True),) if may_change else ()
    memberships = list(memberships_visible_to(actor).select_related("user").order_by("pk"))
    for membership in memberships:
        membership.level_form = with_version(_level_form(membership)(), membership)
    open_ones = actor.account.invitations.filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=timezone.now()
    )  # fmt: skip
    context = {
        "page": Page(title=_("Users"), buttons=buttons),
        "memberships": memberships,
        "invitations": open_ones.order_by("pk"),
        "levels": _levels(actor),
        "may_change": may_change,
    }
    return render(request, "customer_panel/users.html", context)


@requires("account_users.change")
def user_invite(request: HttpRequest) -> HttpResponse:
    """Invite people by e-mail."""
    form = InvitationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return redirect(once(request, lambda: _invite(request, form)))
        except Refused as refusal:
            put_refusal(form, refusal)
    title = _("Invite users")
    context = {
        "page": Page(title=title, crumbs=(Crumb(_("Users"), reverse("customer:users")), Crumb(title))),
        "form": form,
        "submit": _("Send invitations"),
        "cancel": reverse("customer:users"),
    }
    return render(request, "components/questions.html", context, status=422 if form.errors else 200)


def _invite(request: HttpRequest, form: InvitationForm) -> str:
    account = request.actor.account
    invited = invite_users(actor=request.actor, account=account, now=timezone.now(), **form.cleaned_data)
    addresses = ", ".join(invitation.email for invitation in invited)
    messages.success(request, _("Invitations are on their way to %(addresses)s.") % {"addresses": addresses})
    return reverse("customer:users")


@requires("account_users.change")
@posted(lambda *_args, **_kwargs: redirect("customer:users"))
def user_level(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a user another access level."""
    found = _one(request, pk)

    def keep(answers: dict[str, Any]) -> str:
        row = change_access_level(actor=request.actor, membership=found, access_level=answers["access_level"])
        said = _("%(user)s: %(level)s.") % {"user": found.user, "level": row.get_access_level_display()}
        messages.success(request, said)
        return reverse("customer:users")

    came = edited(request, _level_form(found), keep, row=found)
    for errors in came.form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    return redirect(came.url or "customer:users")


def _level_form(found: AccountMembership) -> Callable[..., LevelForm]:
    return lambda *args: LevelForm(*args, initial={"access_level": found.access_level})


@requires("account_users.change")
@posted(lambda *_args, **_kwargs: redirect("customer:users"))
def user_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Remove a user from the account."""
    found = _one(request, pk)
    try:
        remove_user(actor=request.actor, membership=found)
        messages.success(request, _("%(user)s is no longer a user of this account.") % {"user": found.user})
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
    return redirect("customer:home" if found.user_id == request.user.pk else "customer:users")


@requires("account_users.change")
@posted(lambda *_args, **_kwargs: redirect("customer:users"))
def user_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Withdraw an open invitation."""
    found = get_object_or_404(request.actor.account.invitations, pk=pk)
    try:
        withdraw_invitation(actor=request.actor, invitation=found, now=timezone.now())
        messages.success(request, _("The invitation of %(email)s is withdrawn.") % {"email": found.email})
    except Refused as refusal:
        messages.error(request, with_ways(request, refusal))
    return redirect("customer:users")


def _one(request: HttpRequest, pk: int) -> AccountMembership:
    return get_object_or_404(memberships_visible_to(request.actor).select_related("user"), pk=pk)


def _levels(actor: Actor) -> list[AccessLevel]:
    """Return the access levels that the actor may give: only the owner makes another user the owner."""
    if actor.access_level == AccessLevel.OWNER:
        return list(AccessLevel)
    return [AccessLevel.ADMIN, AccessLevel.USER]
