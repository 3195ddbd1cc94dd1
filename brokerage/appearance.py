"""The choice of language and theme: kept in the browser, and for who is signed in also with the person."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language

from accounts.profile import choose_language_and_theme
from core.panel.context import THEME_COOKIE, THEMES
from core.panel.posted import posted

YEAR = 365 * 24 * 3600


@posted(lambda *_args: redirect("/"))
def appearance(request: HttpRequest) -> HttpResponse:
    """Keep the language or theme that was pressed and go back to the page that it was pressed on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        back = "/"
    answer = HttpResponseRedirect(back)
    language, theme = request.POST.get("language", ""), request.POST.get("theme", "")
    offered = dict(settings.LANGUAGES)
    if language not in offered or not check_for_language(language):
        language = ""
    if theme not in THEMES:
        theme = ""
    if language:
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR, samesite="Lax")
    if theme:
        answer.set_cookie(THEME_COOKIE, theme, max_age=YEAR, samesite="Lax")
    if request.user.is_authenticated and (language or theme):
        choose_language_and_theme(user=request.user, language=language or None, theme=theme or None)
    return answer
