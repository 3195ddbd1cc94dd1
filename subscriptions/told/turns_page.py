"""The page on which an account's subscriptions are put in order, the same in both panels."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.models import Account
from billing.funds import funds_of
from core.panel.page import Page
from core.panel.quantities import whole_number
from core.versions import edited
from subscriptions.models import Subscription
from subscriptions.people.turns import in_turn, set_turns
from subscriptions.told.turns import last_set, turns_of

ROWS_OF_A_PAGE = 100
FIELD = "place."
# A button that moves one subscription: its id and by how many places.
MOVE = "move"


def show_turns(
    request: HttpRequest, account: Account, *, page: Page, link: str, back: str, today: date
) -> HttpResponse:
    """Show the order of the account's subscriptions and what it means (GET), or keep another one (POST).

    `link` names the address of one subscription in the panel, `back` is where the person came from.
    """
    asked: Any = request
    number = max(whole_number(request.GET.get("page", "")), 1)
    shown = slice((number - 1) * ROWS_OF_A_PAGE, number * ROWS_OF_A_PAGE)

    def build(*sent: QueryDict) -> forms.Form:
        rows = _rows(account)
        return _form(rows, _moved(sent[0]), list(rows)) if sent else _form(rows, None, list(rows)[shown])

    def keep(answers: dict[str, int]) -> str:
        places = {one.pk: place for one, place in _rows(account).items() if answers.get(name_of(one), place) != place}
        places = {pk: answers[f"{FIELD}{pk}"] for pk in places}
        set_turns(actor=asked.actor, account=account, places=places, today=today)
        messages.success(request, _("The order is saved."))
        return request.get_full_path()

    came = edited(request, build, keep, row=account, author=lambda: last_set(account))
    if came.url:
        return redirect(came.url)
    rows = list(_rows(account))
    turns = turns_of(account, rows[shown], today)
    context = {
        "page": page,
        "form": came.form,
        "account": account,
        "funds": funds_of(account),
        "rows": [(turn, came.form[name]) for turn in turns if (name := name_of(turn.subscription)) in came.form.fields],
        "last": len(rows),
        "link": link,
        "cancel": back,
        "earlier": number - 1,
        "later": number + 1 if len(rows) > number * ROWS_OF_A_PAGE else 0,
    }
    return render(request, "components/turns_page.html", context, status=came.status)


def name_of(subscription: Subscription) -> str:
    """Return the name of the input for a subscription's place."""
    return f"{FIELD}{subscription.pk}"


def _rows(account: Account) -> dict[Subscription, int]:
    """Return what the account has, in the order in which the night serves it, with the place of each."""
    rows = in_turn(account).only("name", "status", "stop_reason", "next_billing_day", "expiration_date")
    return {one: place for place, one in enumerate(rows, start=1)}


def _form(rows: Mapping[Subscription, int], sent: QueryDict | None, of_page: list[Subscription]) -> forms.Form:
    """Return the form that asks for the places of some of the rows: of a page, or of those that were sent."""
    form = forms.Form(sent)
    for one in of_page:
        if sent is None or name_of(one) in sent:
            label = _("Place of “%(name)s”") % {"name": one.name}
            told = {"class": "form-control", "aria-label": label, "inputmode": "numeric", "autocomplete": "off"}
            form.fields[name_of(one)] = forms.IntegerField(
                label=label, initial=rows[one], min_value=1, max_value=len(rows), widget=forms.NumberInput(attrs=told)
            )
    return form


def _moved(sent: QueryDict) -> QueryDict:
    """Return what was sent with the place that a button for moving says."""
    name, _colon, by = sent.get(MOVE, "").partition(":")
    place = whole_number(sent.get(f"{FIELD}{name}", ""))
    if by not in ("1", "-1") or not place:
        return sent
    moved = sent.copy()
    moved[f"{FIELD}{name}"] = str(place + int(by))
    return moved
