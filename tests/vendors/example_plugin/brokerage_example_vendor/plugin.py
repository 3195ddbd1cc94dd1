"""The plugin of Example Backup: backup seats, ordered, changed, stopped, started and ended."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from brokerage_example_vendor.client import GONE, Client
from vendors.base import (
    JSON,
    Access,
    Connection,
    Done,
    Fact,
    Field,
    FieldKind,
    Offer,
    Order,
    Probe,
    Service,
    Steps,
    Task,
    VendorPlugin,
    Verdict,
)
from vendors.errors import Gone, NotFound

NO_SERVICE = gettext_noop("Example Backup no longer has this service.")
SERVICE_ID = gettext_noop("Backup ID")
STATE_AFTER = {"suspend": "stopped", "resume": "running", "cancel": "ended"}


class ExampleBackup(VendorPlugin):
    """Backup for workstations. A service is found again by the reference that was sent with its order."""

    slug = "example"
    name = _("Example Backup")
    visible_after = timedelta(minutes=5)  # its list of services is up to four minutes behind
    settings_fields = (
        Field("base_url", _("Server"), FieldKind.URL),
        Field("api_key", _("API key"), FieldKind.SECRET),
    )

    def check_access(self, connection: Connection) -> Access:
        """Read our own company."""
        return Access({"company": Client(connection).get("/company")["name"]})

    def catalogue(self, connection: Connection) -> list[Offer]:
        """Return the vendor's products."""
        return [Offer(id=row["id"], name=row["name"], unit="seats") for row in Client(connection).get("/products")]

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        """Order one service with the seats of its only resource."""
        client = Client(connection)
        ((_key, resource),) = order.resources.items()
        body = {"product": resource.offer, "seats": resource.quantity, "reference": order.reference}
        service = steps.once(
            "service",
            send=lambda _request_id: client.send("POST", "/services", body),
            find=lambda: self._by_reference(client, order.reference),
        )
        return Done({"service_id": service["id"]})

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """Set the seats: an absolute number, so that setting it twice does no harm."""
        ((_key, seats),) = quantities.items()
        return self._set(connection, service, {"seats": seats}, steps)

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
            return Probe(Verdict.DONE, Done({"service_id": found["id"]})) if found else Probe(Verdict.NOT_DONE)
        service = task.service or Service({}, {})
        wanted: dict[str, Any] = {"state": STATE_AFTER.get(task.action)}
        if task.action == "change":
            ((_key, seats),) = task.quantities.items()
            wanted = {"seats": seats}
        if self._has(client, service, wanted):
            return Probe(Verdict.DONE, Done(service.vendor_ids))
        return Probe(Verdict.NOT_DONE)

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """Return the vendor's id."""
        with _telling_what_is_gone():
            found = Client(connection).get(f"/services/{service.vendor_ids['service_id']}")
        return (Fact("service_id", SERVICE_ID, found["id"]),)

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
        return all(found[name] == value for name, value in wanted.items())

    def _by_reference(self, client: Client, reference: str) -> JSON | None:
        found = client.get(f"/services?reference={reference}")
        return found[0] if found else None


@contextmanager
def _telling_what_is_gone() -> Iterator[None]:
    """Raise Gone where the vendor itself says that it has no such service: it is ended then, or ordered anew."""
    try:
        yield
    except NotFound as missing:
        if missing.code == GONE:
            raise Gone(NO_SERVICE) from missing
        raise
