"""Stations of the pretend AV-Desk: made, changed, blocked, deleted, restored, listed."""

from sandbox.drweb.answers import ApiError, Node, element, listing
from sandbox.drweb.asked import EXISTS, NO_LICENCE, NO_SUCH, WRONG_PARAMETER, Asked
from sandbox.drweb.world import EVERYONE, Document, DrWebWorld, config_code, fresh_id

# What is kept as it was given.
PLAIN = (
    "name", "description", "email", "user-id", "city", "country", "street", "room", "floor", "province", "department",
    "organization", "latitude", "longitude",
)  # fmt: skip
# The platforms that an installer is offered for: (os, arch).
PACKAGES = (("windows", ""), ("android", ""), ("macosx", ""), ("linux", "x86"), ("linux", "x86_64"))


def add(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Make a station, under the id that was given or a new one."""
    identity = asked.get("id") or fresh_id()
    if world.station(identity) is not None:
        raise ApiError(EXISTS, f"Station {identity} already exists")
    if world.available() <= 0:
        raise ApiError(NO_LICENCE, "The number of licenses is exceeded")
    if world.switch("parent_group_required") and not asked.get("parent-group"):
        raise ApiError(WRONG_PARAMETER, "The required parameter parent-group is not specified")
    now = int(world.now())
    station: Document = {
        "id": identity,
        "name": identity,
        "rate": "",
        "parent": EVERYONE,
        "groups": [],
        "expires": 0,
        "block_begin": 0,
        "block_end": 0,
        "created": now,
        "modified": now,
        "made": world.now(),
        "deleted": None,
        "state": 0,
    }
    world.keep_station(_changed(world, station, asked))
    return [element("station", id=identity)]


def change(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Change what is given of a station."""
    station = _there(world, asked.required("id"))
    world.keep_station({**_changed(world, station, asked), "modified": int(world.now())})
    return [element("station", id=station["id"])]


def _changed(world: DrWebWorld, station: Document, asked: Asked) -> Document:
    fresh = {name.replace("-", "_"): asked.get(name) for name in PLAIN if asked.has(name)}
    for name in ("expires", "block-begin", "block-end"):
        if asked.has(name):
            fresh[name.replace("-", "_")] = asked.moment(name)
    if asked.has("rate"):
        fresh["rate"] = _known(world, "tariff", asked.get("rate"))
    if asked.has("parent-group"):
        fresh["parent"] = _known(world, "group", asked.get("parent-group"))
    added = [_known(world, "group", one) for name in ("group", "add-group") for one in asked.all(name)]
    gone = {one.lower() for one in asked.all("delete-group")}
    fresh["groups"] = [one for one in dict.fromkeys([*station["groups"], *added]) if one not in gone]
    return {**station, **fresh}


def _known(world: DrWebWorld, kind: str, identity: str) -> str:
    if identity.lower() == EVERYONE or world.store.get(kind, identity.lower()) is not None:
        return identity.lower()
    raise ApiError(NO_SUCH, f"The {kind} {identity} is not found")


def delete(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Delete stations; the reply names only those that were there."""
    asked.required("id")
    gone = []
    for identity in asked.all("id"):
        station = world.station(identity)
        if station is not None and station["deleted"] is None:
            world.keep_station({**station, "deleted": int(world.now())})
            gone.append(element("station", id=station["id"]))
    if not gone:
        raise ApiError(NO_SUCH, "No station is found")
    return [listing("stations", gone)]


def restore(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Restore deleted stations; where it fails for some the status is true all the same."""
    asked.required("id")
    done, failed = [], []
    for identity in asked.all("id"):
        station = world.station(identity)
        if station is None or station["deleted"] is None or world.available() <= 0:
            failed.append(element("station", id=identity))
            continue
        world.keep_station({**_changed(world, station, asked), "deleted": None})
        done.append(element("station", id=station["id"]))
    return [listing("success", done), listing("fail", failed)]


def info(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Tell of a station, its download links among it; one that was deleted is told with its time of deletion."""
    station = world.station(asked.required("id"))
    if station is None:
        raise ApiError(NO_SUCH, "Station is not found")
    for name in ("components", "installed-components", "running-components", "rights", "group-membership", "keys"):
        asked.flag(name)
    attributes = {"id": station["id"], "name": station["name"], "created": station["created"]}
    attributes |= {"modified": station["modified"], "grace_period": 0, "expires": station["expires"]}
    if station["deleted"] is not None:
        attributes["deleted"] = station["deleted"]
    if world.switch("shows_blocks"):
        attributes |= {"block_begin": station["block_begin"], "block_end": station["block_end"]}
    children = [
        element("email", text=station.get("email", "")),
        element("user-id", text=station.get("user_id", "")),
        element("rate", id=station["rate"]),
        element("config", url=f"{base}/download/download.ds?code={config_code(station['id'])}"),
        listing("packages", [_package(station["id"], base, *one) for one in PACKAGES]),
    ]
    if asked.flag("group-membership"):
        children.append(listing("groups", [element("group", id=one) for one in station["groups"]]))
    return [listing("stations", [element("station", *children, **attributes)])]


def _package(identity: str, base: str, system: str, arch: str) -> Node:
    link = f"{base}/download/download.ds?id={identity}&os={system}" + (f"&arch={arch}" if arch else "")
    return element("package", os=system, arch=arch, url=link)


def list_by_user_id(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """List the stations of a user, by pages."""
    wanted = asked.required("user-id")
    return paged([row for row in world.listed_stations() if row.get("user_id") == wanted], asked, user=True)


def paged(rows: list[Document], asked: Asked, *, user: bool = False) -> list[Node]:
    """Return one page of stations and what there is of pages."""
    page, size = asked.number("page", 1), asked.number("per-page", 100)
    shown = [short(row, user=user) for row in rows[(page - 1) * size : page * size]]
    pages = max(1, -(-len(rows) // size))
    node = listing("stations", shown)
    node.attributes["total"] = str(len(rows))
    counts = {"total": str(pages), "current": str(page), "objects-per-page": str(size)}
    return [node, Node("pages", counts)]


def short(station: Document, *, user: bool = False) -> Node:
    """Return a station as lists show it."""
    attributes = {"id": station["id"], "name": station["name"], "last_seen_time": 0, "last_seen_addr": ""}
    attributes["state"] = station["state"]
    if user:
        attributes["user_id"] = station.get("user_id", "")
    return element("station", **attributes)


def state(world: DrWebWorld, asked: Asked, base: str) -> list[Node]:
    """Tell whether stations are online."""
    asked.required("id")
    words = {0: "offline", 1: "online", 2: "newbie granted", 3: "newbie denied"}
    found = [_there(world, identity) for identity in asked.all("id")]
    return [element("states", *(element("state", text=words[one["state"]], id=one["id"]) for one in found))]


def _there(world: DrWebWorld, identity: str) -> Document:
    station = world.station(identity)
    if station is None or station["deleted"] is not None:
        raise ApiError(NO_SUCH, "Station is not found")
    return station


SCRIPTS = {
    ("stations", "add"): add,
    ("stations", "change"): change,
    ("stations", "delete"): delete,
    ("stations", "restore"): restore,
    ("stations", "info"): info,
    ("stations", "state"): state,
    ("stations", "list-by-user-id"): list_by_user_id,
}
