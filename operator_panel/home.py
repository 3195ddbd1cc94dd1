"""The operator panel's home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from core.panel.page import Page


def home(request: HttpRequest) -> HttpResponse:
    """Show where to go; what needs attention is added by operator_panel/views/home.py."""
    return render(request, "operator_panel/home.html", {"page": Page(title=_("Home"))})
