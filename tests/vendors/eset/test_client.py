"""Tokens are renewed when a 401 says so and never before; what speaks for ESET is told from what stands before it."""

import pytest

from sandbox.eset.world import DEMO_PASSWORD
from tests.vendors.eset.bench import EsetBench, provided
from vendors.errors import LostAnswer, Misconfigured, NotAnswering, NotFound, NotYet, Rejected, Transient
from vendors.eset.client import ACCESS, Ema


def signed_in(bench: EsetBench) -> list[str]:
    """Return the calls about tokens so far."""
    return [call["path"].rpartition("/")[2] for call in bench.vendor.requests_seen(path="/Token/")]


def test_a_session_is_begun_once_renewed_by_401_and_begun_anew_when_it_is_over(bench: EsetBench) -> None:
    for _turn in range(2):
        Ema(bench.connection()).who_am_i()
    assert signed_in(bench) == ["Get"]
    bench.advance(61)
    connection = bench.connection()
    Ema(connection).who_am_i()
    assert signed_in(bench) == ["Get", "Renew"]
    assert connection.secrets.renewals[-1][1] == bench.now
    bench.advance(1801)
    Ema(bench.connection()).who_am_i()
    assert signed_in(bench) == ["Get", "Renew", "Renew", "Get"]
    bench.vendor.end_sessions()
    Ema(bench.connection()).who_am_i()
    assert signed_in(bench)[-2:] == ["Renew", "Get"]


def test_a_token_that_another_worker_has_renewed_is_taken(bench: EsetBench) -> None:
    connection = bench.connection()
    ema = Ema(connection)
    ema.who_am_i()
    bench.advance(61)
    Ema(bench.connection()).who_am_i()
    before = signed_in(bench)
    Ema(connection).who_am_i()
    ema.who_am_i()
    assert signed_in(bench) == before


def test_a_change_under_a_token_that_is_over_is_carried_out_once(bench: EsetBench) -> None:
    service = provided(bench)
    bench.advance(61)
    bench.vendor.forget_requests()
    Ema(bench.connection()).send("License/Suspend", publicLicenseKey=service.vendor_ids["licence_id"])
    assert [call["status"] for call in bench.vendor.requests_seen(path="/Suspend")] == [401, 200]


def test_tokens_of_another_password_are_not_used(bench: EsetBench) -> None:
    Ema(bench.connection()).who_am_i()
    bench.secrets["password"] = "changed by the operator"
    for status in (401, 400):
        bench.vendor.behave(wrong_login_status=status)
        with pytest.raises(Misconfigured) as wrong:
            Ema(bench.connection()).who_am_i()
        assert wrong.value.code == "wrong_login"
    bench.secrets["password"] = DEMO_PASSWORD
    Ema(bench.connection()).who_am_i()


def test_a_token_that_is_never_taken_is_trouble_that_passes(bench: EsetBench) -> None:
    bench.vendor.fail("answer", path="/User/Current", times=9, status=401)
    with pytest.raises(Transient) as trouble:
        Ema(bench.connection()).who_am_i()
    assert trouble.value.code == "token_refused"


def test_replies_are_read_whichever_case_their_members_have(bench: EsetBench) -> None:
    bench.vendor.behave(capital_members=True)
    assert Ema(bench.connection()).who_am_i()["company"]["companyid"]
    assert bench.secrets[ACCESS]


def test_500_for_missing_rights_is_told_from_a_broken_server(bench: EsetBench) -> None:
    service = provided(bench)
    key = service.vendor_ids["licence_id"]
    bench.vendor.behave(rights=False)
    for attempt in (Ema(bench.connection()).ask, Ema(bench.connection()).send):
        with pytest.raises(Misconfigured) as wrong:
            attempt("License/Detail", publicLicenseKey=key)
        assert (wrong.value.code, "License/Detail" in str(wrong.value)) == ("no_rights", True)
    bench.vendor.behave(rights=True)
    bench.vendor.fail("error_before", path="/License/", times=4)
    with pytest.raises(Transient) as broken:
        Ema(bench.connection()).ask("License/Detail", publicLicenseKey=key)
    assert broken.value.code == "500"
    with pytest.raises(LostAnswer):
        Ema(bench.connection()).send("License/Suspend", publicLicenseKey=key)


def test_500_in_esets_words_is_no_matter_of_rights_where_nobody_is_let_in(bench: EsetBench) -> None:
    Ema(bench.connection()).who_am_i()
    told = {"code": 1, "subCode": 2, "message": "no"}
    bench.vendor.fail("answer", path="/(License|User)/", times=9, status=500, body=told)
    with pytest.raises(Transient) as trouble:
        Ema(bench.connection()).ask("License/Detail", publicLicenseKey="x")
    assert trouble.value.code == "500"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (404, {"code": 1, "subCode": 4, "message": "gone"}, NotFound),
        (403, {"code": 1, "subCode": 3, "message": "another's"}, NotFound),
        (403, {"code": 99, "subCode": 1, "message": "no page"}, Misconfigured),
        (400, {"quantity": ["The input was not valid."]}, Rejected),
        (403, {"message": "Forbidden"}, NotAnswering),
        (404, {}, NotAnswering),
        (409, {}, NotYet),
    ],
)
def test_answers_are_sorted_by_who_speaks(bench: EsetBench, status: int, body: dict[str, object], kind: type) -> None:
    Ema(bench.connection()).who_am_i()
    bench.vendor.fail("answer", path="/License/", status=status, body=body)
    with pytest.raises(kind) as trouble:
        Ema(bench.connection()).ask("License/Detail", publicLicenseKey="ABC-DEF-GHJ")
    assert "%(" not in str(trouble.value)
    if kind is NotAnswering:
        bench.vendor.fail("answer", path="/License/", status=status, body=body)
        with pytest.raises(LostAnswer):
            Ema(bench.connection()).send("License/Suspend", publicLicenseKey="ABC-DEF-GHJ")


def test_lists_are_read_page_by_page_and_what_is_none_is_asked_again(bench: EsetBench) -> None:
    world = bench.vendor.world
    for number in range(230):
        world.keep_company({"id": f"c-{number}", "parent": "root-of-test", "made": 0, "name": f"C {number}"})
    world.keep_company({"id": "root-of-test", "parent": "6f1c2f52-3a0e-4c1b-9a55-0d3f6f9b2a10", "made": 0, "name": "R"})
    rows = list(Ema(bench.connection()).pages("Company/Children", "companies", companyId="root-of-test"))
    assert len({row["publicid"] for row in rows}) == 230
    for text in ("[]", '{"companies": 5}', "<html>"):
        bench.vendor.fail("raw", path="/Children", text=text)
        with pytest.raises(NotAnswering):
            list(Ema(bench.connection()).pages("Company/Children", "companies", companyId="root-of-test"))
