"""Every page of the operator panel opens for who has its right, is refused to who has not, and takes as many statements
for three rows as for one. The pages are read from the urlconf, so that none is forgotten."""

import os
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import SYSTEM, Actor, actor_of
from accounts.invitations import invite_users
from accounts.models import Account, Role, User
from accounts.roles import MANAGER_RIGHTS
from billing.corrections import ask_correction
from billing.guarantees import give_guarantee
from billing.models import Payment
from billing.payments import cancel_payment, complete_payment, open_top_up
from operator_panel.urls import urlpatterns
from subscriptions.catalogue.products import create_product
from subscriptions.catalogue.taxes import Levied, create_tax
from subscriptions.models import DifferenceKind, PriceRule, Subscription
from subscriptions.people.price_changes import draft_price_change
from tests.factories import accounts as cast
from tests.factories import billing as money
from tests.factories import differences as different
from tests.factories import discounts as grant
from tests.factories import subscriptions as make
from tests.factories.billing import owed
from tests.factories.taxes import credit_note
from tests.operator_panel.conftest import signed_in, text_of
from vendors.connections import add_connection

pytestmark = pytest.mark.django_db

EVERYTHING = bool(os.environ.get("PROVE"))

# These lead on to their first step at once.
LEADS_ON = {
    "order_correct", "plan_create", "plan_draft", "profile_token_new",
    "subscription_act", "subscription_settle",
}  # fmt: skip
# Found by nobody else, an administrator neither: tests/operator_panel/views/test_api_tokens.py.
OF_ONE_PERSON = {"profile_token_revoke"}
# What these do is not possible in the status of the objects below: the page says so.
NOT_NOW = {
    "price_change_undo", "subscription_activate", "subscription_close_charges", "vendor_connection_revoke",
    "order_cancel", "order_give_up", "order_pay", "difference_restore", "resolution_confirm",
}  # fmt: skip
# What these are about is seen by who has this right too: without it the page is not there.
SEEN_BY = {
    "price_change_log": "plans.change",
    "difference_log": "differences.view",
    "resolution_log": "differences.view",
}
# What was settled at once may be of anybody's accounts: it is not there for who sees the own ones only.
OF_ALL_ACCOUNTS = ("resolution", "resolution_lines", "resolution_log")


@pytest.fixture
def addresses(subscription: Subscription, administrator: User) -> dict[str, str]:
    """One address for each name of the urlconf, of objects that exist."""
    actor = actor_of(administrator)
    keys, special = _keys(actor, subscription), _special(actor, subscription)
    found = {}
    for pattern in urlpatterns:
        name = pattern.name
        if name in OF_ONE_PERSON or getattr(pattern.callback, "posted", False):
            continue  # what takes buttons only leads to the page of its form, which is opened here
        if name in special:
            found[name] = reverse(f"operator:{name}", kwargs=special[name])
        elif "<int:pk>" in str(pattern.pattern):
            key = max((one for one in keys if name == one or name.startswith(f"{one}_")), key=len)
            found[name] = reverse(f"operator:{name}", args=[keys[key]])
        else:
            found[name] = reverse(f"operator:{name}")
    return found


