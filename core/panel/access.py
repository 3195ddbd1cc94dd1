"""Who may open a page: every view of the panels declares the right that it needs."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase

from core.panel.asking import PanelRequest
from core.panel.once import repeated
from core.panel.remedies import Translation, no_remedies

View = Callable[..., HttpResponseBase]


class Door:
    """The door of one panel: signed in, the right kind of person, and the right that the page declares.

    `admits` says whether an actor belongs into this panel at all; who does not gets a 404, as for any unknown address.
    `remedies` leads from what is refused to where it is put right in this panel.
    """

    def __init__(self, admits: Callable[[Any], bool], *, remedies: Translation = no_remedies) -> None:
        self.admits = admits
        self.remedies = remedies

    def requires(self, right: str, *, own: bool = False) -> Callable[[View], View]:
        """Return the decorator of a view that needs `right` ("" for every person of this panel).

        A form that was carried out before is answered here, with where it led (core/panel/once.py).

        `own` says that the page is for the person alone: not for who is signed in as that person (accounts/gate.py asks
        it). Both declarations stay readable on the view, so that tests can compare them with the table of rights.
        """

        def decorate(view: View) -> View:
            @wraps(view)
            def behind_the_door(request: PanelRequest, *args: object, **kwargs: object) -> HttpResponseBase:
                actor = request.actor
                if actor is None:
                    return redirect_to_login(request.get_full_path())
                if not self.admits(actor):
                    raise Http404
                request.remedies = self.remedies  # type: ignore[attr-defined]  # read by core/panel/remedies.py
                if right and not actor.may(right):
                    raise PermissionDenied
                earlier = repeated(request)
                if earlier is not None:
                    return earlier
                return view(request, *args, **kwargs)

            behind_the_door.right = right  # type: ignore[attr-defined]  # read by tests/security/sweeps/test_rights.py
            behind_the_door.own = own  # type: ignore[attr-defined]  # read by accounts/gate.py
            behind_the_door.door = self  # type: ignore[attr-defined]  # the same
            return behind_the_door

        return decorate
