"""What a manager was told: by letters as well, or in the panel only."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.pages import show_messages
from operator_panel.doors import requires


@requires("")
def messages(request: HttpRequest) -> HttpResponse:
    """Show every message of the person, the newest first."""
    empty = _("What happens to accounts, services and money that you look after is told here.")
    return show_messages(request, home=reverse("operator:home"), empty=empty, now=timezone.now())
