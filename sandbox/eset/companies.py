"""Companies of the pretend ESET: who we are, our customers, and their names."""

from typing import Any

from sandbox.eset.asked import Asked
from sandbox.eset.errors import invalid, not_yours, unknown
from sandbox.eset.world import ROOT, Document, EsetWorld, fresh_id

# What is kept of a customer as it was given.
PLAIN = ("email", "customIdentifier", "comment", "vatId", "description")
PLACE = ("state", "city", "streetAddress", "zipCode")
MSP = 1005


def current(world: EsetWorld, asked: Asked) -> Document:
    """Tell who signed in, and for which company."""
    return {"username": asked.username, "company": {"companyId": ROOT, "name": "Brokerage MSP", "typeId": MSP}}


def children(world: EsetWorld, asked: Asked) -> Document:
    """List the customers of a company, by pages."""
    rows = world.companies(ours(world, asked.required("companyId")))
    return {
        "companies": [{"publicId": row["id"], "name": row["name"]} for row in asked.page_of(rows)],
        "paging": {"totalCount": len(rows)},
    }


def search(world: EsetWorld, asked: Asked) -> Document:
    """Find customers by a part of their names."""
    wanted = asked.text("keyword").lower()
    rows = [row for row in world.companies(ROOT) if wanted in row["name"].lower()]
    found = [{"publicId": row["id"], "name": row["name"]} for row in asked.page_of(rows)]
    return {"search": found, "paging": {"totalCount": len(rows)}}


def detail(world: EsetWorld, asked: Asked) -> Document:
    """Tell of one customer."""
    row = _customer(world, asked)
    return {"publicId": row["id"], "name": row["name"], **{name: row.get(name, "") for name in (*PLAIN, "address")}}


def create(world: EsetWorld, asked: Asked) -> Document:
    """Make a customer; its name is no sibling's, whether lists show that one yet or not."""
    parent = ours(world, asked.text("parentCompanyId") or ROOT)
    name, email = asked.required("name"), asked.required("email")
    address = _address(asked.get("address"))
    if any(row["name"].lower() == name.lower() for row in world.siblings(parent)):
        raise invalid("name")
    row = {"id": fresh_id(), "parent": parent, "made": world.now(), "name": name, "email": email, "address": address}
    row |= {one: asked.text(one) for one in PLAIN if one != "email"}
    row["tags"] = [tag["tag"] for tag in asked.get("tags") or []]
    return {"companyId": world.keep_company(row)["id"]}


def update(world: EsetWorld, asked: Asked) -> Document:
    """Change a customer: what is absent stays, what is there and empty is erased."""
    row = _customer(world, asked)
    fresh: Document = {name: asked.text(name) for name in ("name", *PLAIN) if asked.has(name)}
    if asked.has("address"):
        fresh["address"] = _address(asked.get("address"))
    gone = set(asked.texts("tagsToRemove"))
    fresh["tags"] = [tag for tag in [*row["tags"], *asked.texts("tagsToAdd")] if tag not in gone]
    world.keep_company({**row, **fresh})
    return {}


def suspend(world: EsetWorld, asked: Asked) -> Document:
    """Suspend all licences of a customer; what is answered names an operation."""
    return _set_suspended(world, asked, world.now())


def unsuspend(world: EsetWorld, asked: Asked) -> Document:
    """Let all licences of a customer run again."""
    return _set_suspended(world, asked, None)


def operation(world: EsetWorld, asked: Asked, *, identity: str) -> Document:
    """Tell how an operation stands: here each is finished at once."""
    row = world.store.get("operation", identity)
    if row is None:
        raise unknown("Operation")
    return {"operationId": identity, "state": "Finished"}


def ours(world: EsetWorld, identity: str) -> str:
    """Return the id of a company that is the MSP or one of its customers; raises EsetError for any other."""
    if identity.lower() != ROOT and world.company(identity) is None:
        raise unknown("Company")
    if not world.is_ours(identity):
        raise not_yours("Company")
    return identity.lower()


def _customer(world: EsetWorld, asked: Asked) -> Document:
    row = world.company(ours(world, asked.required("companyId")))
    if row is None:
        raise unknown("Company")
    return row


def _address(value: Any) -> Document:
    if not isinstance(value, dict):
        raise invalid("address")
    missing = [name for name in PLACE if not str(value.get(name) or "").strip()]
    if missing:
        raise invalid(*(f"address.{name}" for name in missing))
    return {name: str(value[name]) for name in PLACE}


def _set_suspended(world: EsetWorld, asked: Asked, moment: float | None) -> Document:
    row = _customer(world, asked)
    for licence in world.licences():
        if licence["company"] == row["id"] and (licence["suspended_at"] is None) is not (moment is None):
            world.keep_licence({**licence, "suspended_at": moment})
    identity = fresh_id()
    world.store.put("operation", identity, {"id": identity})
    return {"operationId": identity}
