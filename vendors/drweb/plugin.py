"""The Dr.Web plugin: stations of the AV-Desk anti-virus service, billed by what we count ourselves."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from vendors.base import (
    Access,
    Connection,
    Done,
    Fact,
    Field,
    FieldKind,
    Offer,
    Order,
    Probe,
    Resource,
    Service,
    Steps,
    Task,
    VendorPlugin,
    Verdict,
)
from vendors.capabilities import Action, CountsUnits, Document, Does, OffersActions
from vendors.drweb.client import AvDesk, unreadable
from vendors.drweb.links import facts_of, table_of
from vendors.drweb.replies import same_id
from vendors.drweb.stations import Station, Stations, account_values
from vendors.errors import Gone, Misconfigured, Rejected, answering, together
from vendors.registry import register

LINKS = "links"
NO_STATIONS = gettext_noop("AV-Desk has no station of this service any more.")
ANOTHER_SERVER = gettext_noop(
    "%(server)s is another AV-Desk server than the one this service was made on. Correct the connection's address."
)
NO_LICENCES = gettext_noop(
    "The AV-Desk server has licences for %(available)s more stations only, and %(needed)s are needed. "
    "Add licences to the server, or order fewer."
)
NO_TARIFF = gettext_noop(
    "AV-Desk does not know the product %(tariff)s. Choose another one in the application template."
)


@register
class DrWeb(VendorPlugin, CountsUnits, OffersActions):
    """Anti-virus stations. Each has an id of ours and carries our mark, so that no call can make it twice."""

    slug = "drweb"
    name = _("Dr.Web AV-Desk")
    visible_after = timedelta(0)  # one server with its own database: what it has done, its lists show
    settings_fields = (
        Field("base_url", _("Server"), FieldKind.URL, help=_("With its port, as https://server:9081.")),
        Field("login", _("Administrator's login"), default="admin"),
        Field("password", _("Administrator's password"), FieldKind.SECRET),
        Field(
            "parent_group",
            _("Parent group's ID"),
            required=False,
            help=_("Only where the administrator is one of a group: what is made stands below it."),
        ),
    )

    # -- the connection

    def check_access(self, connection: Connection) -> Access:
        """Read what the server tells of itself; an address without a Web API is told apart."""
        desk = AvDesk(connection)
        with answering():
            reply = desk.read("server/info")
        paths = {"host": "host", "version": "version", "licensed": "stations/licensed", "free": "stations/available"}
        return Access({name: reply.text(f"server-info/{path}") for name, path in paths.items()})

    def catalogue(self, connection: Connection) -> Iterator[Offer]:
        """Yield the server's tariffs; names may repeat, ids do not."""
        for group in AvDesk(connection).read("tariffs/list").root.iter("group"):
            yield Offer(
                id=group.get("id", ""), name=group.get("name") or group.get("id", ""), unit="station", minimum=1
            )

    # -- a service's life

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        """Make the service's group and in it each station, under ids of ours."""
        desk = AvDesk(connection)
        stations = Stations(desk, group_of(order.reference))
        stations.make_group(order.label, steps)
        account = account_values(order.account)
        after = 0
        for key, resource in sorted(order.resources.items()):
            made = stations.wanted(
                key, resource.offer, resource.quantity, label=order.label, after=after, reference=order.reference
            )
            for one in made:
                stations.make(one, account, steps)
            after += len(made)
        return self._done(stations, order.resources)

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Bring each resource to its number of stations: new ones are made, the newest are deleted."""
        stations = self._of(connection, service)
        seen = self._seen(stations, service, steps)
        label = service.label or stations.group_id
        after = max((station.number for rows in seen.values() for station in rows), default=0)
        for key in sorted(quantities):
            there, wanted = seen.get(key, []), quantities[key]
            stations.delete(there[wanted:], steps)
            fresh = stations.wanted(
                key,
                service.resources[key].offer,
                max(wanted - len(there), 0),
                label=label,
                after=after,
                reference=steps.reference,
            )
            for one in fresh:
                stations.make(one, {}, steps)
            after += len(fresh)
        return self._done(stations, _at(service, quantities), service)

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Block every station: it keeps its account and is not served."""
        stations = self._of(connection, service)
        for rows in self._seen(stations, service, steps).values():
            stations.block(rows, connection.now, steps)
        return Done(service.vendor_ids)

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Unblock every station that is there; deleted ones stay deleted."""
        stations = self._of(connection, service)
        for rows in self._seen(stations, service, steps).values():
            stations.unblock(rows, connection.now, steps)
        return Done(service.vendor_ids)

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """Delete every station, then the group."""
        stations = self._of(connection, service)
        seen = stations.seen(service.resources, steps)
        for rows in seen.values():
            stations.delete(rows, steps)
        stations.delete_group(steps)
        self._refuse_gone(stations, service, seen)
        return Done(service.vendor_ids)

    def probe(self, connection: Connection, task: Task) -> Probe:
        """Compare the stations with what the operation was to bring about."""
        if task.order is not None:
            return self._probe_order(connection, task.order)
        service = task.service or Service({}, {})
        stations = self._of(connection, service)
        there = {key: stations.of(key) for key in service.resources}
        if not self._has_come_true(stations, task, there, connection):
            return Probe(Verdict.NOT_DONE)
        if task.action == "change":
            return Probe(Verdict.DONE, self._done(stations, _at(service, task.quantities), service))
        return Probe(Verdict.DONE, Done(service.vendor_ids))

    # -- questions

    def validate_order(self, connection: Connection, order: Order) -> None:
        """Raise Rejected for tariffs that the server has not, and for more stations than it has licences for."""
        desk = AvDesk(connection)
        tariffs = [group.get("id", "") for group in desk.read("tariffs/list").root.iter("group")]
        missing = [
            Rejected(NO_TARIFF, code="no_tariff", tariff=resource.offer)
            for resource in order.resources.values()
            if not any(same_id(resource.offer, one) for one in tariffs)
        ]
        if missing:
            raise together(missing)
        _refuse_without_licences(desk, sum(resource.quantity for resource in order.resources.values()))

    def check(self, connection: Connection, service: Service, quantities: Mapping[str, int]) -> None:
        """Raise Rejected for more stations than the server has licences for."""
        more = sum(max(wanted - service.resources[key].quantity, 0) for key, wanted in quantities.items())
        if more:
            _refuse_without_licences(AvDesk(connection), more)

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return the stations with their links, as the server tells them now."""
        stations = self._of(connection, service)
        self._refuse_gone(stations, service, {key: stations.of(key) for key in service.resources})
        return facts_of(stations, service.resources)

    def count(self, connection: Connection, service: Service) -> dict[str, int]:
        """Return how many stations the server holds of each resource, blocked ones included."""
        stations = self._of(connection, service)
        return {key: len(stations.of(key)) for key in service.resources}

    def actions(self, service: Service) -> tuple[Action, ...]:
        """Return the list of all stations, where there is a service."""
        return (Action(LINKS, _("Download the links of all stations"), Does.DOWNLOADS),) if service.vendor_ids else ()

    def act(self, connection: Connection, service: Service, name: str) -> Document:
        """Return a table of every station with its links."""
        if name != LINKS:
            raise ValueError(f"Dr.Web has no action {name!r}.")
        stations = self._of(connection, service)
        return Document("stations.csv", table_of(stations, service.resources), "text/csv; charset=utf-8")

    # -- parts

    def _of(self, connection: Connection, service: Service) -> Stations:
        return Stations(AvDesk(connection), service.vendor_ids.get("group_id", ""))

    def _seen(self, stations: Stations, service: Service, steps: Steps) -> dict[str, list[Station]]:
        seen = stations.seen(service.resources, steps)
        self._refuse_gone(stations, service, seen)
        return seen

    def _refuse_gone(self, stations: Stations, service: Service, seen: Mapping[str, list[Station]]) -> None:
        """Raise Gone where the server that made them has not one station left, though there should be some."""
        if any(seen.values()) or not any(resource.quantity for resource in service.resources.values()):
            return
        known = service.vendor_ids.get("server_id", "")
        if known and not same_id(_server_id(stations.desk), known):
            raise Misconfigured(ANOTHER_SERVER, code="another_server", server=stations.desk.server)
        raise Gone(NO_STATIONS)

    def _done(self, stations: Stations, resources: Mapping[str, Resource], service: Service | None = None) -> Done:
        known = service.vendor_ids if service else {}
        ids = {"group_id": stations.group_id, "server_id": known.get("server_id") or _server_id(stations.desk)}
        return Done(ids, facts_of(stations, resources))

    def _probe_order(self, connection: Connection, order: Order) -> Probe:
        stations = Stations(AvDesk(connection), group_of(order.reference))
        counts = {key: len(stations.of(key)) for key in order.resources}
        wanted = {key: resource.quantity for key, resource in order.resources.items()}
        if counts != wanted or not stations.has_group():
            return Probe(Verdict.NOT_DONE)
        return Probe(Verdict.DONE, self._done(stations, order.resources))

    def _has_come_true(
        self, stations: Stations, task: Task, there: Mapping[str, list[Station]], connection: Connection
    ) -> bool:
        rows = [station for found in there.values() for station in found]
        if task.action == "change":
            return {key: len(there[key]) for key in task.quantities} == dict(task.quantities)
        if task.action == "cancel":
            return not rows and not stations.has_group()
        told = stations.is_blocked if task.action == "suspend" else stations.is_running
        return bool(rows) and all(told(station.id, connection.now) for station in rows)


def group_of(reference: str) -> str:
    """Return the id of the group of an order: the same in every attempt, another one in every installation."""
    return str(uuid5(NAMESPACE_URL, f"{settings.BASE_URL}#{reference}"))


def _server_id(desk: AvDesk) -> str:
    reply = desk.read("server/info")
    with unreadable(desk):
        return (reply.one("server-info/uuid").text or "").strip()


def _refuse_without_licences(desk: AvDesk, needed: int) -> None:
    reply = desk.read("server/info")
    with unreadable(desk):
        available = reply.number("server-info/stations/available")
    if needed > available:
        raise Rejected(NO_LICENCES, code="no_licences", available=str(available), needed=str(needed))


def _at(service: Service, quantities: Mapping[str, int]) -> dict[str, Resource]:
    """Return the service's resources with the new quantities."""
    return {
        key: Resource(resource.offer, quantities.get(key, resource.quantity))
        for key, resource in service.resources.items()
    }
