"""How an account becomes a Microsoft customer: what is sent, who signs, what is refused and before what."""

from dataclasses import replace

import pytest
from django.utils.translation import override

from core.errors import Refused
from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import ACCOUNT, Office365Bench
from tests.vendors.office365.orders import an_order, provision, sent
from vendors.base import Order, Person, Task
from vendors.errors import LostAnswer, Rejected, VendorError, sentence

CLOUD_TEMPLATE, CUSTOMER_TEMPLATE = "998b88de-aa99-4388-a42c-1b3517d49490", "117a77b0-9360-443b-8795-c6dedc750cf9"


RUSSIAN = replace(
    ACCOUNT,
    company="Ромашка",
    country="RU",
    region="Москва",
    city="Москва",
    postal_code="101000",
    registration_number="7707083893",
    phone="+7 495 000 0000",
    language="ru",
)


def test_customer_is_made_of_the_account_and_its_contact_person(bench: Office365Bench) -> None:
    provision(bench, an_order())
    assert sent(bench, "POST", "/customers") == [
        {
            "companyProfile": {"domain": "acme.onmicrosoft.com"},
            "billingProfile": {
                "email": "office@acme.example",  # CR-494: the account's, not admin@acme.onmicrosoft.com
                "culture": "en-US",
                "language": "en",
                "companyName": "Acme",
                "firstName": "Tania",
                "lastName": "Carr",
                "defaultAddress": {
                    "firstName": "Tania",
                    "lastName": "Carr",
                    "addressLine1": "One Main Street",
                    "city": "Redmond",
                    "postalCode": "98052",
                    "country": "US",
                    "phoneNumber": "4255550100",
                    "state": "WA",
                },
            },
        }
    ]


@pytest.mark.parametrize(
    ("kind", "template"),
    [("MicrosoftCustomerAgreement", CUSTOMER_TEMPLATE), ("MicrosoftCloudAgreement", CLOUD_TEMPLATE)],
)
def test_agreement_is_signed_by_the_contact_person(bench: Office365Bench, kind: str, template: str) -> None:
    provision(bench, an_order(), connection=bench.opened(bench.secrets, agreement_type=kind))
    assert sent(bench, "POST", "/agreements") == [
        {
            "primaryContact": {  # CR-544
                "firstName": "Tania",
                "lastName": "Carr",
                "email": "tania@acme.example",
                "phoneNumber": "4255550101",
            },
            "templateId": template,
            "dateAgreed": bench.now.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
            "type": kind,
            "userId": "1824b7fc-2fac-4478-b177-66823c40ab75",
        }
    ]


def test_first_password_is_sealed_and_stands_nowhere_else(bench: Office365Bench) -> None:
    book = MemoryBook()
    done = provision(bench, an_order(), book)
    assert book.sealed["admin_user"] == "admin@acme.onmicrosoft.com"
    password = book.sealed["admin_password"]
    assert len(password) == 12
    assert password not in repr((done, book.calls, bench.journal))


ADMIN = "admin@acme.onmicrosoft.com"


def in_spite_of_trouble(bench: Office365Bench, book: MemoryBook, *, first: str, again: str = "") -> None:
    """Provision with trouble at the creation of the customer, and with another at the next call of its kind."""
    for nth, kind in enumerate((first, again), start=1):
        if kind:
            bench.microsoft.fail(kind, method="POST", path="/partnercenter/v1/customers$", nth=nth)
    order = an_order()
    work(bench, Task("provision", order.reference, order=order), book)
    assert bench.microsoft.counts()["customers"] == 1


def password_at_microsoft(bench: Office365Bench) -> str:
    (password,) = [value for value in bench.secret_values() if len(value) == 12 and value not in bench.codes]
    return password