def _keys(actor: Actor, subscription: Subscription) -> dict[str, int]:
    account, plan = subscription.account, subscription.plan
    connection = add_connection(
        actor=actor,
        reseller=actor.reseller,
        plugin="office365",
        name="Microsoft",
        values={"tenant_id": "t", "client_id": "c", "client_secret": "kept-secret"},
    )
    return {
        "account": account.pk,
        "account_class": account.account_class_id,
        "account_type": account.account_type_id,
        "application_template": plan.template_id,
        "charge": subscription.charges.first().pk,
        "correction": ask_correction(
            actor=SYSTEM, account=account, amount=Decimal(1), reason="One", today=timezone.localdate()
        ).pk,
        "difference": (
            differs := different.difference(
                subscription=subscription, connection=connection, kind=DifferenceKind.TERM, ours="P1Y", theirs="P1M"
            )
        ).pk,
        "resolution": different.resolution(actor=actor, differences=[differs]).pk,
        "discount": grant.promo_code("OPEN", reseller=account.reseller).pk,
        "tax": create_tax(
            actor=SYSTEM,
            reseller=account.reseller,
            levied=Levied(name="One", percent=Decimal(20), valid_from=timezone.localdate()),
        ).pk,
        "guaranteed_payment": give_guarantee(
            actor=SYSTEM,
            account=account,
            amount=Decimal(1),
            reason="One",
            today=timezone.localdate(),
            expires_on=timezone.localdate() + timedelta(days=9),
        ).pk,
        "invoice": (invoice := money.invoice(account)).pk,
        "credit_note": credit_note(invoice).pk,
        "manager": actor.user.pk,
        "order": subscription.orders.get().pk,
        "payment": account.payments.first().pk,
        "payment_gateway": money.card_gateway(reseller=actor.reseller).pk,
        "plan": plan.pk,
        "price_change": draft_price_change(
            actor=SYSTEM,
            reseller=actor.reseller,
            plans=[plan],
            rule=PriceRule.PERCENT,
            value=Decimal(7),
            valid_from=timezone.localdate() + timedelta(days=9),
            today=timezone.localdate(),
        ).pk,
        "product": create_product(actor=actor, reseller=actor.reseller, name="Microsoft 365").pk,
        "reseller": actor.reseller.pk,
        "reseller_charge": owed(
            charge=subscription.charges.first(),
            creditor=actor.reseller,
            debtor=cast.reseller(parent=actor.reseller),
        ).pk,
        "service_term": plan.service_term_id,
        "subscription": subscription.pk,
        "vendor_connection": connection.pk,
    }


def _special(actor: Actor, subscription: Subscription) -> dict[str, dict[str, object]]:
    account, plan = subscription.account, subscription.plan
    by_use = make.plan(billing_type="payg_internal")  # a type that takes a fee of the plan's own
    cast.customer_user(account=account)
    member = cast.customer_user(account=account, access_level="user").memberships.get()
    invitation = invite_users(
        actor=actor, account=account, emails=["new@example.com"], access_level="user", now=timezone.now()
    )[0]
    connection = actor.reseller.vendor_connections.get()
    parked = _set_aside(actor, account)
    return {
        "account_change": {"pk": account.pk, "group": "person"},
        "account_order_plan": {"pk": account.pk, "plan": plan.pk},
        "account_user": {"pk": account.pk, "membership": member.pk},
        "account_user_remove": {"pk": account.pk, "membership": member.pk},
        "account_invitation_withdraw": {"pk": account.pk, "invitation": invitation.pk},
        "application_template_new": {"connection": connection.pk},
        "payment_reassign": {"pk": parked.pk},
        "payment_return": {"pk": parked.pk},
        "plan_draft": {"draft": "none", "step": "information"},
        "plan_period_withdraw": {"pk": plan.pk, "period": plan.periods.get().pk},
        "plan_period_price": {"pk": by_use.pk, "period": by_use.periods.get().pk},
        "reseller_vendor": {"pk": cast.reseller(parent=actor.reseller).pk, "connection": connection.pk},
        "plan_price": {"pk": plan.pk, "resource": plan.resources.get().pk},
        "vendor_connection_new": {"plugin": "office365"},
    }


def _set_aside(actor: Actor, account: Account) -> Payment:
    today = timezone.localdate()
    payment = open_top_up(actor=actor, account=account, amount=Decimal(5), today=today)
    cancel_payment(actor=actor, payment=payment, today=today)
    return complete_payment(actor=actor, payment=payment, today=today)


def _expected(name: str) -> int:
    if name in LEADS_ON:
        return 302
    return 422 if name in NOT_NOW else 200


