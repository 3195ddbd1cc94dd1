"""The envelope: tokens and how long they live, rights, troubles on demand, members in capitals."""

import pytest
import requests

from sandbox.eset import Eset
from tests.sandbox.eset.asking import NOD32, Asker


def test_access_token_is_over_after_a_minute_and_renewed_within_the_session(msp: Asker, eset: Eset) -> None:
    pair = msp.sign_in()
    assert msp.ask("Token/Check", accessToken=pair["accessToken"]) is True
    eset.advance(seconds=61)
    assert msp.raw("User/Current", method="GET").status_code == 401
    assert msp.ask("Token/Check", accessToken=pair["accessToken"]) is False
    fresh = msp.ask("Token/Renew", refreshToken=pair["refreshToken"])
    assert msp.raw("Token/Renew", {"refreshToken": pair["refreshToken"]}).status_code == 401
    msp.token = fresh["accessToken"]
    assert msp.raw("User/Current", method="GET").json()["company"]["companyId"]
    eset.advance(seconds=1800)
    assert msp.raw("Token/Renew", {"refreshToken": fresh["refreshToken"]}).status_code == 401


def test_wrong_password_no_token_and_no_page_are_refused(msp: Asker, eset: Eset) -> None:
    wrong = Asker(msp.base_url, password="wrong")
    body = {"username": wrong.username, "password": wrong.password}
    assert wrong.raw("Token/Get", body).status_code == 401
    eset.behave(wrong_login_status=400)
    assert wrong.raw("Token/Get", body).status_code == 400
    assert wrong.raw("Token/Get", {"username": wrong.username, "password": 5}).json() == {
        "password": ["The input was not valid."]
    }
    assert wrong.raw("User/Current", method="GET").status_code == 401
    assert wrong.raw("Token/Steal", {}).json()["code"] == 99
    assert (msp.raw("License/Nothing", {}).status_code, msp.raw("License/Nothing", {}).json()["subCode"]) == (403, 1)


def test_missing_rights_are_500_in_esets_own_words_and_a_broken_server_a_page(msp: Asker, eset: Eset) -> None:
    eset.behave(rights=False)
    told = msp.raw("Search/Licenses", {"keyword": "", "skip": 0, "take": 1})
    assert (told.status_code, set(told.json())) == (500, {"code", "subCode", "message"})
    assert msp.raw("User/Current", method="GET").status_code == 200
    eset.fail("error_before")
    broken = msp.raw("User/Current", method="GET")
    assert (broken.status_code, broken.headers["Content-Type"]) == (500, "text/html; charset=utf-8")
    eset.behave(maintenance=True)
    assert msp.raw("User/Current", method="GET").json()["subCode"] == 2


@pytest.mark.parametrize(
    ("kind", "made"), [("error_before", 0), ("error_after", 1), ("unreadable_after", 1), ("truncated_after", 1)]
)
def test_troubles_come_before_or_after_acting(msp: Asker, eset: Eset, kind: str, made: int) -> None:
    company = msp.company()
    eset.fail(kind, path="/License/Order")
    answer = msp.raw("License/Order", {"customerId": company, "productCode": NOD32, "quantity": 5, "licenseType": 1})
    assert not answer.text.endswith("}")
    assert eset.counts()["licences"] == made


def test_throttled_lost_unknown_and_anothers_are_told_as_esets(msp: Asker, eset: Eset) -> None:
    eset.fail("throttle", seconds=7)
    assert msp.raw("User/Current", method="GET").headers["Retry-After"] == "7"
    eset.fail("not_found")
    assert msp.raw("License/Detail", {"publicLicenseKey": "X"}).json()["subCode"] == 4
    eset.fail("conflict")
    assert msp.raw("License/Detail", {"publicLicenseKey": "X"}).status_code == 409
    eset.fail("anothers_after", path="/Create/customer")
    assert msp.company().startswith("another-")
    eset.fail("drop_before")
    with pytest.raises(requests.ConnectionError):
        msp.raw("User/Current", method="GET")


def test_members_may_begin_with_capitals(msp: Asker, eset: Eset) -> None:
    eset.behave(capital_members=True)
    pair = msp.raw("Token/Get", {"Username": msp.username, "PASSWORD": msp.password}).json()
    assert set(pair) == {"AccessToken", "RefreshToken"}
    assert msp.raw("Enum/LicenseStates", method="GET").json()[3] == {"Id": 3, "Name": "Suspended"}


def test_requests_are_remembered_without_the_token(msp: Asker, eset: Eset) -> None:
    msp.raw("User/Current", method="GET")
    (seen,) = eset.requests_seen(path="/User/")
    assert seen["status"] == 200
    assert "authorization" not in seen["headers"]
    assert msp.raw("../nothing", method="GET").status_code == 404
    assert requests.get(f"{msp.base_url}/health", timeout=10).json() == {"status": "ok"}
