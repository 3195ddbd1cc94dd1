"""Every confirmation of both panels: money is shown by one mechanism, what is lost for good is typed.

The views are found by reading the source: a new one that writes its own words about money, or deletes without asking
for the name, fails here.
"""

import ast
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AccessLevel, Account
from subscriptions.models import Subscription
from tests.browsing import form_of
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import subscriptions as make

PANELS = ("operator_panel", "customer_panel")
# Every view that confirms, and whether money moves by it: all that does is shown by subscriptions/told/showing.py.
MOVES_MONEY = {
    "operator_panel": {
        "account_order_plan", "subscription_change", "subscription_renew", "subscription_auto_renew",
        "subscription_stop", "subscription_activate", "subscription_switch", "subscription_close_charges",
        "subscription_end",
        "subscription_delete", "order_pay", "order_cancel", "order_give_up", "payment_approve", "payment_reassign",
        "correction_approve", "guaranteed_payment_revoke",
    },
    "customer_panel": {
        "subscription_change", "subscription_stop", "subscription_activate", "subscription_delete",
        "subscription_renew", "subscription_auto_renew", "subscription_switch", "subscription_end",
        "order_plan_check", "order_pay_from_balance",
    },
}  # fmt: skip
MOVES_NONE = {
    "operator_panel": {
        "subscription_retry": "what was ordered is asked for again",
        "payment_cancel": "nobody is asked for the money any more",
        "correction_decline": "the balance stays as it is",
        "payment_return": "a note of a transfer made by hand",
        "account_hold": "what is stopped is charged as it is stopped, by the hold",
        "account_release": "the same",
        "account_delete": "only an account without money",
        "account_user_remove": "a person", "account_invitation_withdraw": "a letter",
        "profile_token_revoke": "a token", "manager_second_factor_reset": "a sign-in",
        "plan_deactivate": "an offer", "plan_activate": "an offer", "plan_period_withdraw": "an offer",
        "plan_draft": "an offer", "plan_markup": "prices of what is charged later",
        "vendor_connection_revoke": "a vendor's permissions",
        "resolution_confirm": "what each line moves stands in the list above the button",
    },
    "customer_panel": {},
}  # fmt: skip
# What confirms, and the helpers of views that lead there.
DEEDS = {
    "confirming", "settled", "operation", "_answer", "_moved", "_confirmed", "_confirmation", "_switched",
    "_payment_of",
}  # fmt: skip


def _calls(node: ast.AST, names: set[str]) -> list[ast.Call]:
    return [
        one for one in ast.walk(node)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in names
    ]  # fmt: skip


def _trees(panel: str) -> list[ast.Module]:
    return [ast.parse(path.read_text()) for path in sorted(Path(panel, "views").glob("*.py"))]


def _is_view(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and any(isinstance(one, ast.Call) for one in node.decorator_list)


@pytest.mark.parametrize("panel", PANELS)
def test_every_view_that_confirms_is_known(panel: str) -> None:
    found = {
        node.name for tree in _trees(panel) for node in tree.body
        if _is_view(node) and _calls(node, DEEDS)
    }  # fmt: skip
    known = MOVES_MONEY[panel] | set(MOVES_NONE[panel])
    assert found == known, "say whether money moves by it"


@pytest.mark.parametrize("panel", PANELS)
def test_nobody_words_money_by_himself(panel: str) -> None:
    """A confirmation that is not of `shown_of` says that no money moves: charges=None."""
    for tree in _trees(panel):
        for call in _calls(tree, {"Shown"}):
            given = {word.arg: word.value for word in call.keywords}
            nothing = given.get("charges")
            assert isinstance(nothing, ast.Constant), ast.unparse(call)
            assert nothing.value is None
            assert not {"total", "monthly", "balance_after"} & set(given)


@pytest.fixture
def acme(db: None) -> Account:
    return cast.account(name="Acme")


@pytest.fixture
def subscription(acme: Account) -> Subscription:
    today = timezone.localdate()
    money.top_up(account=acme, amount="500", today=today)
    return make.subscription(account=acme, plan=make.plan(), today=today)


def _browsers(acme: Account) -> dict[str, Client]:
    people = {"operator": cast.manager(), "customer": cast.customer_user(account=acme, access_level=AccessLevel.OWNER)}
    browsers = {panel: Client() for panel in people}
    for panel, person in people.items():
        browsers[panel].force_login(person)
    return browsers


def _deletions() -> list[str]:
    return [
        f"{panel.removesuffix('_panel')}:{name}" for panel in PANELS
        for name in MOVES_MONEY[panel] | set(MOVES_NONE[panel]) if name.endswith("_delete")
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(_deletions()))
def test_what_is_lost_for_good_is_typed(name: str, acme: Account, subscription: Subscription) -> None:
    browser = _browsers(acme)[name.partition(":")[0]]
    row = subscription if "subscription" in name else cast.account(name="Empty & Co")
    asked = browser.get(reverse(name, args=[row.pk]))
    for wrong in ("", "x", f"{row.name} 2"):
        refused = form_of(asked, holding="confirmed").send(browser, typed=wrong)
        row.refresh_from_db()
        assert (refused.status_code, row.status) == (422, "active")
        assert "type it as it stands above" in refused.content.decode()
    done = form_of(refused, holding="confirmed").send(browser, typed=f" {row.name.upper()} ")
    row.refresh_from_db()
    assert (done.status_code, row.status) == (302, "deleted")


@pytest.mark.django_db
@pytest.mark.parametrize("panel", ["operator", "customer"])
def test_every_operation_shows_today_and_each_month(panel: str, acme: Account, subscription: Subscription) -> None:
    browser = _browsers(acme)[panel]
    pages = {
        "change": {"quantities.seats": 8, "pay_from_balance": "on", "key": "a"}, "stop": {"comment": "x"},
        "activate": {}, "delete": {},
    }  # fmt: skip
    each = {"change": "$80.00", "stop": "$0.00", "activate": "$80.00", "delete": "$0.00"}
    for deed, answers in pages.items():
        address = reverse(f"{panel}:subscription_{deed}", args=[subscription.pk])
        asked = browser.post(address, answers) if answers else browser.get(address)
        shown = asked.context["shown"]
        page = asked.content.decode()
        assert "Each month from" in page, deed
        assert each[deed] in page, deed
        assert shown.monthly_from > timezone.localdate()
        assert shown.balance_after is not None
        assert form_of(asked, holding="confirmed").send(browser).status_code == 302
