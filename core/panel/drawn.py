"""For whom a form was drawn: a signed mark beside its CSRF token, compared when the form comes back.

Who asks may have changed since, in another tab: another account was chosen, another person signed in. The floor that
knows people gives each actor a `standing` (a short text) and compares it (accounts/gate.py).
"""

from django.core import signing
from django.http import HttpRequest

FIELD = "drawn_for"
# The same for what a script sends without a form.
HEADER = "X-Drawn-For"
NOBODY = "nobody"

# Signed, so that the page which refuses a form may name whom it was drawn for.
_signer = signing.Signer(salt="core.panel.drawn")


def mark_for(request: HttpRequest) -> str:
    """Return the mark of what is drawn in answer to the request."""
    actor = getattr(request, "actor", None)
    return _signer.sign(actor.standing if actor is not None else NOBODY)


def drawn_for(request: HttpRequest) -> str | None:
    """Return the standing that the form which is sent was drawn for; None where it has no mark of ours."""
    mark = request.POST.get(FIELD) or request.headers.get(HEADER, "")
    try:
        return _signer.unsign(mark)
    except signing.BadSignature:
        return None
