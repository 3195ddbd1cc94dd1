"""An account is chosen by searching for it: by its name, e-mail, tax number or id, as in the list of accounts."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Account
from core.panel.page import Page
from operator_panel.lists.accounts import ACCOUNTS

MOST = 20
SEARCH = "q"


def choose_account(
    request: HttpRequest, *, page: Page, accounts: Any, leads_to: Callable[[Account], str], first: Account | None = None
) -> HttpResponse:
    """Answer with a search box and what it finds among the accounts, each with a link to where it is chosen for.

    `first` is offered before anything is typed. Found are at most MOST; more are said to be there.
    """
    text = " ".join(request.GET.get(SEARCH, "").replace("\0", "").split())[:200]
    found: list[Account] = [first] if first is not None and not text else []
    search = ACCOUNTS.search
    if text and search is not None:
        rows = search.find(accounts, text, request.actor).rows
        found = list(rows.select_related("reseller").order_by("name", "pk")[: MOST + 1])
    context = {
        "page": page,
        "text": text,
        "hint": ACCOUNTS.search_hint,
        "choices": [(account, leads_to(account)) for account in found[:MOST]],
        "more": _("There are more: type more of the name.") if len(found) > MOST else "",
    }
    return render(request, "operator_panel/choose_account.html", context)
