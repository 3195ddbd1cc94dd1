"""What happens at the vendor beside the Web API."""

import requests

from sandbox.drweb import DrWeb
from tests.sandbox.drweb.asking import Asker


def test_stations_vanish_and_appear_by_hand(admin: Asker, drweb: DrWeb) -> None:
    for number in range(3):
        admin.add(f"pc-{number}", user_id="u-1")
    assert drweb.delete_stations(user="u-1", keep=2) == 1
    assert drweb.add_station(user="u-1") in admin.ids("stations/list-by-user-id", user_id="u-1")
    assert drweb.forget_stations() == 3
    assert admin.refusal("stations/info", id="pc-0") == "Station is not found"


def test_control_over_http_tells_and_does(admin: Asker) -> None:
    control = f"{admin.base_url}/sandbox/control"
    order = {"do": "set_password", "login": "second", "password": "pw"}
    assert requests.post(control, json=order, timeout=10).json() == {"result": None}
    state = requests.get(control, timeout=10).json()
    assert state["counts"] == {"groups": 0, "stations": 0, "blocked": 0, "deleted": 0}
    assert requests.post(control, json={"do": "connect", "station": "x"}, timeout=10).status_code == 400
    requests.post(control, json={"do": "reset"}, timeout=10)
    assert admin.raw("server/info").status_code == 200
    assert requests.get(f"{admin.base_url}/health", timeout=10).json() == {"status": "ok"}
    assert requests.get(f"{admin.base_url}/elsewhere", timeout=10).status_code == 404
