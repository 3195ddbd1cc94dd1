"""A form is taken only as it was drawn, and what lasts is closed to a manager who is signed in as somebody."""

from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AccessLevel, Account, AccountMembership, SignInAs
from accounts.visits import CHOSEN_ACCOUNT
from tests.factories import accounts as make
from tests.security.drawn import form_to, forms_of

pytestmark = pytest.mark.django_db

EDIT = "/account/edit/"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def browser(user) -> Client:
    """Return a browser that sends nothing but what stands in the pages."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user, backend=BACKEND)
    return client


def said(answer) -> str:
    return unescape(answer.content.decode())


def token(client: Client) -> str:
    return form_to(client.get("/profile/"), "/accounts/logout/").values["csrfmiddlewaretoken"][0]


class TestTwoTabs:
    """One person, two accounts, two tabs."""

    @pytest.fixture
    def first(self):
        return make.account(name="First", email="first@example.com")

    @pytest.fixture
    def second(self):
        return make.account(name="Second", email="second@example.com")

    @pytest.fixture
    def ann(self, first, second):
        ann = make.customer_user(account=first, name="Ann")
        make.member(account=second, user=ann, access_level=AccessLevel.ADMIN)
        return ann

    @pytest.fixture
    def client(self, ann):
        return browser(ann)

    def choose(self, client, account):
        form_to(client.get("/"), "/accounts/choose/").send(client, account=account.pk)
        assert client.session[CHOSEN_ACCOUNT] == account.pk

    def test_a_form_of_the_first_is_not_taken_for_the_second(self, client, first, second):
        form = form_to(client.get(EDIT), EDIT)
        self.choose(client, second)
        answer = form.send(client, primary_name="First and Sons", tax_id="111")
        assert answer.status_code == 409
        assert "drawn for the account First; meanwhile Second was chosen" in said(answer)
        assert set(Account.objects.values_list("tax_id", flat=True)) == {""}
        assert not Account.objects.filter(primary_name="First and Sons").exists()

    def test_what_was_typed_may_be_sent_for_the_first_after_all(self, client, first, second):
        form = form_to(client.get(EDIT), EDIT)
        self.choose(client, second)
        refused = form.send(client, primary_name="First & Sons", tax_id="111")
        answer = form_to(refused, EDIT).send(client)
        assert (answer.status_code, client.session[CHOSEN_ACCOUNT]) == (302, first.pk)
        first.refresh_from_db()
        second.refresh_from_db()
        assert (first.primary_name, first.tax_id, second.tax_id) == ("First & Sons", "111", "")

    def test_a_form_of_an_account_that_is_no_longer_ones_own_is_not_taken_for_another(self, client, ann, first, second):
        form = form_to(client.get(EDIT), EDIT)
        AccountMembership.objects.filter(account=first, user=ann).delete()
        answer = form.send(client, tax_id="111", act_for_it_again="yes")
        assert answer.status_code == 409
        assert "First, which you can no longer act for. Nothing was changed. You now act for Second" in said(answer)
        assert set(Account.objects.values_list("tax_id", flat=True)) == {""}
        assert form_to(client.get("/account/edit/"), EDIT).send(client, tax_id="222").status_code == 302

    def test_a_form_without_a_mark_or_with_a_forged_one_is_refused(self, client, second):
        form = form_to(client.get(EDIT), EDIT)
        for mark in ([], ["customer:1:0:1"], [f"{form.values['drawn_for'][0]}x"]):
            answer = form.send(client, drawn_for=mark, tax_id="111")
            assert answer.status_code == 409
            assert "does not say whom it was drawn for" in said(answer)
        assert set(Account.objects.values_list("tax_id", flat=True)) == {""}

    def test_what_a_script_sends_carries_the_mark_too(self, client, second):
        page = client.get(EDIT)
        headers = {"X-CSRFToken": token(client), "X-Drawn-For": form_to(page, EDIT).values["drawn_for"][0]}
        assert f'"X-Drawn-For": "{headers["X-Drawn-For"]}"' in said(page)
        sent = {name: value for name, value in form_to(page, EDIT).values.items() if name != "drawn_for"}
        assert client.post(EDIT, sent, headers=headers).status_code == 302
        self.choose(client, second)
        answer = client.post(EDIT, sent, headers={**headers, "HX-Request": "true"})
        assert (answer.status_code, answer["HX-Refresh"]) == (409, "true")
        assert "meanwhile Second was chosen" in said(client.get("/"))

    def test_choosing_and_ones_own_profile_are_about_the_person(self, client, first, second):
        """A third tab may still choose, whichever account was chosen since it was drawn."""
        page = client.get("/")
        self.choose(client, second)
        assert form_to(page, "/accounts/choose/").send(client, account=second.pk).status_code == 302
        assert form_to(page, "/appearance/").send(client, theme="dark").status_code == 302

    def test_the_password_that_was_typed_is_not_kept_in_a_page(self, client, second):
        form = form_to(client.get("/users/invite/"), "/users/invite/")
        self.choose(client, second)
        answer = form.send(client, emails="x@example.com", password="hunter2hunter2")
        assert "x@example.com" in said(answer)
        assert "hunter2" not in said(answer)


class TestOtherPeople:
    """Somebody else signs in, in another tab."""

    def test_a_form_drawn_for_another_person_says_so(self):
        mary, pete = make.manager(name="Mary"), make.manager(name="Pete")
        client = browser(mary)
        form = form_to(client.get("/operator/profile/change/"), "/operator/profile/change/")
        client.force_login(pete, backend=BACKEND)
        answer = form.send(client, name="Mary Two")
        pete.refresh_from_db()
        assert pete.name == "Pete"
        assert answer.status_code == 409
        assert "drawn for Mary (Operator); now you are signed in as Pete (Operator)" in said(answer)

    def test_a_form_drawn_for_nobody_says_so(self):
        mary = make.manager(name="Mary")
        client = Client(enforce_csrf_checks=True)
        form = form_to(client.get("/accounts/login/"), "/accounts/login/")
        client.force_login(mary, backend=BACKEND)
        answer = form.send(client, login=mary.email, password=make.PASSWORD)
        assert answer.status_code == 409
        assert "opened before you signed in as Mary (Operator)" in said(answer)

    def test_a_manager_who_moved_to_another_reseller(self):
        mary = make.manager(name="Mary", reseller=make.reseller(name="North"))
        client = browser(mary)
        form = form_to(client.get("/operator/accounts/create/"), "/operator/accounts/create/")
        mary.reseller = make.reseller(name="South")
        mary.save()
        answer = form.send(client, name="Acme")
        assert answer.status_code == 409
        assert "drawn for Mary (North); now you are signed in as Mary (South)" in said(answer)
        assert not Account.objects.exists()


class TestVisits:
    """A manager signs in as the owner of an account."""

    @pytest.fixture
    def mary(self):
        return make.manager(name="Mary")

    @pytest.fixture
    def client(self, mary):
        return browser(mary)

    @pytest.fixture
    def olga(self):
        """The owner of two accounts."""
        olga = make.customer_user(account=make.account(name="First"), name="Olga")
        make.member(account=make.account(name="Second"), user=olga, access_level=AccessLevel.OWNER)
        return olga

    def begin(self, client, name):
        address = reverse("operator:account", args=[Account.objects.get(name=name).pk])
        forms = forms_of(client.get(address), address)
        answer = next(form for form in forms if "sign-in-as" in form.action).send(client)
        assert answer.status_code == 302

    def end(self, client):
        return form_to(client.get("/"), "/accounts/sign-in-as/end/").send(client)

    def test_a_form_of_the_own_session_is_not_taken_during_a_visit(self, client, olga):
        form = form_to(client.get("/operator/profile/change/"), "/operator/profile/change/")
        self.begin(client, "First")
        answer = form.send(client, name="Mary Two")
        assert answer.status_code == 409
        assert "drawn for Mary (Operator); now you are signed in as Mary, signed in as Olga (First)" in said(answer)

    def test_a_form_of_one_visit_is_not_taken_in_the_next_one_nor_afterwards(self, client, olga):
        self.begin(client, "First")
        form = form_to(client.get(EDIT), EDIT)
        self.end(client)
        answer = form.send(client, tax_id="111")
        assert "Mary, signed in as Olga (First); now you are signed in as Mary (Operator)" in said(answer)
        self.begin(client, "Second")
        answer = form.send(client, tax_id="111", act_for_it_again="yes")
        assert answer.status_code == 409
        assert "Olga (First); now you are signed in as Mary, signed in as Olga (Second)" in said(answer)
        assert set(Account.objects.values_list("tax_id", flat=True)) == {""}

    def test_the_owners_forms_are_not_the_visitors(self, client, olga):
        owner = browser(olga)
        self.begin(client, "First")
        form = form_to(owner.get(EDIT), EDIT)
        token = form_to(client.get("/"), "/accounts/sign-in-as/end/").values["csrfmiddlewaretoken"]
        answer = form.send(client, tax_id="111", csrfmiddlewaretoken=token)
        assert answer.status_code == 409
        assert form.send(owner, tax_id="111").status_code == 302

    def test_ordinary_work_is_open_and_lasting_power_is_not(self, client, olga):
        self.begin(client, "First")
        assert form_to(client.get(EDIT), EDIT).send(client, tax_id="111").status_code == 302
        for address in ("/accounts/password/change/", "/accounts/2fa/totp/activate/", "/profile/", "/users/invite/"):
            answer = client.get(address)
            assert (answer.status_code, answer.templates[0].name) == (403, "gate.html"), address
            assert "You are signed in as Olga." in said(answer)
        end = form_to(answer, "/accounts/sign-in-as/end/")
        assert end.send(client).url == reverse("operator:home")
        assert SignInAs.objects.get().ended_at is not None

    def test_a_visit_inside_a_visit_is_refused(self, client, olga):
        self.begin(client, "First")
        form = form_to(client.get(EDIT), EDIT)
        form.action = reverse("sign_in_as_owner", args=[Account.objects.get(name="Second").pk])
        assert form.send(client).status_code == 403
        assert SignInAs.objects.count() == 1

    def test_the_people_of_the_account_are_seen_and_not_changed(self, client, olga):
        self.begin(client, "First")
        page = client.get("/users/")
        assert page.status_code == 200
        assert "/users/invite/" not in said(page)

    def test_the_api_knows_no_session(self, client, olga):
        assert client.get("/api/v3/resellers/1/charges").status_code == 401
        self.begin(client, "First")
        assert client.get("/api/v3/resellers/1/charges").status_code == 401