@pytest.mark.parametrize("again", ["", "drop_before", "drop_after", "throttle", "error_before"])
def test_first_password_of_a_lost_answer_is_told_again_by_the_same_request_id(
    bench: Office365Bench, again: str
) -> None:
    book = MemoryBook()
    in_spite_of_trouble(bench, book, first="drop_after", again=again)
    assert book.sealed == {"admin_user": ADMIN, "admin_password": password_at_microsoft(bench)}
    assert book.notes == []
    assert password_at_microsoft(bench) not in repr((book.calls, bench.journal))


def test_first_password_kept_by_a_worker_that_was_killed_right_after_is_not_asked_for_again(
    bench: Office365Bench,
) -> None:
    book = MemoryBook(dies_before=2)  # the note that the customer's step is confirmed
    order = an_order()
    work(bench, Task("provision", order.reference, order=order), book)
    assert book.sealed["admin_password"] == password_at_microsoft(bench)
    assert (len(sent(bench, "POST", "/customers")), book.notes) == (1, [])


def test_first_password_that_nobody_knows_is_noted_with_how_to_set_a_new_one(bench: Office365Bench) -> None:
    """After an answer, though it was an error's, the request id may not be used again."""
    book = MemoryBook()
    in_spite_of_trouble(bench, book, first="error_after")
    assert len(sent(bench, "POST", "/customers")) == 1
    assert book.sealed == {"admin_user": ADMIN}
    [note] = book.notes
    assert note["values"] == {"user": ADMIN}
    with override("en"):
        assert sentence(**note).startswith(f"The first password of {ADMIN} is not known")
    with override("ru"):
        assert sentence(**note).startswith(f"Первый пароль пользователя {ADMIN} неизвестен")


def test_customer_made_by_an_order_beside_keeps_its_password_there(bench: Office365Bench) -> None:
    """Our call never arrived; what another order of the account made is found, and Microsoft refuses ours again."""
    book, beside = MemoryBook(), MemoryBook()
    bench.microsoft.fail("drop_before", method="POST", path="/partnercenter/v1/customers$")
    with pytest.raises(LostAnswer):
        provision(bench, an_order(), book)
    provision(bench, an_order(reference="order:18:provision"), beside)
    provision(bench, an_order(), book)
    assert bench.microsoft.counts()["customers"] == 1
    assert beside.sealed["admin_password"] == password_at_microsoft(bench)
    assert (book.sealed, len(book.notes), beside.notes) == ({"admin_user": ADMIN}, 1, [])


def test_two_first_orders_of_one_account_share_the_customer(bench: Office365Bench) -> None:
    provision(bench, an_order())
    provision(bench, an_order(reference="order:18:provision"))
    assert bench.microsoft.counts()["customers"] == 1
    assert bench.microsoft.counts()["orders"] == 2


def test_domain_of_a_stranger_is_refused_when_it_comes_to_provisioning(bench: Office365Bench) -> None:
    bench.microsoft.add_foreign_customer(domain="acme.onmicrosoft.com")
    with pytest.raises(Rejected) as refusal:
        provision(bench, an_order())
    assert str(refusal.value) == (
        "The domain acme.onmicrosoft.com is taken at Microsoft. Choose another domain prefix."
    )
    assert bench.changing_calls() == 0


def test_domain_of_another_customer_of_ours_is_refused(bench: Office365Bench) -> None:
    provision(bench, an_order())
    other = replace(ACCOUNT, company="Another company")
    with pytest.raises(Rejected) as refusal:
        provision(bench, an_order(reference="order:18:provision", account=other))
    assert refusal.value.code == "domain_taken"


def test_account_that_lacks_a_signer_is_refused_before_anything_is_made(bench: Office365Bench) -> None:
    account = replace(ACCOUNT, contact=Person(first_name="Tania"))
    with pytest.raises(Rejected) as refusal:
        provision(bench, an_order(account=account))
    assert str(refusal.value) == (
        "The account lacks “Contact person: last name”, which Microsoft demands. Fill it in on the account."
    )
    assert bench.changing_calls() == 0


