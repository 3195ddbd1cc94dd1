"""Groups and tariffs of the pretend AV-Desk, and what its server tells of itself."""

from sandbox.drweb.answers import SERVER_VERSION, ApiError, Node, element, listing
from sandbox.drweb.asked import EXISTS, NO_SUCH, NOT_ALLOWED, WRONG_PARAMETER, Asked
from sandbox.drweb.stations import paged
from sandbox.drweb.world import BASE_TARIFFS, EVERYONE, SERVER_UUID, TARIFFS_ROOT, Document, DrWebWorld, fresh_id


def add(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Make a group, under the id that was given or a new one."""
    return [element("group", id=_made(world, "group", asked)["id"])]


def _made(world: DrWebWorld, kind: str, asked: Asked) -> Document:
    identity, name = (asked.get("id") or fresh_id()).lower(), asked.required("name")
    if world.store.get(kind, identity) is not None:
        raise ApiError(EXISTS, f"The group {identity} already exists")
    if world.switch("parent_group_required") and not asked.get("parent-group"):
        raise ApiError(WRONG_PARAMETER, "The required parameter parent-group is not specified")
    document = {"id": identity, "name": name, "description": asked.get("description"), "base": False}
    document |= {
        "parent": asked.get("parent-group") or (TARIFFS_ROOT if kind == "tariff" else EVERYONE),
        "grace_period": _grace(asked),
    }
    return world.store.put(kind, identity, document)


def _grace(asked: Asked) -> int:
    value = asked.get("grace-period", "0")
    if not value.isdigit() or int(value) > 90:
        raise ApiError(WRONG_PARAMETER, "Invalid value of the parameter grace-period")
    return int(value)


def _found(world: DrWebWorld, kind: str, identity: str) -> Document:
    document = world.store.get(kind, identity.lower())
    if document is None:
        raise ApiError(NO_SUCH, "Group is not found")
    return document


def change(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Change a group's name or description."""
    group = _found(world, "group", asked.required("id"))
    given = {name: asked.get(name) for name in ("name", "description") if asked.has(name)}
    world.store.put("group", group["id"], {**group, **given})
    return [element("group", id=group["id"])]


def delete(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Delete groups; their stations stay, in no group of theirs."""
    asked.required("id")
    gone = [_found(world, "group", identity) for identity in asked.all("id")]
    for group in gone:
        world.store.delete("group", group["id"])
        for station in world.stations():
            if group["id"] in station["groups"]:
                left = [one for one in station["groups"] if one != group["id"]]
                world.keep_station({**station, "groups": left})
    return [listing("groups", [element("group", id=group["id"]) for group in gone])]


def info(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Tell of one group."""
    group = _found(world, "group", asked.required("id"))
    return [listing("groups", [_shown(world, group)])]


def list_groups(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """List every group."""
    return [listing("groups", [_shown(world, group) for group in world.store.all("group")])]


def _shown(world: DrWebWorld, group: Document) -> Node:
    stations = sum(group["id"] in row["groups"] for row in world.stations())
    return element("group", id=group["id"], name=group["name"], stations=stations)


def stations_list(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """List the stations of a group, without nesting."""
    group = _found(world, "group", asked.required("id"))
    return paged([row for row in world.listed_stations() if group["id"] in row["groups"]], asked)


def list_tariffs(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """List the tariffs with how many stations they have; names may repeat, ids do not."""
    rows = world.stations()
    shown = [
        element(
            "group",
            element("child-groups"),
            id=tariff["id"],
            name=tariff["name"],
            stations=sum(row["rate"] == tariff["id"] for row in rows),
        )
        for tariff in world.store.all("tariff")
    ]
    return [listing("groups", shown)]


def tariff_stations(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """List the stations of a tariff."""
    tariff = _found(world, "tariff", asked.required("id"))
    return paged([row for row in world.listed_stations() if row["rate"] == tariff["id"]], asked)


def add_tariff(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Make a tariff of one's own."""
    return [element("group", id=_made(world, "tariff", asked)["id"])]


def delete_tariff(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Delete tariffs: not a base one, and none that has stations unless they get a new rate."""
    asked.required("id")
    gone = [_found(world, "tariff", identity) for identity in asked.all("id")]
    for tariff in gone:
        theirs = [row for row in world.stations() if row["rate"] == tariff["id"]]
        if tariff["id"] in BASE_TARIFFS or (theirs and not asked.get("new-rate")):
            raise ApiError(NOT_ALLOWED, f"The tariff {tariff['id']} cannot be deleted")
        for row in theirs:
            world.keep_station({**row, "rate": _found(world, "tariff", asked.get("new-rate"))["id"]})
    for tariff in gone:
        world.store.delete("tariff", tariff["id"])
    return [listing("groups", [element("group", id=tariff["id"]) for tariff in gone])]


def server_info(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Tell of the server and of its licence."""
    licensed = element("licensed", text=str(world.switch("licensed")))
    available = element("available", text=str(world.available()))
    custom = len(world.store.all("group"))
    counts = element("groups", element("custom", text=str(custom)), element("system", text="92"), total=custom + 92)
    return [
        element(
            "server-info",
            element("host", text="192.168.1.1"),
            element("uuid", text=SERVER_UUID),
            element("os", text="Linux"),
            element("uptime", text="109940"),
            element("platform", text="Linux 2.6.32-23-pve x86_64; Debian GNU/Linux 7; glibc 2.13; NPTL 2.13"),
            element("version", text=SERVER_VERSION),
            element("branch"),
            counts,
            element("stations", licensed, available, total=len(world.stations())),
        )
    ]


def server_summary(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Tell how many stations there are by state."""
    rows = world.stations()
    totals = {
        "all": len(rows),
        "blocked": sum(world.is_blocked(row) for row in rows),
        "deleted": len(world.stations(deleted=True)),
        "offline": sum(row["state"] == 0 for row in rows),
        "online": sum(row["state"] == 1 for row in rows),
        "expired": sum(bool(row["expires"]) and row["expires"] <= world.now() for row in rows),
    }
    node = element("stations", *(element(name, total=count) for name, count in totals.items()), total=len(rows))
    return [node]


SCRIPTS = {
    ("groups", "add"): add,
    ("groups", "change"): change,
    ("groups", "delete"): delete,
    ("groups", "info"): info,
    ("groups", "list"): list_groups,
    ("groups", "stations-list"): stations_list,
    ("tariffs", "list"): list_tariffs,
    ("tariffs", "add"): add_tariff,
    ("tariffs", "delete"): delete_tariff,
    ("tariffs", "stations-list"): tariff_stations,
    ("server", "info"): server_info,
    ("server", "summary"): server_summary,
}
