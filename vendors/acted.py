"""What came of an action at a vendor, as the answer to a browser: a sentence, a page to open, a file."""

from collections.abc import Callable
from io import BytesIO
from urllib.parse import urlsplit

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from core.errors import Refused
from core.panel.page import Page
from vendors.capabilities import Document, Link, Said
from vendors.errors import kept as kept_values
from vendors.errors import sentence


def answered(request: HttpRequest, deed: Callable[[], Said | Link | Document], *, back: str) -> HttpResponseBase:
    """Do what a button says and return its answer; a refusal is said on the page at `back`, where a GET leads too."""
    if request.method != "POST":
        return redirect(back)
    try:
        outcome = deed()
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    return answer_of(request, outcome, back=back)


def answer_of(request: HttpRequest, outcome: Said | Link | Document, *, back: str) -> HttpResponseBase:
    """Return the answer: the sentence on the page at `back`, a page that leads to the vendor's, or the file."""
    if isinstance(outcome, Document):
        found = FileResponse(BytesIO(outcome.content), as_attachment=True, filename=outcome.name)
        found["Content-Type"] = outcome.media_type
        found["Cache-Control"] = "no-store"
        return found
    if isinstance(outcome, Link) and urlsplit(outcome.url).scheme not in ("http", "https"):
        messages.error(request, _("The vendor's link leads to no page of the web. Ask your provider."))
        return redirect(back)
    if isinstance(outcome, Link):
        # A form may not be sent on to another server (form-action of the Content-Security-Policy): a link leads there.
        page = Page(title=_("Go on to the vendor"))
        context = {"page": page, "url": outcome.url, "server": urlsplit(outcome.url).netloc, "back": back}
        return render(request, "components/leaving.html", context)
    messages.success(request, sentence(outcome.message, kept_values(outcome.values)))
    return redirect(back)
