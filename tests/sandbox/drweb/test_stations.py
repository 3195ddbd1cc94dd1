"""Stations: made, blocked, deleted, restored, listed."""

from sandbox.drweb import DrWeb
from tests.sandbox.drweb.asking import PREMIUM, Asker


def test_station_gets_the_id_it_was_given_or_one_of_its_own(admin: Asker) -> None:
    assert admin.add("pc-1", name="Front desk") == "pc-1"
    assert len(admin.add("", name="Another")) == 36
    assert admin.refusal("stations/add", id="PC-1") == "Station PC-1 already exists"


def test_info_tells_links_and_a_deleted_station_is_told_with_its_time(admin: Asker) -> None:
    admin.add("pc-1", email="a@acme.example", user_id="u-1")
    station = admin.xml("stations/info", id="pc-1").find("stations/station")
    assert station is not None
    assert station.get("deleted") is None
    assert (station.findtext("email"), station.findtext("user-id")) == ("a@acme.example", "u-1")
    links = [str(node.get("url")) for node in station.iterfind("packages/package")]
    assert links[0] == f"{admin.base_url}/download/download.ds?id=pc-1&os=windows"
    assert "download.ds?code=" in str(station.find("config").get("url"))
    admin.xml("stations/delete", id="pc-1")
    gone = admin.xml("stations/info", id="pc-1").find("stations/station")
    assert gone is not None
    assert str(gone.get("deleted")).isdigit()
    assert admin.refusal("stations/info", id="pc-2") == "Station is not found"


def test_block_is_a_period_with_both_ends_and_0_takes_it_away(admin: Asker, drweb: DrWeb) -> None:
    admin.add("pc-1")
    admin.xml("stations/change", id="pc-1", block_begin="20180820", block_end="20991231")
    assert drweb.counts()["blocked"] == 1
    admin.xml("stations/change", id="pc-1", block_begin="0", block_end="0")
    assert drweb.counts()["blocked"] == 0
    for odd in ("2018-08-20", "20181341", "yes"):
        assert admin.refusal("stations/change", id="pc-1", block_begin=odd).startswith("Invalid value")


def test_delete_takes_many_and_names_those_that_were_there(admin: Asker, drweb: DrWeb) -> None:
    for number in range(3):
        admin.add(f"pc-{number}")
    assert admin.ids("stations/delete", id=["pc-0", "pc-1", "nobody"]) == ["pc-0", "pc-1"]
    assert drweb.counts() == {"groups": 0, "stations": 1, "blocked": 0, "deleted": 2}
    assert admin.refusal("stations/delete", id="nobody") == "No station is found"
    assert admin.refusal("stations/change", id="pc-0", name="x") == "Station is not found"


def test_restore_says_true_though_a_part_fails(admin: Asker) -> None:
    admin.add("pc-0")
    admin.xml("stations/delete", id="pc-0")
    root = admin.xml("stations/restore", id=["pc-0", "pc-9"])
    assert [node.get("id") for node in root.iterfind("success/station")] == ["pc-0"]
    assert [node.get("id") for node in root.iterfind("fail/station")] == ["pc-9"]


def test_stations_of_a_user_come_by_pages_and_lists_may_lag(admin: Asker, drweb: DrWeb) -> None:
    for number in range(5):
        admin.add(f"pc-{number}", user_id="u-1")
    admin.add("other", user_id="u-2")
    assert admin.ids("stations/list_by_user_id", user_id="u-1", per_page=2, page=3) == ["pc-4"]
    root = admin.xml("stations/list-by-user-id", user_id="u-1", per_page=2)
    assert root.find("stations").get("total") == "5"
    assert root.find("pages").attrib == {"total": "3", "current": "1", "objects-per-page": "2"}
    drweb.behave(list_lag_seconds=60)
    assert admin.ids("stations/list-by-user-id", user_id="u-1") == []
    assert admin.xml("stations/info", id="pc-0").find("stations/station") is not None


def test_licence_runs_out_and_a_deleted_station_is_free_again(admin: Asker, drweb: DrWeb) -> None:
    drweb.behave(licensed=1)
    admin.add("pc-0")
    assert admin.refusal("stations/add", id="pc-1") == "The number of licenses is exceeded"
    admin.xml("stations/delete", id="pc-0")
    admin.add("pc-1")


def test_tariff_and_group_must_be_known(admin: Asker) -> None:
    assert admin.refusal("stations/add", id="pc", rate="nothing") == "The tariff nothing is not found"
    assert admin.refusal("stations/add", id="pc", group="nothing") == "The group nothing is not found"
    admin.add("pc")
    admin.xml("stations/change", id="pc", rate=PREMIUM)
    assert admin.ids("tariffs/stations-list", id=PREMIUM) == ["pc"]


def test_state_tells_who_is_online(admin: Asker, drweb: DrWeb) -> None:
    admin.add("pc-0")
    admin.add("pc-1")
    drweb.connect(station="pc-1")
    states = {node.get("id"): node.text for node in admin.xml("stations/state", id=["pc-0", "pc-1"]).iter("state")}
    assert states == {"pc-0": "offline", "pc-1": "online"}
