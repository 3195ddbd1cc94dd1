"""How an account becomes a Microsoft customer: what is sent, who signs, what is refused and before what."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from django.utils.translation import override

from sandbox.microsoft.validation import COUNTRIES
from tests.vendors.contract import work
from tests.vendors.memory import MemoryBook
from tests.vendors.office365.bench import ACCOUNT, Office365Bench, open_bench
from tests.vendors.office365.orders import an_order, provision, sent
from vendors.base import Order, Party, Person, Task
from vendors.errors import LostAnswer, Misconfigured, Rejected, sentence
from vendors.questions import refusal_of

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
    assert password not in repr((done, book.steps, bench.journal))


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
    assert password_at_microsoft(bench) not in repr((book.steps, bench.journal))


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
        " The account lacks “Contact person: e-mail”, which Microsoft demands. Fill it in on the account."
    )
    assert [problem.field for problem in refusal.value.problems] == ["contact_last_name", "contact_email"]
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
        "contact_first_name": an_order(account=replace(ACCOUNT, contact=replace(ACCOUNT.contact, first_name=""))),
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


def test_address_that_microsoft_corrects_is_refused_when_ordering_at_the_field_that_it_names(
    bench: Office365Bench,
) -> None:
    account = replace(ACCOUNT, city="Bellevue", postal_code="98052")
    assert _refused_field(bench, an_order(account=account)) == "city"


def test_all_that_is_missing_or_wrong_is_told_at_once(bench: Office365Bench) -> None:
    bench.microsoft.add_foreign_customer(domain="taken.onmicrosoft.com")
    account = Party(id="12", company="Acme", email="", country="US", region="Calif", postal_code="9", phone="call me")
    with pytest.raises(Rejected) as rejection:
        bench.plugin.validate_order(bench.connection(), an_order(account=account, answers={"domain_prefix": "taken"}))
    assert [problem.field for problem in refusal_of(rejection.value).problems] == [
        "contact_first_name",
        "contact_last_name",
        "contact_email",
        "email",
        "street",
        "city",
        "region",
        "zip",
        "phone",
        "domain_prefix",
    ]


def test_state_in_full_is_sent_as_its_code_and_the_phone_as_the_country_writes_it(bench: Office365Bench) -> None:
    account = replace(ACCOUNT, region="Washington", phone="+1 (425) 555-0100")
    bench.plugin.validate_order(bench.connection(), an_order(account=account))
    provision(bench, an_order(account=account))
    (customer,) = sent(bench, "POST", "/customers")
    address = customer["billingProfile"]["defaultAddress"]
    assert (address["state"], address["phoneNumber"]) == ("WA", "1 (425) 555-0100")
    assert "region" not in address


# A good account of each country that the sandbox knows, and what is wrong with it in turn.
GOOD = {
    "AE": ("", "100123456700003"), "AM": ("0010", "12345678"), "AZ": ("AZ1000", "1234567890"),
    "BR": ("01310-100", "12345678000195"), "BY": ("220004", "123456789"), "CA": ("K1A 0B1", ""), "DE": ("10115", ""),
    "FR": ("75001", ""), "GB": ("SW1A 1AA", ""), "HU": ("1011", "12345678"), "IN": ("110001", "ABCDE1234F"),
    "IQ": ("10001", "A-123"), "KG": ("720000", "12345678901234"), "KZ": ("010000", "123456789012"),
    "MD": ("MD-2001", "1234567890123"), "MM": ("11181", "A-123"), "NL": ("1011 AB", ""), "PL": ("00-001", "1234567890"),
    "RU": ("101000", "7707083893"), "SA": ("11564", "310123456700003"), "SS": ("", "A-123"),
    "TH": ("10100", "0105536000315"), "TJ": ("734000", "123456789"), "TR": ("06420", "1234567890"),
    "UA": ("01001", "12345678"), "US": ("98052", ""), "UZ": ("100000", "123456789"), "VE": ("1010", "J-12345678-9"),
    "VN": ("100000", "0101234567"), "ZA": ("0001", "2020/123456/07"),
}  # fmt: skip
# What else belongs to Microsoft's European region: its postal codes; a number is not asked for.
EUROPE = (
    "AT 1010; BE 1000; BG 1000; CH 3000; CY 1010; CZ 110 00; DK 1050; EE 10111; ES 28001; FI 00100; "
    "GR 105 57; HR 10000; IE D02 X285; IS 101; IT 00100; LI 9490; LT 01100; LU 1111; LV LV-1010; MT VLT 1111; "
    "NO 0010; PT 1000-001; RO 010011; SE 111 20; SI 1000; SK 811 01"
)
GOOD |= {country: (code, "") for country, _, code in (entry.partition(" ") for entry in EUROPE.split("; "))}


@pytest.fixture(scope="module")
def world_bench() -> Iterator[Office365Bench]:
    """One Microsoft for all countries: nothing is made in it."""
    with open_bench() as opened:
        yield opened


@pytest.mark.parametrize("country", sorted(COUNTRIES))
def test_what_a_countrys_rules_refuse_is_refused_before_payment_at_its_field(
    world_bench: Office365Bench, country: str
) -> None:
    postal_code, number = GOOD[country]
    rules = COUNTRIES[country]
    phone = "4255550100" if rules.calling_code == "1" else f"+{rules.calling_code} 22 333 4455"
    good = replace(
        ACCOUNT,
        country=country,
        region=rules.states[0] if rules.states else "Capital region",
        city="Capital",
        postal_code=postal_code,
        registration_number=number,
        phone=phone,
    )
    if country == "US":
        good = replace(good, region="WA", city="Redmond")
    assert _refused_field(world_bench, an_order(account=good)) == "accepted"
    wrong = {"city": "", "address1": "x" * 201, "address2": "x" * 201, "phone": "call me"}
    wrong |= {"postal_code": "!"} if rules.postal_code else {}
    wrong |= {"region": "Nowhere"} if rules.states else {}
    wrong |= {"registration_number": "!"} if number and country not in ("IQ", "MM", "SS") else {}
    fields = {"address1": "street", "address2": "office", "postal_code": "zip", "registration_number": "tax_id"}
    refused = {
        name: _refused_field(world_bench, an_order(account=replace(good, **{name: value})))
        for name, value in wrong.items()
    }
    assert refused == {name: fields.get(name, name) for name in wrong}
    empty = {"zip": "postal_code"} if rules.postal_code else {}
    empty |= {"region": "region"} if rules.states else {}
    empty |= {"tax_id": "registration_number"} if number else {}
    for field, name in empty.items():
        assert _refused_field(world_bench, an_order(account=replace(good, **{name: ""}))) == field


def test_country_in_which_microsoft_does_not_sell_is_refused_at_the_country(world_bench: Office365Bench) -> None:
    assert _refused_field(world_bench, an_order(account=replace(ACCOUNT, country="KP"))) == "country"


def test_wrong_base_address_is_no_country_in_which_microsoft_does_not_sell(world_bench: Office365Bench) -> None:
    wrong = world_bench.opened(world_bench.secrets, api_base_url=f"{world_bench.base_url}/partnercenter/v2")
    with pytest.raises(Misconfigured):
        world_bench.plugin.validate_order(wrong, an_order())


def test_second_order_of_a_customer_is_not_checked_for_what_was_checked_before(bench: Office365Bench) -> None:
    known = provision(bench, an_order()).vendor_ids
    order = an_order(account=replace(ACCOUNT, city=""), answers={}, vendor_ids=known)
    bench.plugin.validate_order(bench.connection(), order)


def _refused_field(bench: Office365Bench, order: Order) -> str | None:
    try:
        bench.plugin.validate_order(bench.connection(), order)
    except Rejected as rejection:
        refusal = refusal_of(rejection)
        assert len(refusal.problems) == 1
        return refusal.field
    return "accepted"
