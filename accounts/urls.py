"""Addresses of sign-in (django-allauth's, without sign-up and e-mail pages) and of people's own pages."""

from allauth.account import views as allauth_views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path, re_path

from accounts import views
from core.panel.posted import posted


def not_here(_request: HttpRequest) -> HttpResponse:
    """Answer 404: people come by invitation, and e-mails are changed by managers; allauth links to these by name."""
    raise Http404


urlpatterns = [
    path("invitations/<str:token>/", views.invitation, name="accept_invitation"),
    path("choose/", views.choose_account, name="choose_account"),
    path("sign-in-as/end/", posted(views.home)(views.SignInAsEnd.as_view()), name="sign_in_as_end"),
    path(
        "sign-in-as/<int:account_id>/",
        posted(views.account_to_sign_in_as)(views.SignInAsOwner.as_view()),
        name="sign_in_as_owner",
    ),
    path("sessions/", views.sessions, name="sessions"),
    path("sessions/end/", views.sessions_end, name="sessions_end"),
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("inactive/", allauth_views.account_inactive, name="account_inactive"),
    path("reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth_views.password_change, name="account_change_password"),
    path("password/reset/", allauth_views.password_reset, name="account_reset_password"),
    path("password/reset/done/", allauth_views.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path("2fa/", include("allauth.mfa.urls")),
    path("signup/", not_here, name="account_signup"),
    path("email/", not_here, name="account_email"),
    path("confirm-email/", not_here, name="account_email_verification_sent"),
    path("password/set/", not_here, name="account_set_password"),
    path("login/code/confirm/", not_here, name="account_confirm_login_code"),
]
