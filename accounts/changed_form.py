"""The answer to a form that was drawn for somebody else: who that was, who would send it now, and the way on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actors import ActorKind, MayNotAct, actor_of
from accounts.models import Account, Reseller, User
from accounts.sign_in import home_of
from accounts.visits import CHOSEN_ACCOUNT
from core.panel.drawn import NOBODY

# Of Actor.standing: kind, person and manager behind it; what follows is the account or the reseller.
PERSON = 3
# The button that acts for the form's account again and takes the form.
AGAIN = "act_for_it_again"
TOKEN = "csrfmiddlewaretoken"  # noqa: S105 (the name of Django's field)


@dataclass(frozen=True)
class Standing:
    """Actor.standing read back: who acted, for which account or reseller; rows that are gone are None."""

    kind: str
    user: User | None
    impersonator: User | None
    place: Account | Reseller | None

    @classmethod
    def of(cls, text: str) -> "Standing":
        """Return what the text of a mark of ours says; of NOBODY too."""
        kind, user, impersonator, place = (text if text != NOBODY else ":::").split(":")
        people = User.objects.in_bulk([int(pk) for pk in (user, impersonator) if pk])
        places = Account if kind == ActorKind.CUSTOMER else Reseller
        found = places.objects.filter(pk=int(place)).first() if place else None
        return cls(kind, people.get(int(user or 0)), people.get(int(impersonator or 0)), found)

    @property
    def title(self) -> str:
        """Who acted for whom, in words."""
        person = str(self.user or "—")
        if self.impersonator is not None:
            person = _("%(manager)s, signed in as %(user)s") % {"manager": self.impersonator, "user": person}
        return f"{person} ({self.place or '—'})"


def unmarked(request: HttpRequest) -> HttpResponse:
    """Answer a form that carries no mark of ours."""
    text = _("The form does not say whom it was drawn for. Nothing was changed. Reload the page and send it again.")
    return _refused(request, _("This form cannot be taken"), text)


def changed(request: HttpRequest, drawn: str, *, may_send_again: bool) -> HttpResponse:
    """Answer a form that was drawn for `drawn` (Actor.standing); what was typed is kept where it may be sent again."""
    was, now = Standing.of(drawn), Standing.of(request.actor.standing)
    same_person = drawn.split(":")[:PERSON] == request.actor.standing.split(":")[:PERSON]
    if drawn == NOBODY:
        text = _(
            "The page was opened before you signed in as %(now)s. Nothing was changed. Reload it and send it again."
        )
    elif not same_person or was.kind != ActorKind.CUSTOMER or was.impersonator is not None:
        text = _(
            "The form was drawn for %(was)s; now you are signed in as %(now)s, from another tab perhaps. Nothing was"
            " changed. Sign in as before to send it, or open the page anew."
        )
    else:
        return _another_account(request, was.place, may_send_again=may_send_again)
    values = {"was": was.title, "now": now.title}
    return _refused(request, _("This form was drawn for somebody else"), text % values)


def act_again(request: HttpRequest, drawn: str) -> bool:
    """Choose the form's account again for the same person and return whether that could be done."""
    account_id = int(drawn.rpartition(":")[2])
    if request.impersonator is not None or drawn.split(":")[:PERSON] != request.actor.standing.split(":")[:PERSON]:
        return False
    try:
        request.actor = actor_of(request.user, account=account_id)
    except MayNotAct:
        return False
    request.session[CHOSEN_ACCOUNT] = account_id
    return True


def _another_account(request: HttpRequest, was: Account | None, *, may_send_again: bool) -> HttpResponse:
    values = {"was": was, "now": request.actor.account}
    try:
        actor_of(request.user, account=was or 0)
    except MayNotAct:
        text = _(
            "The form was drawn for the account %(was)s, which you can no longer act for. Nothing was changed. You now"
            " act for %(now)s."
        )
        return _refused(request, _("This form was drawn for another account"), text % {**values, "was": was or "—"})
    text = _(
        "The form was drawn for the account %(was)s; meanwhile %(now)s was chosen, in another tab perhaps. Nothing was"
        " changed. Act for %(was)s again and send the form, or open the page anew for %(now)s."
    )
    again = {"again": AGAIN, "was": was, "sent": list(_sent(request)), "address": request.get_full_path()}
    title = _("This form was drawn for another account")
    return _refused(request, title, text % values, **(again if may_send_again else {}))


def _sent(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """Yield what was typed, and the mark; never a password, never a token."""
    for name, values in request.POST.lists():
        if name not in (TOKEN, AGAIN) and "password" not in name:
            yield from ((name, value) for value in values)


def _refused(request: HttpRequest, title: str, text: str, **more: object) -> HttpResponse:
    context = {"title": title, "text": text, "home": home_of(request.user), **more}
    if getattr(request, "htmx", False):
        # A part of a page asked: the whole page is loaded anew and says it.
        messages.error(request, text)
        return HttpResponse(text, status=409, headers={"HX-Refresh": "true"})
    return render(request, "gate.html", context, status=409)
