"""The pages of the consent: leaving for Microsoft and coming back.

Every plugin of Microsoft's has them below its own slug (vendors/urls.py): the address tells which plugin is meant.
"""

import json

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from core.errors import Refused
from core.panel.access import Door
from core.panel.page import Crumb, Page
from core.panel.posted import posted
from core.secrets import decrypt, encrypt
from vendors import connections
from vendors.capabilities import GRANT_NOW
from vendors.models import VendorConnection
from vendors.queries import connections_visible_to

# Where the flow (PKCE verifier, nonce, state) waits, encrypted, in the session of the manager who began it.
SESSION_KEY = "%s_consent"
# Managers only, as in the operator panel that leads here.
requires = Door(lambda actor: actor.is_manager).requires
ANSWER_FIELDS = ("code", "state", "session_state", "client_info", "error", "error_description", "error_uri")


@requires("vendor_connections.change")
@posted(lambda _request, connection_id: _page(connection_id))
def begin(request: HttpRequest, connection_id: int) -> HttpResponseBase:
    """Send the manager to Microsoft's consent page, for the first grant and for every later one."""
    request.session[GRANT_NOW] = _connection(request, connection_id).pk
    return redirect(f"vendors:{_plugin(request)}:leave")


@requires("vendor_connections.change")
def leave(request: HttpRequest) -> HttpResponseBase:
    """Begin the consent that a form of ours has just asked for, and lead the browser to Microsoft's page.

    By a page, not by a redirect: where a form's answer may lead is fixed for the whole site (form-action), and each
    connection has a sign-in server of its own. Without a form before it this page does nothing.
    """
    wanted = request.session.pop(GRANT_NOW, None)
    if wanted is None:
        return redirect("operator:vendor_connections")
    connection = _connection(request, wanted)
    try:
        consent = connections.begin_consent(
            actor=request.actor, connection=connection, redirect_uri=_reply_address(request), now=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(connection.pk)
    if consent is None:
        messages.error(request, connection.last_error)
        return _page(connection.pk)
    kept = {"connection": str(connection.pk), "state": consent.state, "flow": json.dumps(consent.flow)}
    request.session[SESSION_KEY % _plugin(request)] = encrypt(kept)
    page = Page(title=_("On the way to Microsoft"), crumbs=(Crumb(connection.name, _page(connection.pk).url),))
    answer = render(request, "vendors/leaving.html", {"page": page, "url": consent.url})
    answer.headers["Refresh"] = f"0; url={consent.url}"
    return answer


# Exempt from the CSRF token because the form is Microsoft's (response_mode=form_post): what protects the answer is the
# state, which only the session that began the consent knows. The form carries no session cookie (SameSite), so a POST
# is only turned into a GET of the same answer, and the GET is where it counts.
@csrf_exempt
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest) -> HttpResponseBase:
    """Take Microsoft's answer, complete the consent and show the connection as it then stands."""
    answer = {name: value for name, value in _answer(request).items() if name in ANSWER_FIELDS}
    if request.method == "POST":
        return HttpResponse(status=303, headers={"Location": f"{request.path}?{_query(request)}"})
    kept = decrypt(request.session.pop(SESSION_KEY % _plugin(request), ""))
    if not kept or kept["state"] != answer.get("state"):
        messages.error(
            request, _("This grant was begun elsewhere or is finished. Open the connection and grant again.")
        )
        return redirect("operator:vendor_connections")
    connection = _connection(request, int(kept["connection"]))
    try:
        connection = connections.complete_consent(
            actor=request.actor,
            connection=connection,
            flow=json.loads(kept["flow"]),
            answer=answer,
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _page(connection.pk)
    if connection.last_error:
        messages.error(request, connection.last_error)
    else:
        messages.success(request, _("The permissions are granted and checked: the connection can be used."))
    return _page(connection.pk)


def _plugin(request: HttpRequest) -> str:
    """Return the slug of the plugin below which the page stands."""
    return str(request.resolver_match.namespaces[-1])


def _connection(request: HttpRequest, connection_id: int) -> VendorConnection:
    actor = getattr(request, "actor", None)
    if actor is None:
        raise Http404
    return get_object_or_404(connections_visible_to(actor), pk=connection_id, plugin=_plugin(request))


def _answer(request: HttpRequest) -> dict[str, str]:
    return (request.POST if request.method == "POST" else request.GET).dict()


def _query(request: HttpRequest) -> str:
    kept = request.POST.copy()
    for name in list(kept):
        if name not in ANSWER_FIELDS:
            del kept[name]
    return kept.urlencode()


def _reply_address(request: HttpRequest) -> str:
    """Return the reply URL as it is registered at Microsoft: one address for all connections of the plugin."""
    return request.build_absolute_uri(reverse(f"vendors:{_plugin(request)}:callback"))


def _page(connection_id: int) -> HttpResponseRedirect:
    return redirect("operator:vendor_connection", connection_id)