@pytest.mark.prove
@pytest.mark.parametrize("role", [*Role.values])
def test_each_role_opens_exactly_the_pages_of_its_rights(addresses: dict[str, str], role: str) -> None:
    me = cast.manager(role=role)
    # A sales person sees the own accounts only.
    me.accounts_managed.set(cast.operator().accounts.all())
    client = signed_in(me)
    rights = {pattern.name: pattern.callback.right for pattern in urlpatterns}
    expected = {
        name: _expected(name) if not rights[name] or rights[name] in MANAGER_RIGHTS[role] else 403 for name in addresses
    }
    for name, right in SEEN_BY.items():
        if expected[name] == 200 and right not in MANAGER_RIGHTS[role]:
            expected[name] = 404
    if role == Role.SALES:
        expected |= {name: 404 for name in OF_ALL_ACCOUNTS if expected[name] == 200}
    # An administrator opens all; who of the others opens which, or is refused it, is drawn by turns: the right decides,
    # and tests/security/sweeps/test_rights.py refuses each to everybody. All for everybody in `make prove`.
    turn = list(Role.values).index(role)
    left_out = {
        name
        for place, name in enumerate(addresses)
        if not (EVERYTHING or role == Role.ADMIN or place % len(Role.values) == turn)
    }
    asked = {name: address for name, address in addresses.items() if name not in left_out}
    found = {name: client.get(address).status_code for name, address in asked.items()}
    assert found == {name: status for name, status in expected.items() if name not in left_out}


def test_a_manager_of_another_reseller_finds_none_of_the_objects(addresses: dict[str, str]) -> None:
    client = signed_in(cast.manager(reseller=cast.reseller(name="South")))
    of_objects = {name: address for name, address in addresses.items() if re.search(r"/\d+/", address)}
    # Account types and service terms of the operator are inherited: they may be looked at.
    inherited = {"account_type": 200, "service_term": 200}
    found = {name: client.get(address).status_code for name, address in of_objects.items()}
    assert {name: status for name, status in found.items() if status != 404} == inherited


def test_nobody_sees_a_page_signed_out_or_as_a_customer(addresses: dict[str, str]) -> None:
    stranger, customer = Client(), signed_in(cast.customer_user(account=cast.account()))
    assert {name for name, address in addresses.items() if stranger.get(address).status_code != 302} == set()
    assert {name for name, address in addresses.items() if customer.get(address).status_code != 404} == set()


def test_pages_take_as_many_statements_for_three_rows_as_for_one(
    addresses: dict[str, str], client: Client, subscription: Subscription, today: date
) -> None:
    # Pages of which the rows multiply below; a preview carries the operation out and takes what that takes.
    pages = {
        name: address
        for name, address in addresses.items()
        if not name.endswith(("_stop", "_delete", "_activate", "_pay", "_cancel", "_give_up", "_approve", "_log"))
        and name not in LEADS_ON
    }
    cast.reseller(name="Asked for by the first step of creating an account")
    make.plan()  # that a subscription can be switched to
    with transaction.atomic():
        _two_more(subscription, today)
        three = {name: _statements(client, address) for name, address in pages.items()}
        transaction.set_rollback(True)
    one = {name: _statements(client, address) for name, address in pages.items()}
    differing = {name: one[name] for name in pages if three[name] != one[name]}
    # The first visit may take more (choices are remembered): what differed is asked again, each time after a visit.
    for name in differing:
        one[name] = _statements(client, pages[name])
    _two_more(subscription, today)
    for name in differing:
        client.get(pages[name])
        three[name] = _statements(client, pages[name])
    assert {name: (one[name], three[name]) for name in differing if three[name] != one[name]} == {}


def test_pages_open_where_a_vendors_package_was_removed(addresses: dict[str, str], administrator: User) -> None:
    connection = actor_of(administrator).reseller.vendor_connections.get()
    make.bind_to_removed_plugin(connection)
    check = reverse("operator:vendor_connection_check", args=[connection.pk])
    client = signed_in(administrator)
    found = {name: client.get(address).status_code for name, address in addresses.items()}
    # No plugin asks for what it needs to be created, and nothing of its consent can be taken back.
    assert {name: status for name, status in found.items() if status != _expected(name)} == {}
    assert "is not installed" in text_of(client.post(check, follow=True))


def _two_more(subscription: Subscription, today: date) -> None:
    """Make two more rows of each kind that pages list."""
    for number in (2, 3):
        cast.manager()
        plan = make.plan(prices={"seats": "10.00"})
        make.subscription(account=subscription.account, plan=plan, today=today)
        cast.account()
        cast.customer_user(account=subscription.account, access_level="user")
        cast.reseller(name=f"Reseller of test {number}")


def _statements(client: Client, address: str) -> int:
    with CaptureQueriesContext(database) as captured:
        client.get(address)
    return len(captured)
