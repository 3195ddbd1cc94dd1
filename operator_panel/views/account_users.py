"""The users of an account: who they are, what they may do, invitations."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.invitations import change_access_level, invite_users, may_have_users, remove_user, withdraw_invitation
from accounts.models import AccessLevel, Account, AccountMembership
from accounts.queries import memberships_visible_to
from core.errors import allowed
from core.panel.confirming import Done, Operation, Shown, confirming
from core.panel.page import Crumb, Page
from operator_panel.doors import requires
from operator_panel.editing import Editing, editing, form_of
from operator_panel.views.accounts import crumbs_of, one, page_of


@requires("account_users.view")
def account_users(request: HttpRequest, pk: int) -> HttpResponse:
    """List the users of an account and its open invitations."""
    found = one(request, pk)
    people = memberships_visible_to(request.actor).filter(account=found).select_related("user").order_by("pk")
    invited = found.invitations.filter(accepted_at=None, withdrawn_at=None).order_by("pk")
    context = {
        "page": page_of(request.actor, found, "account_users"),
        "account": found,
        "memberships": people,
        "invitations": invited,
        "now": timezone.now(),
        "may_change": request.actor.may("account_users.change") and allowed(may_have_users, found),
    }
    return render(request, "operator_panel/account_users.html", context)


@requires("account_users.change")
def account_invite(request: HttpRequest, pk: int) -> HttpResponse:
    """Invite people to an account by e-mail."""
    found = one(request, pk)
    owned = found.memberships.filter(access_level=AccessLevel.OWNER).exists()
    levels = [level for level in AccessLevel.choices if not owned or level[0] != AccessLevel.OWNER]

    def keep(answers: dict[str, Any]) -> Done:
        invite_users(
            actor=request.actor,
            account=found,
            emails=answers["emails"].replace(",", " ").split(),
            access_level=answers["access_level"],
            now=timezone.now(),
        )
        return Done(_("Invited."), back)

    def form(*args: Any) -> forms.Form:
        asked = forms.Form(*args)
        asked.fields["emails"] = forms.CharField(
            label=_("E-mail addresses"),
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=_("One or several, one a line."),
        )
        asked.fields["access_level"] = forms.ChoiceField(label=_("Access level"), choices=levels)
        return asked

    back = reverse("operator:account_users", args=[pk])
    page = _page(found, _("Invite users"))
    return editing(request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Invite")))


@requires("account_users.change")
def account_user(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """Change what a user may do in the account."""
    found = one(request, pk)
    member = _membership(request, found, membership)

    def keep(answers: dict[str, Any]) -> Done:
        change_access_level(actor=request.actor, membership=member, access_level=answers["access_level"])
        return Done(_("Saved."), back)

    back = reverse("operator:account_users", args=[pk])
    form = form_of(AccountMembership, ("access_level",), row=member)
    note = _("A new owner makes the present one an Admin.")
    page = _page(found, str(member.user))
    return editing(
        request, Editing(page=page, form=form, keep=keep, back=back, submit=_("Save"), note=note, row=member)
    )


@requires("account_users.change")
def account_user_remove(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """End a user's membership in the account."""
    found = one(request, pk)
    member = _membership(request, found, membership)

    def carry_out(_answers: dict[str, Any]) -> str:
        remove_user(actor=request.actor, membership=member)
        return _("%(user)s is no longer a user of this account.") % {"user": member.user}

    question = _("Remove %(user)s from %(account)s? The person keeps all other accounts.")
    names = {"user": member.user, "account": found.name}
    return _confirmed(request, found, _("Remove"), question % names, carry_out)


@requires("account_users.change")
def account_invitation_withdraw(request: HttpRequest, pk: int, invitation: int) -> HttpResponse:
    """Make an open invitation useless."""
    found = one(request, pk)
    invited = get_object_or_404(found.invitations.filter(accepted_at=None, withdrawn_at=None), pk=invitation)

    def carry_out(_answers: dict[str, Any]) -> str:
        withdraw_invitation(actor=request.actor, invitation=invited, now=timezone.now())
        return _("The invitation of %(email)s no longer works.") % {"email": invited.email}

    question = _("Withdraw the invitation of %(email)s? Its link stops working.") % {"email": invited.email}
    return _confirmed(request, found, _("Withdraw"), question, carry_out)


def _confirmed(request: HttpRequest, found: Account, title: str, question: str, carry_out: Any) -> HttpResponse:
    operation = Operation(
        page=_page(found, title),
        form=forms.Form,
        show=lambda _answers: Shown(question=question, submit=title, charges=None),
        carry_out=carry_out,
        back=reverse("operator:account_users", args=[found.pk]),
        ask=title,
        danger=True,
    )
    return confirming(request, operation)


def _membership(request: HttpRequest, found: Account, pk: int) -> AccountMembership:
    mine = memberships_visible_to(request.actor).filter(account=found).select_related("user")
    return get_object_or_404(mine, pk=pk)


def _page(found: Account, title: str) -> Page:
    users = Crumb(_("Users"), reverse("operator:account_users", args=[found.pk]))
    return Page(title=title, crumbs=(*crumbs_of(found), users, Crumb(title)))