def test_registration_number_goes_where_microsoft_demands_it_and_nowhere_else(bench: Office365Bench) -> None:
    provision(bench, an_order(account=RUSSIAN))
    provision(
        bench,
        an_order(
            reference="order:18:provision",
            account=replace(ACCOUNT, registration_number="12-3456789"),
            answers={"domain_prefix": "acme2"},
        ),
    )
    russian, american = sent(bench, "POST", "/customers")
    assert russian["companyProfile"]["organizationRegistrationNumber"] == "7707083893"
    assert russian["billingProfile"]["culture"] == "ru-RU"
    assert russian["billingProfile"]["language"] == "ru"
    assert russian["billingProfile"]["defaultAddress"]["region"] == "Москва"
    assert american["companyProfile"] == {"domain": "acme2.onmicrosoft.com"}


@pytest.mark.parametrize("contract", ["2019", "2021"])
def test_address_that_microsoft_corrects_is_refused_with_its_reason(bench: Office365Bench, contract: str) -> None:
    bench.microsoft.behave(address_contract=contract)
    account = replace(ACCOUNT, city="Bellevue", postal_code="98052")
    with pytest.raises(Rejected) as refusal:
        provision(bench, an_order(account=account))
    assert refusal.value.code == "2007"
    assert str(refusal.value).startswith("Microsoft does not accept the account's address: ")
    assert str(refusal.value).endswith(" Correct the address.")
    assert "&#39;" not in str(refusal.value)
    assert bench.changing_calls() == 0


def test_order_is_validated_field_by_field(bench: Office365Bench) -> None:
    bench.microsoft.add_foreign_customer(domain="taken.onmicrosoft.com")
    cases = {
        "domain_prefix": an_order(answers={"domain_prefix": "taken"}),
        "contact_first_name": an_order(account=replace(ACCOUNT, contact=Person())),
        "contact_email": an_order(account=replace(ACCOUNT, contact=replace(ACCOUNT.contact, email=""))),
        "email": an_order(account=replace(ACCOUNT, email="")),
        "country": an_order(account=replace(ACCOUNT, country="")),
        "city": an_order(account=replace(ACCOUNT, city="")),
        "street": an_order(account=replace(ACCOUNT, address1="")),
        "tax_id": an_order(account=replace(RUSSIAN, registration_number="")),
        "phone": an_order(account=replace(RUSSIAN, phone="", contact=replace(ACCOUNT.contact, phone=""))),
    }
    assert {expected: _refused_field(bench, order) for expected, order in cases.items()} == {
        expected: expected for expected in cases
    }
    bench.plugin.validate_order(bench.connection(), an_order())
    assert bench.changing_calls() == 0


@pytest.mark.parametrize("prefix", ["", "-acme", "acme!", "a" * 28, "акме", "acme.other"])
def test_malformed_domain_prefix_is_refused(bench: Office365Bench, prefix: str) -> None:
    assert _refused_field(bench, an_order(answers={"domain_prefix": prefix})) == "domain_prefix"


def test_domain_prefix_may_be_typed_with_its_suffix(bench: Office365Bench) -> None:
    done = provision(bench, an_order(answers={"domain_prefix": " Acme.onmicrosoft.com "}))
    assert done.vendor_ids["domain"] == "acme.onmicrosoft.com"


def test_address_that_microsoft_corrects_is_refused_when_ordering(bench: Office365Bench) -> None:
    account = replace(ACCOUNT, city="Bellevue", postal_code="98052")
    assert _refused_field(bench, an_order(account=account)) == "street"


def test_second_order_of_a_customer_is_not_checked_for_what_was_checked_before(bench: Office365Bench) -> None:
    order = an_order(account=replace(ACCOUNT, city=""), answers={}, vendor_ids={"customer_id": "known"})
    bench.plugin.validate_order(bench.connection(), order)


def _refused_field(bench: Office365Bench, order: Order) -> str | None:
    try:
        bench.plugin.validate_order(bench.connection(), order)
    except Refused as refusal:
        return refusal.field
    except VendorError as error:
        pytest.fail(f"{error!r} is no Refused")
    return "accepted"
