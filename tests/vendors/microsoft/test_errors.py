"""Every code of the specification has its class and a sentence that says what to do."""

import pytest

from sandbox.microsoft.aad_errors import ERRORS
from tests.vendors.office365.bench import Office365Bench
from vendors.errors import (
    ConsentDeclined,
    ConsentNeeded,
    Misconfigured,
    NotFound,
    NotYet,
    Rejected,
    Transient,
    VendorError,
)
from vendors.microsoft.consent import access_token
from vendors.microsoft.errors import PARTNER_CENTER, SIGN_IN, partner_center_error, sign_in_error

CLASSES: dict[int, type[VendorError]] = {
    50076: ConsentNeeded,
    50079: ConsentNeeded,
    50078: ConsentNeeded,
    700082: ConsentNeeded,
    70008: ConsentNeeded,
    50173: ConsentNeeded,
    65001: ConsentNeeded,
    65004: ConsentDeclined,
    70000: ConsentNeeded,
    54005: ConsentNeeded,
    7000215: Misconfigured,
    7000222: Misconfigured,
    700016: Misconfigured,
    90002: Misconfigured,
    50126: ConsentNeeded,
}


def test_every_class_of_the_specification_is_known() -> None:
    beyond = {700027: Misconfigured}  # a certificate that is not registered, of which 2019 knew nothing
    assert {code: kind for code, (kind, _sentence) in SIGN_IN.items()} == CLASSES | beyond


@pytest.mark.parametrize("code", sorted(set(CLASSES) & set(ERRORS)))
def test_sign_in_error_over_the_wire_becomes_its_class_and_sentence(bench: Office365Bench, code: int) -> None:
    bench.microsoft.behave(token_error=code)
    with pytest.raises(VendorError) as trouble:
        access_token(bench.connection(), fresh=True)
    assert type(trouble.value) is CLASSES[code]
    assert trouble.value.code == f"AADSTS{code}"
    assert str(trouble.value) == SIGN_IN[code][1]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("invalid_grant", ConsentNeeded),
        ("interaction_required", ConsentNeeded),
        ("access_denied", ConsentDeclined),
        ("invalid_client", Misconfigured),
        ("unauthorized_client", Misconfigured),
        ("invalid_request", Misconfigured),
        ("temporarily_unavailable", Transient),
        ("", Transient),
    ],
)
def test_unknown_code_falls_back_to_the_oauth_error(error: str, kind: type[VendorError]) -> None:
    found = sign_in_error(codes=[99999], error=error)
    assert type(found) is kind
    assert found.code == "AADSTS99999"


def test_sentences_are_whole_and_different() -> None:
    sentences = [sentence for _kind, sentence in SIGN_IN.values()]
    assert [sentence for sentence in sentences if not sentence.endswith(".")] == []
    assert len(set(sentences)) == len(sentences)


@pytest.mark.parametrize("code", PARTNER_CENTER)
def test_partner_center_code_becomes_its_class(code: str) -> None:
    found = partner_center_error(status=400, code=code, description="Because.")
    assert type(found) is PARTNER_CENTER[code][0]
    assert found.code == code
    assert "%(" not in str(found)


@pytest.mark.parametrize(
    ("status", "kind", "sentence"),
    [
        (400, Rejected, "Microsoft refused: Because."),
        (403, Rejected, "Microsoft refused: Because."),
        (404, NotFound, "Microsoft does not find what was asked for: Because."),
        (401, ConsentNeeded, "Partner Center does not accept the token. Grant the permissions again."),
    ],
)
def test_unknown_partner_center_code_falls_back_to_the_status(
    status: int, kind: type[VendorError], sentence: str
) -> None:
    found = partner_center_error(status=status, code="424242", description="Because.")
    assert (type(found), str(found)) == (kind, sentence)


@pytest.mark.parametrize("status", [409, 423, 425])
@pytest.mark.parametrize("code", ["", "424242"])
def test_conflict_that_the_table_does_not_know_passes_by_itself_for_a_while(status: int, code: str) -> None:
    found = partner_center_error(status=status, code=code, description="Because.")
    assert isinstance(found, NotYet)
    assert str(found.refusal) == "Microsoft refused: Because."


def test_unknown_order_is_not_taken_for_a_country_that_is_not_served() -> None:
    unknown = partner_center_error(status=404, code="20000", description="Order Id not found", sought="orders/x")
    assert (type(unknown), unknown.sought) == (NotFound, "orders/x")
    assert "country" in str(partner_center_error(status=400, code="20000", description="Because."))
