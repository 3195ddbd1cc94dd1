"""What the links lead to."""

import requests

from tests.sandbox.drweb.asking import Asker


def test_links_of_a_station_lead_to_files_as_long_as_it_is_there(admin: Asker) -> None:
    admin.add("pc-1")
    station = admin.xml("stations/info", id="pc-1").find("stations/station")
    links = [node.get("url") for node in station.iterfind("packages/package")] + [station.find("config").get("url")]
    answers = [requests.get(str(link), timeout=10) for link in links]
    assert [answer.status_code for answer in answers] == [200] * len(links)
    names = [answer.headers["Content-Disposition"].split('"')[1] for answer in answers]
    assert (names[0], names[-1]) == ("drwinst.exe", "install.cfg")
    admin.xml("stations/delete", id="pc-1")
    assert {requests.get(str(link), timeout=10).status_code for link in links} == {404}
    assert requests.get(f"{admin.base_url}/download/other.ds", timeout=10).status_code == 404
