"""Every button that is offered to every role on every object is carried out: no page offers what it could know."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from accounts.models import AccessLevel, Role
from customer_panel import urls as customer
from operator_panel import urls as operator
from tests.offers.pressing import Found, walk
from tests.offers.world import PART, World, build
from tests.security.world import Person

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.prove]

PANELS = {"operator": operator.urlpatterns, "customer": customer.urlpatterns}
# What no walk comes by, and why.
NOT_MET = {
    "customer:subscription_act": "only where a vendor offers more than the usual steps",
    "operator:subscription_act": "the same",
    "operator:subscription_settle": "only where nobody knows whether a vendor did what is not sent twice",
    "operator:vendor_connection_check": "asks the vendor, whom the world has not",
    "customer:subscription_secrets": "only where a vendor has told a first password",
    "operator:plan_draft": "the draft lies in the session, which is rolled back; see views/test_plan_wizard.py",
    "plan_markup": "only where a net cost is known; see views/test_plan_markups.py",
    "operator:vendor_connection_revoke": "a grant is given by the vendor, whom the world has not",
    # Of these the world of the walk has no object yet: their buttons are pressed by the tests of their views.
    **dict.fromkeys(
        ("correction", "correction_approve", "correction_decline", "correction_log"), "views/test_corrections.py"
    ),
    **dict.fromkeys(
        ("guaranteed_payment", "guaranteed_payment_log", "guaranteed_payment_revoke"),
        "views/test_guaranteed_payments.py",
    ),
    **dict.fromkeys(("discount", "discount_change", "discount_log"), "views/test_discounts.py"),
    **dict.fromkeys(("tax", "tax_change", "tax_log"), "views/test_taxes.py"),
    **dict.fromkeys(
        ("price_change", "price_change_confirm", "price_change_effects", "price_change_log", "price_change_undo"),
        "views/test_price_changes.py",
    ),
    "reseller_charge": "views/test_reseller_charges.py",
    "payment_gateway": "views/test_payment_gateways.py",
    "plan_period_price": "views/test_plan_changes.py",
    "account_night": "views/test_tonight.py",
    "subscription_limit": "views/test_subscription_limit.py",
    "subscription_end": "only where a vendor holds a term; see tests/subscriptions/people/test_ending.py",
    "customer:subscription_end": "the same",
    "operator:subscription_commitment": "the same",
    "customer:subscription_commitment": "the same",
    **dict.fromkeys(
        (
            "difference",
            "difference_accept",
            "difference_log",
            "difference_restore",
            "resolution",
            "resolution_confirm",
            "resolution_lines",
            "resolution_log",
        ),
        "views/test_differences.py",
    ),
    "customer:invoice": "customer_panel/views/test_invoices.py",
    "customer:credit_note": "customer_panel/views/test_credit_notes.py",
    "credit_note": "views/test_credit_notes.py",
    "customer:payment_card": "customer_panel/views/test_payments.py",
    "customer:payment_card_leave": "the same",
}
NOT_MET = {name if ":" in name else f"operator:{name}": why for name, why in NOT_MET.items()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    files = tmp_path_factory.mktemp("media")
    with override_settings(MEDIA_ROOT=files, DEMO=True), django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


def is_mightiest(person: Person) -> bool:
    """Return whether nobody of the person's panel may do more."""
    actor = person.actor
    if actor.is_manager:
        return actor.user.role == Role.ADMIN
    membership = actor.user.memberships.get(account=actor.account)
    return membership.access_level == AccessLevel.OWNER


@pytest.fixture(scope="module")
def found(world: World) -> Found:
    found = Found()
    for place, person in enumerate(world.people):
        pages = world.operator_pages if person.actor.is_manager else world.customer_pages[person.actor.account.pk]
        if not is_mightiest(person):
            pages = pages[place % PART :: PART]
        walk(person, pages, found)
    return found


def test_no_button_is_offered_that_is_refused(found: Found) -> None:
    if found.refused:
        pytest.fail("offered, and refused:\n" + "\n".join(found.refused), pytrace=False)


def test_every_address_of_both_panels_was_met(found: Found) -> None:
    """So that the walk cannot pass by meeting nothing; what it cannot come by says why."""
    known = {f"{panel}:{pattern.name}" for panel, patterns in PANELS.items() for pattern in patterns}
    missed = sorted(known - found.opened - set(NOT_MET))
    assert not missed, "never met: " + ", ".join(missed)
