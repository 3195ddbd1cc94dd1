"""The plugin of Example Backup: backup seats, ordered, changed, stopped, started and ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from brokerage_example_vendor.client import GONE, Client
from vendors.base import (
    JSON,
    Access,
    ChangeRule,
    Connection,
    Done,
    Effective,
    Fact,
    Field,
    FieldKind,
    Offer,
    Order,
    Outcome,
    Probe,
    Resource,
    Secret,
    Service,
    Steps,
    Task,
    Term,
    VendorPlugin,
    Verdict,
    Waiting,
)
from vendors.capabilities import (
    Action,
    CountsUnits,
    Document,
    Does,
    Link,
    ObservesServices,
    OffersActions,
    RenewsTerms,
    Said,
)
from vendors.errors import Gone, NotFound, NotYet, Rejected

NO_SERVICE = gettext_noop("Example Backup no longer has this service.")
SPACE = gettext_noop("Space")
FULL = gettext_noop("Backup %(id)s is full: nothing more is kept until there is space.")
SERVICE_ID = gettext_noop("Backup ID")
APPROVE = gettext_noop("Press the button in the letter that Example Backup has sent to %(email)s.")
NO_SITE = gettext_noop("Example Backup knows no site “%(site)s”.")
PREPARING = gettext_noop("Example Backup is preparing the service. It will be looked at again by itself.")
NOT_PREPARED = gettext_noop("Example Backup has not prepared the service in a day. Ask its support, and try again.")
PATIENCE = timedelta(days=14)
SENT_AGAIN = gettext_noop("The letter is on its way to %(email)s.")
SEATS = gettext_noop("Seats backed up")
UNTIL = gettext_noop("Backups kept until")
# How the contract about a product has seats changed: as often as wanted, or by one of these rules.
SEATS_CHANGE = (
    ("daily", _("once a day")),
    ("nightly", _("once a day, from the next day on")),
    ("monthly", _("lowered from the next month on")),
    ("yearly", _("lowered with the next term")),
)
RULES = {
    "daily": ChangeRule(a_day=1, zone="Europe/Bratislava"),
    "nightly": ChangeRule(
        a_day=1, zone="Europe/Bratislava", raise_from=Effective.NEXT_DAY, lower_from=Effective.NEXT_DAY
    ),
    "monthly": ChangeRule(lower_from=Effective.END_OF_PERIOD),
    "yearly": ChangeRule(lower_from=Effective.END_OF_TERM),
}
ARCHIVES = gettext_noop("Archives kept")
# What Example Backup calls the units of an offer, within one service.
MEMBERS = {"backup": "seats", "archive": "archives"}
STATE_AFTER = {"suspend": "stopped", "resume": "running", "cancel": "ended"}


class Backups(VendorPlugin, OffersActions, ObservesServices, RenewsTerms):
    """Backup for workstations. A service is found again by the reference that was sent with its order."""

    visible_after = timedelta(minutes=5)  # its list of services is up to four minutes behind
    template_fields = (
        Field("approval", _("The customer approves each order"), FieldKind.YES_NO, required=False),
        Field("seats_change", _("Seats change"), FieldKind.CHOICE, required=False, choices=SEATS_CHANGE),
    )
    # A question of the vendor's own may have any name; what follows from an answer is asked afterwards.
    order_fields = (
        Field("name", _("Site"), required=False, help=_("Where the workstations stand.")),
        Field("room", _("Room"), FieldKind.CHOICE, after=("name",)),
    )
    # Of a service's ids, those by which Example Backup knows the whole company.
    account_ids = frozenset({"company_id"})
    secrets = (Secret("restore_key", _("Restore key"), lasts=True), Secret("first_password", _("First password")))
    secret_names = frozenset({"x-example-proof"})
    settings_fields = (
        Field("base_url", _("Server"), FieldKind.URL),
        Field("api_key", _("API key"), FieldKind.SECRET),
        Field("certificate", _("Certificate"), FieldKind.FILE, required=False),
        Field("name", _("Our name at Example Backup"), required=False),
    )

    def change_rule(self, options: Mapping[str, str]) -> ChangeRule:
        """Return what the product's contract says."""
        return RULES.get(options.get("seats_change", ""), ChangeRule())

    def check_access(self, connection: Connection) -> Access:
        """Read our own company."""
        return Access({"company": Client(connection).get("/company")["name"]})

    def catalogue(self, connection: Connection) -> list[Offer]:
        """Return the vendor's products."""
        return [Offer(id=row["id"], name=row["name"], unit="seats") for row in Client(connection).get("/products")]

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Outcome:
        """Order one service with the units of all resources; some templates have the customer approve it."""
        client = Client(connection)
        units = {_member(resource): resource.quantity for resource in order.resources.values()}
        (product,) = (resource.offer for resource in order.resources.values() if _member(resource) == "seats")
        body = {"product": product, "reference": order.reference, **units}
        if order.options.get("approval"):
            body["approval"] = True
        service = steps.once(
            "service",
            send=lambda _request_id: client.send("POST", "/services", body),
            find=lambda: self._by_reference(client, order.reference),
        )
        ids = {"service_id": service["id"]}
        state = client.get(f"/services/{service['id']}")["state"]
        if state == "preparing":
            raise NotYet(PREPARING, refusal=Rejected(NOT_PREPARED, code="not_prepared"), waits=32)
        if state == "awaiting":
            facts = (Fact("service_id", SERVICE_ID, service["id"]),)
            return Waiting(APPROVE, {"email": order.account.email}, vendor_ids=ids, facts=facts, at_most=PATIENCE)
        return Done(ids)

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Set the units: absolute numbers, so that setting them twice does no harm."""
        return self._set(connection, service, _units(service, quantities), steps)

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Stop the backups."""
        return self._set(connection, service, {"state": "stopped"}, steps)

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Start the backups again."""
        return self._set(connection, service, {"state": "running"}, steps)

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """End the service."""
        return self._set(connection, service, {"state": "ended"}, steps)

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Compare the vendor's record with what the operation was to bring about."""
        client = Client(connection)
        if task.order is not None:
            found = self._by_reference(client, task.order.reference)
            if found is None or client.get(f"/services/{found['id']}")["state"] in ("preparing", "awaiting"):
                return Probe(Verdict.NOT_DONE)
            return Probe(Verdict.DONE, Done({"service_id": found["id"]}))
        service = task.service or Service({}, {})
        wanted: dict[str, Any] = {"state": STATE_AFTER.get(task.action)}
        if task.action == "change":
            wanted = _units(service, task.quantities)
        if task.action == "renew":
            wanted = {"until": _until(task.term)}
        if self._has(client, service, wanted):
            return Probe(Verdict.DONE, Done(service.vendor_ids))
        return Probe(Verdict.NOT_DONE)

    def renew(self, connection: Connection, service: Service, term: Term, steps: Steps) -> Done:
        """Keep the backups for another term."""
        until = _until(term)
        done = self._set(connection, service, {"until": until}, steps)
        return Done(done.vendor_ids, (Fact("until", UNTIL, until),))

    def follow_up(self, connection: Connection, order: Order) -> tuple[Field, ...]:
        """Ask for one of the rooms of the site."""
        site = order.answers.get("name")
        if not site:
            return ()
        found = Client(connection).get(f"/sites/{site}")
        if not found["rooms"]:
            raise Rejected(NO_SITE, at="name", site=site)
        asked = next(field for field in self.order_fields if field.name == "room")
        return (replace(asked, choices=tuple((room, room) for room in found["rooms"])),)

    def actions(self, service: Service) -> tuple[Action, ...]:
        """Have the letter sent again while the order waits; sign in, and download a report, afterwards."""
        return (
            Action("resend", _("Send the letter again"), Does.SENDS, waiting=True),
            Action("sign_in", _("Open Example Backup"), Does.OPENS),
            Action("report", _("Download the report"), Does.DOWNLOADS),
        )

    def act(self, connection: Connection, service: Service, name: str) -> Said | Link | Document:
        """Do what a button says."""
        client = Client(connection)
        found = client.act(f"/services/{service.vendor_ids['service_id']}/{name}")
        if name == "resend":
            return Said(SENT_AGAIN, {"email": found["email"]})
        if name == "sign_in":
            return Link(found["url"])
        return Document("report.csv", found["report"].encode(), "text/csv")

    def observe(self, connection: Connection, service: Service) -> Done:
        """Return the service's id, which Example Backup changes when it moves a service to another of its servers."""
        with _telling_what_is_gone():
            found = Client(connection).get(f"/services/{service.vendor_ids['service_id']}")
        told = [Fact("service_id", SERVICE_ID, found["id"])]
        if "space" in found:
            alarm = FULL if found["space"] == "full" else ""
            told.append(Fact("space", SPACE, found["space"], alarm=alarm, alarm_values={"id": found["id"]}))
        return Done({"service_id": found["id"]}, tuple(told))

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return the vendor's id and the units."""
        with _telling_what_is_gone():
            found = Client(connection).get(f"/services/{service.vendor_ids['service_id']}")
        archives = (Fact("archives", ARCHIVES, str(found["archives"])),) if "archives" in found else ()
        return (Fact("service_id", SERVICE_ID, found["id"]), Fact("seats", SEATS, str(found["seats"])), *archives)

    def _set(self, connection: Connection, service: Service, wanted: dict[str, Any], steps: Steps) -> Done:
        client = Client(connection)
        path = f"/services/{service.vendor_ids['service_id']}"
        with _telling_what_is_gone():
            steps.once(
                "set",
                send=lambda _request_id: client.send("PUT", path, wanted),
                find=lambda: client.get(path) if self._has(client, service, wanted) else None,
                visible_after=timedelta(0),  # a service read by its id is as it is now
            )
        return Done(service.vendor_ids)

    def _has(self, client: Client, service: Service, wanted: dict[str, Any]) -> bool:
        found = client.get(f"/services/{service.vendor_ids['service_id']}")
        return all(found.get(name) == value for name, value in wanted.items())

    def _by_reference(self, client: Client, reference: str) -> JSON | None:
        found = client.get(f"/services?reference={reference}")
        return found[0] if found else None


class ExampleBackup(Backups, CountsUnits):
    """What is sold by the seat: nobody measures it, so that our own books count."""

    slug = "example"
    name = _("Example Backup")

    def count(self, connection: Connection, service: Service) -> dict[str, int]:
        """Return the units that are in service."""
        with _telling_what_is_gone():
            found = Client(connection).get(f"/services/{service.vendor_ids['service_id']}")
        runs = found["state"] == "running"
        return {key: found[_member(one)] if runs else 0 for key, one in service.resources.items()}


def _member(resource: Resource) -> str:
    return MEMBERS.get(resource.offer, "seats")


def _units(service: Service, quantities: Mapping[str, int]) -> dict[str, int]:
    return {_member(service.resources[key]): count for key, count in quantities.items()}


def _until(term: Term) -> str:
    return "" if term.expires_on is None else term.expires_on.isoformat()


@contextmanager
def _telling_what_is_gone() -> Iterator[None]:
    """Raise Gone where the vendor itself says that it has no such service: it is ended then, or ordered anew."""
    try:
        yield
    except NotFound as missing:
        if missing.code == GONE:
            raise Gone(NO_SERVICE) from missing
        raise
