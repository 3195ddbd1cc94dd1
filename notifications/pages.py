"""The page of a person's messages, the same in every panel."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.panel.page import Crumb, Page
from notifications.reading import read_messages


def show_messages(request: HttpRequest, *, home: str, empty: str, now: datetime) -> HttpResponse:
    """Answer with every message of the person, the newest first, and note that they were read.

    `home` is the address of the panel's first page, `empty` what stands where nothing was told yet.
    """
    asked: Any = request
    title = _("Messages")
    context = {
        "page": Page(title=title, crumbs=(Crumb(_("Home"), home), Crumb(title))),
        "news": read_messages(actor=asked.actor, page=request.GET.get("page"), now=now),
        "empty": empty,
    }
    return render(request, "components/messages_page.html", context)
