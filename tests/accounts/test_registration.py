"""Accounts are opened, changed, held and deleted by who may, within the own part of the tree."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from accounts.actors import Forbidden, actor_of
from accounts.invitations import accept_invitation, token_of
from accounts.models import AccessLevel, AccountMembership, AccountStatus, Invitation, Role, User
from accounts.registration import (
    AccountFieldMissing,
    AccountNotFound,
    AccountNotOfThisReseller,
    FieldNotYours,
    WrongAccountStatus,
    change_account,
    composed_name,
    delete_account,
    hold_account,
    open_account,
    release_account,
)
from accounts.signals import account_closing
from core.errors import Refused
from tests.factories import accounts as make

TODAY = date(2026, 11, 2)

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
VALUES = {
    "primary_name": "Acme",
    "email": "office@acme.example",
    "contact_first_name": "Ann",
    "contact_last_name": "Signer",
    "contact_email": "ann@acme.example",
    "contact_phone": "+375290000001",
    "country": "BY",
}


def open_acme(actor, reseller, **changes):
    fields = {
        "account_type": make.account_type(reseller=reseller),
        "account_class": make.account_class(reseller=reseller),
        "owner_email": "owner@acme.example",
        "owner_name": "Olga Owner",
        "values": VALUES,
        **changes,
    }
    return open_account(actor=actor, reseller=reseller, now=NOW, **fields)


def test_an_account_is_opened_in_its_resellers_currency_with_an_invited_owner():
    north = make.reseller(currency="EUR")
    account = open_acme(make.manager_actor(reseller=north), north)
    account.refresh_from_db()
    assert (account.name, account.currency, account.status) == ("Acme", "EUR", AccountStatus.ACTIVE)
    assert account.contact_person == "Ann Signer"
    assert account.memberships.count() == 0
    invitation = Invitation.objects.get()
    assert (invitation.email, invitation.name) == ("owner@acme.example", "Olga Owner")
    owner = accept_invitation(token=token_of(invitation), password="a long enough phrase", now=NOW)
    membership = account.memberships.get()
    assert (membership.access_level, membership.user) == (AccessLevel.OWNER, owner)
    assert (owner.name, owner.email) == ("Olga Owner", "owner@acme.example")
    assert owner.check_password("a long enough phrase")


def test_a_known_person_becomes_the_owner_by_accepting():
    north = make.reseller()
    ann = make.customer_user(account=make.account(), email="owner@acme.example")
    account = open_acme(make.manager_actor(reseller=north), north)
    assert account.memberships.count() == 0
    accept_invitation(token=token_of(Invitation.objects.get()), now=NOW)
    assert account.memberships.get().user == ann


def test_a_sales_person_becomes_the_accounts_manager():
    north = make.reseller()
    seller = make.manager_actor(reseller=north, role=Role.SALES)
    assert open_acme(seller, north).manager == seller.user


def test_accounts_are_opened_only_in_the_own_part_of_the_tree_and_by_who_may():
    cast = make.cast()
    with pytest.raises(AccountNotFound):
        open_acme(make.manager_actor(reseller=cast.south), cast.north)
    with pytest.raises(Forbidden):
        open_acme(make.manager_actor(reseller=cast.north, role=Role.OWNER), cast.north)
    with pytest.raises(Forbidden):
        open_acme(make.customer_actor(account=cast.acme), cast.north)


def test_type_and_class_belong_to_the_reseller_or_are_inherited():
    cast = make.cast()
    actor = make.manager_actor(reseller=cast.north)
    with pytest.raises(AccountNotOfThisReseller) as refusal:
        open_acme(actor, cast.north, account_type=make.account_type(reseller=cast.south))
    assert refusal.value.field == "account_type"
    with pytest.raises(AccountNotOfThisReseller) as refusal:
        open_acme(actor, cast.north, account_class=make.account_class(reseller=cast.operator))
    assert refusal.value.field == "account_class"
    inherited = make.account_type(reseller=cast.operator)
    assert open_acme(actor, cast.north, account_type=inherited).account_type == inherited


def test_nothing_is_left_of_an_account_whose_owner_cannot_be_invited():
    north = make.reseller()
    with pytest.raises(Refused, match="no e-mail address"):
        open_acme(make.manager_actor(reseller=north), north, owner_email="owner")
    assert north.accounts.count() == 0


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("%primary_name", "Acme"),
        ("%last_name %first_name %middle_name", "Signer Ann"),
        ("%first_name (%primary_name)", "Ann (Acme)"),
    ],
)
def test_the_name_follows_the_types_pattern(pattern, name):
    account = make.account(primary_name="Acme", contact_first_name="Ann", contact_last_name="Signer")
    assert composed_name(make.account_type(name_pattern=pattern), account) == name


def test_an_account_needs_a_name_and_an_e_mail():
    account = make.account()
    actor = make.manager_actor()
    with pytest.raises(AccountFieldMissing) as refusal:
        change_account(actor=actor, account=account, values={"email": ""}, today=TODAY)
    assert refusal.value.field == "email"
    empty = {"primary_name": "", "contact_first_name": "", "contact_last_name": ""}
    with pytest.raises(AccountFieldMissing) as refusal:
        change_account(actor=actor, account=account, values=empty, today=TODAY)
    assert refusal.value.field == "primary_name"


def test_a_customer_changes_the_contacts_and_not_the_terms():
    account = make.account(primary_name="Acme")
    actor = make.customer_actor(account=account)
    change_account(
        actor=actor, account=account, values={"contact_first_name": "Bob", "primary_name": "Acme Ltd"}, today=TODAY
    )
    account.refresh_from_db()
    assert (account.contact_first_name, account.name) == ("Bob", "Acme Ltd")
    with pytest.raises(FieldNotYours) as refusal:
        change_account(actor=actor, account=account, values={"credit_limit_override": Decimal(1000)}, today=TODAY)
    assert refusal.value.field == "credit_limit_override"
    assert "own credit limit" in str(refusal.value)


def test_a_plain_user_changes_nothing():
    account = make.account()
    actor = make.customer_actor(account=account, access_level=AccessLevel.USER)
    with pytest.raises(Forbidden):
        change_account(actor=actor, account=account, values={"city": "Brest"}, today=TODAY)


@pytest.mark.parametrize("field", ["status", "reseller", "currency", "name", "id"])
def test_fields_with_a_verb_of_their_own_are_not_changed_here(field):
    with pytest.raises(ValueError, match=field):
        change_account(actor=make.manager_actor(), account=make.account(), values={field: 1}, today=TODAY)


def test_another_resellers_account_is_not_found():
    cast = make.cast()
    with pytest.raises(AccountNotFound):
        change_account(
            actor=make.manager_actor(reseller=cast.south), account=cast.acme, values={"city": "Brest"}, today=TODAY
        )


def test_the_manager_comes_from_the_account_s_reseller_or_above():
    cast = make.cast()
    actor = make.manager_actor()
    local, above, foreign = (make.manager(reseller=place) for place in (cast.north, cast.operator, cast.south))
    for manager in (local, above):
        assert (
            change_account(actor=actor, account=cast.acme, values={"manager": manager}, today=TODAY).manager == manager
        )
    with pytest.raises(AccountNotOfThisReseller) as refusal:
        change_account(actor=actor, account=cast.acme, values={"manager": foreign}, today=TODAY)
    assert refusal.value.field == "manager"


def test_a_manager_from_above_stays_when_the_form_is_sent_again():
    cast = make.cast()
    above = make.manager(reseller=cast.operator)
    change_account(actor=make.manager_actor(), account=cast.acme, values={"manager": above}, today=TODAY)
    north = make.manager_actor(reseller=cast.north)
    changed = change_account(actor=north, account=cast.acme, values={"manager": above, "city": "Brest"}, today=TODAY)
    assert (changed.manager, changed.city) == (above, "Brest")


def test_a_sales_person_gives_accounts_only_to_own_people():
    north = make.reseller()
    seller = make.manager_actor(reseller=north, role=Role.SALES)
    account = make.account(reseller=north, manager=seller.user)
    with pytest.raises(AccountNotOfThisReseller):
        change_account(actor=seller, account=account, values={"manager": make.manager(reseller=north)}, today=TODAY)


def test_an_account_is_held_and_released():
    account = make.account()
    actor = make.manager_actor()
    assert hold_account(actor=actor, account=account, today=TODAY).status == AccountStatus.ADMINISTRATIVE_HOLD
    with pytest.raises(WrongAccountStatus, match="Administrative hold"):
        hold_account(actor=actor, account=account, today=TODAY)
    assert release_account(actor=actor, account=account, today=TODAY).status == AccountStatus.ACTIVE
    with pytest.raises(WrongAccountStatus):
        release_account(actor=actor, account=account, today=TODAY)
    with pytest.raises(Forbidden):
        hold_account(actor=make.customer_actor(account=account), account=account, today=TODAY)


def test_a_deleted_account_is_neither_changed_nor_deleted_again():
    account = make.account()
    actor = make.manager_actor()
    assert delete_account(actor=actor, account=account, today=TODAY).status == AccountStatus.DELETED
    with pytest.raises(WrongAccountStatus):
        delete_account(actor=actor, account=account, today=TODAY)
    with pytest.raises(WrongAccountStatus):
        change_account(actor=actor, account=account, values={"city": "Brest"}, today=TODAY)


def test_a_floor_above_can_keep_an_account_from_being_deleted():
    account = make.account()

    def object_to_it(*, account, **kwargs):
        raise Refused(f"{account} has live subscriptions")

    account_closing.connect(object_to_it)
    try:
        with pytest.raises(Refused, match="live subscriptions"):
            delete_account(actor=make.manager_actor(), account=account, today=TODAY)
    finally:
        account_closing.disconnect(object_to_it)
    account.refresh_from_db()
    assert account.status == AccountStatus.ACTIVE


def test_opening_an_account_makes_no_second_person_for_one_address():
    north = make.reseller()
    actor = make.manager_actor(reseller=north)
    open_acme(actor, north)
    open_acme(actor, north, owner_email="OWNER@acme.example")
    for invitation in Invitation.objects.all():
        accept_invitation(token=token_of(invitation), name="Olga", password="a long enough phrase", now=NOW)
    assert AccountMembership.objects.filter(user__email="owner@acme.example").count() == 2
    assert User.objects.filter(email__iexact="owner@acme.example").count() == 1


def test_all_that_is_wrong_with_an_account_is_said_at_once():
    cast = make.cast()
    foreign = {"account_type": make.account_type(reseller=cast.south), "account_class": make.account_class()}
    empty = dict.fromkeys(("primary_name", "contact_first_name", "contact_last_name", "email"), "")
    actor = make.manager_actor(reseller=cast.north)
    with pytest.raises(Refused) as refusal:
        change_account(actor=actor, account=cast.acme, values={**foreign, **empty}, today=TODAY)
    fields = [problem.field for problem in refusal.value.problems]
    assert fields == ["account_type", "account_class", "primary_name", "email"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"country": "Po"}, "country"),
        ({"country": "Poland"}, "country"),
        ({"country": "PL", "zip": "10001"}, "zip"),
        ({"country": "US", "region": "Bavaria"}, "region"),
    ],
)
def test_an_address_keeps_the_rules_of_its_country(values, field):
    account = make.account(country="", zip="", region="")
    with pytest.raises(Refused) as refused:
        change_account(actor=actor_of(make.manager()), account=account, values=values, today=date(2026, 11, 28))
    assert [problem.field for problem in refused.value.problems] == [field]
    account.refresh_from_db()
    assert account.country == ""


def test_what_nobody_changes_of_an_old_address_is_left_alone():
    account = make.account(country="US", zip="1", region="Nowhere")
    values = {"country": "US", "zip": "1", "region": "Nowhere", "contact_first_name": "Ann"}
    change_account(actor=actor_of(make.manager()), account=account, values=values, today=date(2026, 11, 28))
    account.refresh_from_db()
    assert account.contact_first_name == "Ann"
