"""The envelope: who may ask, how errors are told, XML and JSON, troubles on demand."""

from dataclasses import replace

import pytest
import requests

from sandbox.drweb import DrWeb
from tests.sandbox.drweb.asking import Asker


def test_wrong_password_is_401_and_an_unknown_script_404(admin: Asker) -> None:
    assert replace(admin, password="wrong").raw("server/info").status_code == 401
    assert requests.get(f"{admin.base_url}/api/server/info.ds", timeout=10).status_code == 401
    broken = {"Authorization": "Basic ?"}
    assert requests.get(f"{admin.base_url}/api/server/info.ds", headers=broken, timeout=10).status_code == 401
    assert admin.raw("stations/history").status_code == 404


def test_headers_say_who_answers(admin: Asker) -> None:
    headers = admin.raw("server/info").headers
    assert (headers["x-drweb-srv-type"], headers["x-drweb-api-version"]) == ("AVDesk", "040103")
    assert headers["x-drweb-api-status"] == "true"


def test_json_is_the_twin_of_xml(admin: Asker) -> None:
    admin.add("pc-1")
    listed = admin.raw("stations/delete", id="pc-1", format="json").json()
    assert listed["data"] == {"stations": {"total": 1, "list": [{"id": "pc-1"}]}}
    assert (listed["head"]["status"], listed["head"]["api"]) == (True, {"version": 40103})
    header = {"x-drweb-api-response-type": "json"}
    address = f"{admin.base_url}/api/stations/info.ds?id=nobody"
    refused = requests.get(address, headers=header, auth=(admin.login, admin.password), timeout=10)
    assert refused.status_code == 200
    assert refused.json()["head"]["status"] is False
    assert refused.json()["error"] == {"code": 36, "message": "Station is not found"}


def test_states_are_a_map_in_json(admin: Asker) -> None:
    admin.add("pc-1")
    assert admin.raw("stations/state", id="pc-1", format="json").json()["data"] == {"states": {"pc-1": "offline"}}


@pytest.mark.parametrize(
    ("kind", "made"), [("error_before", 0), ("error_after", 1), ("unreadable_after", 1), ("truncated_after", 1)]
)
def test_troubles_come_before_or_after_acting(admin: Asker, drweb: DrWeb, kind: str, made: int) -> None:
    drweb.fail(kind, path=r"/stations/add\.ds$")
    answer = admin.raw("stations/add", id="pc-1")
    assert b"</drweb-avdesk-api>" not in answer.content
    assert drweb.counts()["stations"] == made


def test_anothers_answer_names_somebody_else(admin: Asker, drweb: DrWeb) -> None:
    drweb.fail("anothers_after", path=r"/stations/add\.ds$")
    assert admin.add("pc-1") == "another-pc-1"
    drweb.fail("anothers_after", path=r"/stations/delete\.ds$")
    reply = admin.raw("stations/delete", id="pc-1", format="json").json()
    assert reply["data"]["stations"]["list"] == [{"id": "another-pc-1"}]


def test_throttled_and_not_found_are_pages_of_the_web_server(admin: Asker, drweb: DrWeb) -> None:
    drweb.fail("throttle", seconds=7)
    assert admin.raw("server/info").headers["Retry-After"] == "7"
    drweb.fail("not_found")
    assert admin.raw("server/info").status_code == 404
    drweb.fail("drop_before")
    with pytest.raises(requests.ConnectionError):
        admin.raw("server/info")


def test_requests_are_remembered_without_the_password(admin: Asker, drweb: DrWeb) -> None:
    admin.raw("server/info", odd="1")
    (seen,) = drweb.requests_seen(path="/server/")
    assert (seen["query"], seen["status"]) == ("odd=1", 200)
    assert "authorization" not in seen["headers"]
