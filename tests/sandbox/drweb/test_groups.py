"""Groups, tariffs, and what the server tells of itself."""

from sandbox.drweb import DrWeb
from sandbox.drweb.world import BASE_TARIFFS
from tests.sandbox.drweb.asking import STANDARD, Asker


def test_group_holds_stations_and_its_end_leaves_them(admin: Asker, drweb: DrWeb) -> None:
    admin.xml("groups/add", id="g-1", name="Acme")
    assert admin.refusal("groups/add", id="G-1", name="Acme") == "The group g-1 already exists"
    assert admin.refusal("groups/add", id="g-2").startswith("The required parameter name")
    admin.add("pc-1", group="g-1")
    assert admin.ids("groups/stations-list", id="g-1") == ["pc-1"]
    assert [node.get("stations") for node in admin.xml("groups/list").iter("group")] == ["1"]
    admin.xml("groups/change", id="g-1", name="Acme Ltd")
    assert admin.xml("groups/info", id="g-1").find("groups/group").get("name") == "Acme Ltd"
    admin.xml("groups/delete", id="g-1")
    assert admin.refusal("groups/stations-list", id="g-1") == "Group is not found"
    assert drweb.counts()["stations"] == 1


def test_group_administrator_has_to_say_where(admin: Asker, drweb: DrWeb) -> None:
    drweb.behave(parent_group_required=True)
    for script in ("groups/add", "stations/add"):
        assert admin.refusal(script, name="Acme").startswith("The required parameter parent-group")


def test_base_tariff_or_one_with_stations_is_not_deleted(admin: Asker) -> None:
    listed = {node.get("id"): node.get("stations") for node in admin.xml("tariffs/list").iter("group")}
    assert set(listed) == set(BASE_TARIFFS)
    assert admin.refusal("tariffs/delete", id=STANDARD).endswith("cannot be deleted")
    own = admin.xml("tariffs/add", name="New Year", grace_period=10).find("group").get("id")
    admin.xml("stations/add", id="pc", rate=own)
    assert admin.refusal("tariffs/delete", id=own).endswith("cannot be deleted")
    admin.xml("tariffs/delete", id=own, new_rate=STANDARD)
    assert admin.ids("tariffs/stations-list", id=STANDARD) == ["pc"]
    assert admin.refusal("tariffs/add", name="x", grace_period=91).startswith("Invalid value")


def test_server_tells_its_licence_and_its_totals(admin: Asker, drweb: DrWeb) -> None:
    drweb.behave(licensed=5)
    admin.add("pc-1", block_begin="20180820", block_end="20991231")
    root = admin.xml("server/info")
    found = [root.findtext(f"server-info/stations/{name}") for name in ("licensed", "available")]
    assert found == ["5", "4"]
    totals = {node.tag: node.get("total") for node in admin.xml("server/summary").find("stations")}
    assert (totals["all"], totals["blocked"], totals["deleted"]) == ("1", "1", "0")
