"""Names and addresses: what looks the same is kept the same, in every column that people write."""

import unicodedata

import pytest
from django.db import models

from accounts.actors import SYSTEM
from accounts.invitations import InvitationRefused, invite_users
from accounts.models import Account, Invitation, Role, User
from accounts.registration import change_account
from accounts.resellers import ResellerRefused, change_reseller
from accounts.staff import ManagerRefused, create_manager
from core.cleaning import clean_email, clean_text, shortened
from core.fitting import AS_GIVEN, DoesNotFit, Fitting
from subscriptions.catalogue.products import create_product
from subscriptions.catalogue.reach import NameMissing, NameTaken
from tests.core.test_fitting import KEPT
from tests.factories import accounts as cast
from tests.factories import subscriptions as make
from tests.subscriptions.conftest import ORDERED_ON

# What every font draws as nothing, assigned or not, and no category of Unicode's says so.
UNASSIGNED = "\u2065\ufff0\ufff8\ufffc\U00016fe4\U0001d159\U000e0000\U000e0041\U000e0fff\U000e01f0"
INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u202a\u202e\u2066\u2069\u061c\u180e\u2800\u3164\ufe0f\x07\x1b" + UNASSIGNED
)
NAMES = [
    (model, field)
    for model in KEPT
    for field in model._meta.concrete_fields
    if isinstance(field, models.CharField) and not field.choices and field.editable and field.name not in AS_GIVEN
]


@pytest.mark.parametrize("letter", INVISIBLE, ids=lambda letter: f"U+{ord(letter):04X}")
def test_what_nobody_sees_is_not_kept(letter: str) -> None:
    assert clean_text(f"{letter}Ac{letter}me{letter}") == "Acme"
    assert clean_email(f"a{letter}nn@exam{letter}ple.com") == "ann@example.com"


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2003", "\u3000", "\u202f", "\t", "\n", "\u2028", "\x85"])
def test_every_space_is_one(space: str) -> None:
    assert clean_text(f"{space}Acme{space}{space}Ltd{space}") == "Acme Ltd"


def test_letters_are_composed_and_otherwise_stay() -> None:
    assert clean_text(unicodedata.normalize("NFD", "Йод и Ёлка é")) == "Йод и Ёлка é"
    for name in ("Клиника «Лён»", "株式会社", "O'Neil & Söhne", "مثال"):
        assert clean_text(name) == name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann@Example.COM", "Ann@example.com"),
        ("ann@мир.example", "ann@xn--h1ahn.example"),
        ("ann@МИР.example", "ann@xn--h1ahn.example"),
        ("ann@XN--H1AHN.example", "ann@xn--h1ahn.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("ann@straße.example", "ann@xn--strae-oqa.example"),  # strasse.example before, which is somebody else's
        ("ann@STRASSE.example", "ann@strasse.example"),
        ("ann@ζήσης.example", "ann@xn--jxape8bd.example"),
        ("ann@\uff45xample.com", "ann@example.com"),
        ("ann@☃.example", "ann@☃.example"),
        ("ann@example\u3002com", "ann@example.com"),
        (" ann @ example.com. ", "ann@example.com"),
        ("nobody", "nobody"),
        ("@", "@"),
        ("ann@" + "ж" * 80 + ".example", "ann@" + "ж" * 80 + ".example"),
    ],
)
def test_an_address_has_one_spelling(typed: str, kept: str) -> None:
    assert clean_email(typed) == kept
    assert clean_email(kept) == kept


@pytest.mark.parametrize(("model", "field"), NAMES, ids=lambda one: getattr(one, "__name__", None) or one.name)
def test_every_column_of_names_is_cleaned_before_it_is_written(
    model: type[Fitting], field: models.Field, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever writes the row: form, API, command or verb."""
    email = isinstance(field, models.EmailField)
    typed, kept = ("a\u200b@МИР.example", "a@xn--h1ahn.example") if email else ("\ufeffA\u202e\u00a0", "A")
    monkeypatch.setattr(models.Model, "save", lambda *_args, **_options: None)
    row = model(**{field.attname: typed})
    row.save(update_fields=[field.name])
    assert getattr(row, field.attname) == kept


def test_a_name_of_nothing_is_no_name(db: None) -> None:
    """A name of invisible characters alone was kept, and stood in lists as nothing."""
    north, account = cast.reseller(), cast.account()
    for nothing in ("\u200b", "\u3164\u2800", " \u00a0 ", "\ufeff"):
        with pytest.raises(NameMissing):
            create_product(actor=SYSTEM, reseller=north, name=nothing)
        with pytest.raises(ResellerRefused):
            change_reseller(actor=SYSTEM, reseller=north, values={"name": nothing})
        account.name = nothing
        with pytest.raises(DoesNotFit) as refusal:
            account.save()
        assert refusal.value.field == "name"


def test_two_that_look_the_same_are_the_same(db: None) -> None:
    """Of two people with one mailbox the second is refused, whatever stands between the letters."""
    north = cast.reseller()
    create_product(actor=SYSTEM, reseller=north, name="Backup")
    with pytest.raises(NameTaken):
        create_product(actor=SYSTEM, reseller=north, name="Back\u200bup\u00a0")
    person = {"actor": SYSTEM, "reseller": north, "name": "Ann", "role": Role.ADMIN, "now": make.noon(ORDERED_ON)}
    create_manager(email="ann@мир.example", **person)
    for same in ("ann@xn--h1ahn.example", "ANN@Мир.example", "a\u200dnn@мир.example", "ann@мир.example\ufeff"):
        with pytest.raises(ManagerRefused) as refusal:
            create_manager(email=same, **person)
        assert refusal.value.field == "email"
    assert User.everyone.filter(email="ann@xn--h1ahn.example").count() == 1


def test_an_invitation_finds_who_is_known_under_another_spelling(db: None) -> None:
    account = cast.account()
    cast.customer_user(account=account, email="ann@мир.example")
    with pytest.raises(InvitationRefused):
        invite_users(
            actor=SYSTEM, account=account, emails=["Ann@xn--h1ahn.example"], access_level="user",
            now=make.noon(ORDERED_ON),
        )  # fmt: skip
    assert Invitation.objects.count() == 0


def test_many_rows_and_changes_of_many_are_cleaned_too(db: None) -> None:
    account = cast.account()
    Account.objects.filter(pk=account.pk).update(city="Min\u200bsk", email="A@Мир.example")
    account.refresh_from_db()
    assert (account.city, account.email) == ("Minsk", "A@xn--h1ahn.example")
    change_account(actor=SYSTEM, account=account, values={"primary_name": "Ac\u00adme\u00a0Ltd"}, today=ORDERED_ON)
    account.refresh_from_db()
    assert (account.primary_name, account.name) == ("Acme Ltd", "Acme Ltd")


def test_a_person_signs_in_however_the_address_is_spelled(client, db: None) -> None:
    cast.manager(email="ann@мир.example")
    for typed in ("ann@мир.example", "ANN@xn--h1ahn.example", " ann@МИР.example"):
        answer = client.post("/accounts/login/", {"login": typed, "password": cast.PASSWORD})
        assert answer.status_code == 302, typed
        client.logout()


def test_what_is_cut_ends_in_an_ellipsis() -> None:
    assert shortened("x" * 300, 300) == "x" * 300
    assert shortened("x" * 301, 300) == "x" * 299 + "…"
    assert shortened("word " * 10, 6) == "word…"
