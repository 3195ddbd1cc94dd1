"""A second factor required by role: the manager is led to it and opens nothing else; a lost one is taken away."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.actors import actor_of
from accounts.api_tokens import create_api_token
from accounts.models import Role, SignedIn
from accounts.resellers import ResellerRefused, change_reseller
from accounts.staff import ManagerRefused, reset_second_factor
from tests.factories import accounts as make
from tests.remembering import remembered

pytestmark = pytest.mark.django_db
SETTING_UP = "/accounts/2fa/totp/activate/"


@pytest.fixture(autouse=True)
def _fresh_rate_limits():
    cache.clear()


@pytest.fixture
@remembered
def north():
    north = make.reseller(name="North")
    values = {"second_factor_roles": [Role.SALES]}
    return change_reseller(actor=make.manager_actor(), reseller=north, values=values)


def signed_in(person) -> Client:
    client = Client()
    assert client.post("/accounts/login/", {"login": person.email, "password": make.PASSWORD}).status_code == 302
    return client


def test_who_has_none_opens_nothing_but_the_way_to_it(north):
    mary = make.manager(reseller=north, role=Role.SALES)
    client = signed_in(mary)
    for address in ("/operator/", "/operator/orders/", "/accounts/password/change/", "/accounts/sessions/"):
        assert client.get(address).url == SETTING_UP, address
    assert client.post("/operator/profile/change/", {"name": "x"}).url == SETTING_UP
    assert client.get(SETTING_UP).status_code in (200, 302)
    client.post("/accounts/reauthenticate/", {"password": make.PASSWORD})
    assert client.get(SETTING_UP).status_code == 200
    TOTP.activate(mary, "JBSWY3DPEHPK3PXP")
    assert client.get("/operator/").status_code == 200


def test_other_roles_other_resellers_and_customers_are_not_asked(north):
    people = [make.manager(reseller=north), make.manager(role=Role.SALES)]
    assert [signed_in(person).get("/operator/").status_code for person in people] == [200, 200]
    customer = make.customer_user(account=make.account(reseller=north))
    assert signed_in(customer).get("/").status_code == 200


def test_programs_have_no_second_factor(north):
    mary = make.manager(reseller=north, role=Role.SALES)
    _row, token = create_api_token(actor=actor_of(mary), name="Shop", now=timezone.now())
    answer = Client().get(f"/api/v3/resellers/{north.pk}/charges", headers={"X-Api-Token": token})
    assert answer.status_code == 200


def test_a_role_that_is_none_is_refused(north):
    with pytest.raises(ResellerRefused):
        change_reseller(actor=make.manager_actor(), reseller=north, values={"second_factor_roles": ["king"]})


def test_an_administrator_takes_a_lost_one_away_from_a_manager_below(north):
    boss, mary = make.manager(), make.manager(reseller=north)
    client = signed_in(mary)
    assert client.get("/operator/").status_code == 200
    TOTP.activate(mary, "JBSWY3DPEHPK3PXP")
    page = f"/operator/managers/{mary.pk}/second-factor-reset/"
    bosss = signed_in(boss)
    assert "Switch off the two-factor authentication" in bosss.get(page).content.decode()
    reset_second_factor(actor=actor_of(boss), manager=mary)
    assert not Authenticator.objects.filter(user=mary).exists()
    assert not SignedIn.objects.filter(person=mary).exists()
    assert client.get("/operator/").status_code == 302
    with pytest.raises(ManagerRefused, match="has no two-factor authentication"):
        reset_second_factor(actor=actor_of(boss), manager=mary)
    TOTP.activate(boss, "JBSWY3DPEHPK3PXP")
    with pytest.raises(ManagerRefused, match="own page"):
        reset_second_factor(actor=actor_of(boss), manager=boss)
    with pytest.raises(ManagerRefused, match="no such manager"):
        reset_second_factor(actor=actor_of(mary), manager=boss)
