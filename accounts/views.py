"""Pages of people that belong to neither panel: an invitation, the choice of an account, signing in as the owner."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from hijack.views import AcquireUserView, ReleaseUserView

from accounts.client_address import client_address
from accounts.forms import AcceptanceForm
from accounts.invitations import InvitationNotGood, InvitationRefused, accept_invitation, invitation_of, needs_password
from accounts.models import Account, SignInAs
from accounts.proof import asks_again
from accounts.queries import accounts_of, accounts_visible_to
from accounts.sign_in import home_of
from accounts.sign_in_as import SignInAsRefused, begin_sign_in_as, end_sign_in_as
from accounts.signed_in import (
    SessionNotFound,
    device_of,
    end_session,
    end_sessions_of,
    is_this,
    name_of,
    sessions_of,
)
from accounts.visits import CHOSEN_ACCOUNT, TRAIL, begin_visit
from core.errors import Refused
from core.panel.confirming import put_refusal
from core.panel.posted import posted


@sensitive_post_parameters("password", "repeated")
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invitation and accept it; a person new to the platform is signed in at once."""
    now = timezone.now()
    try:
        invited = invitation_of(token, now=now)
        new = needs_password(invited)
    except (InvitationNotGood, InvitationRefused) as refusal:
        return render(request, "account/invitation_not_good.html", {"refusal": refusal}, status=410)
    initial = {"name": invited.user.name if invited.user else invited.name}
    form = AcceptanceForm(request.POST or None, initial=initial) if new else None
    if request.method == "POST" and (form is None or form.is_valid()):
        entered = form.cleaned_data if form else {"name": "", "password": ""}
        try:
            user = accept_invitation(token=token, name=entered["name"], password=entered["password"], now=now)
        except Refused as refusal:
            if form is None:
                return render(request, "account/invitation_not_good.html", {"refusal": refusal}, status=410)
            put_refusal(form, refusal)
        else:
            if new:
                login(request, user, backend="allauth.account.auth_backends.AuthenticationBackend")
                return redirect(home_of(user))
            messages.success(request, _("The invitation is accepted. Sign in as usual."))
            return redirect("account_login")
    return render(request, "account/invitation.html", {"invitation": invited, "form": form})


@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Show where the person is signed in: device, address, since, last seen; this session is marked."""
    rows = [
        {"row": row, "name": name_of(row), "device": device_of(row.agent), "this": is_this(row, request.session)}
        for row in sessions_of(request.user, now=timezone.now())
    ]
    return render(request, "account/sessions.html", {"rows": rows})


@login_required
@asks_again
@posted(lambda *_args, **_kwargs: redirect("sessions"))
def sessions_end(request: HttpRequest) -> HttpResponse:
    """End one of the person's sessions, or all but this one."""
    name = request.POST.get("session", "")
    if name:
        try:
            end_session(person=request.user, name=name, now=timezone.now())
        except SessionNotFound as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The session is ended."))
    else:
        end_sessions_of(request.user, keep=request.session)
        messages.success(request, _("All other sessions are ended."))
    return redirect("sessions")


@login_required
@posted(lambda request: redirect(home_of(request.user)))
def choose_account(request: HttpRequest) -> HttpResponse:
    """Act for another of the person's accounts from now on."""
    chosen = request.POST.get("account", "")
    if request.impersonator is not None or not chosen.isdecimal():
        raise Http404
    account = get_object_or_404(accounts_of(request.user), pk=int(chosen))
    request.session[CHOSEN_ACCOUNT] = account.pk
    return redirect(home_of(request.user))


def home(request: HttpRequest) -> HttpResponse:
    """Lead to the page on which the person starts; a stranger to the sign-in."""
    return redirect(home_of(request.user) if request.user.is_authenticated else settings.LOGIN_URL)


def account_to_sign_in_as(request: HttpRequest, account_id: int) -> HttpResponse:
    """Lead to the account's page, which has the button."""
    return redirect("operator:account", account_id)


class SignInAsOwner(AcquireUserView):
    """Signs a manager in as the owner of an account; POST only."""

    http_method_names = ["post"]
    account: Account
    trail: SignInAs

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Skip hijack's own form field: whom to become follows from the account in the address."""
        return super(AcquireUserView, self).dispatch(request, *args, **kwargs)

    def test_func(self) -> bool:
        """Return whether the role allows it; an account that is not visible is not found."""
        account = get_object_or_404(accounts_visible_to(self.request.actor), pk=self.kwargs["account_id"])
        self.account = account
        return self.request.actor.may("sign_in_as.use")

    def get_object(self, queryset: object = None) -> object:
        """Return the owner."""
        return self.trail.user

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Become the owner, acting for exactly this account."""
        try:
            self.trail = begin_sign_in_as(
                actor=request.actor, account=self.account, ip_address=client_address(request), now=timezone.now()
            )
        except SignInAsRefused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.get_redirect_url() or home_of(request.user))
        manager = request.user
        response = super().post(request, *args, **kwargs)
        begin_visit(request, trail=self.trail, manager=manager)
        return response

    def get_success_url(self) -> str:
        """Return the customer's home."""
        return home_of(self.trail.user)


class SignInAsEnd(ReleaseUserView):
    """Brings a manager back to the own session; POST only."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """End the trail and become the manager again."""
        trail_id = request.session.get(TRAIL)
        response = super().post(request, *args, **kwargs)
        if trail_id is not None:
            end_sign_in_as(trail_id=trail_id, now=timezone.now())
        request.session.pop(CHOSEN_ACCOUNT, None)
        return response

    def get_success_url(self) -> str:
        """Return where the manager came from if that is given and safe, else the operator panel."""
        return self.get_redirect_url() or home_of(self.request.user)
