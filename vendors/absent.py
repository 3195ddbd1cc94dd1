"""Stands for a plugin whose package was removed while rows still name it: pages open, operations wait for it."""

from collections.abc import Iterable, Mapping
from typing import NoReturn

from django.utils.translation import gettext_noop

from vendors.base import (
    Access,
    Connection,
    Done,
    Fact,
    Offer,
    Order,
    Probe,
    Service,
    Steps,
    Task,
    Term,
    VendorPlugin,
)
from vendors.capabilities import RenewsTerms
from vendors.commitments import HoldsCommitments
from vendors.errors import Misconfigured

NOT_INSTALLED = gettext_noop("The vendor plugin “%(plugin)s” is not installed. Install its package and restart.")


class AbsentPlugin(VendorPlugin, RenewsTerms, HoldsCommitments):
    """Raises Misconfigured for whatever it is asked: the connection says so, and what is planned is done afterwards.

    A renewal and the end of a term too: whether the vendor renews, or binds us, is known once its package is back.
    """

    def check_access(self, connection: Connection) -> Access:
        """See the class."""
        self._missing()

    def provision(self, connection: Connection, order: Order, steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def change(self, connection: Connection, service: Service, quantities: Mapping[str, int], steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def suspend(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def resume(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def cancel(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def commitments(self, connection: Connection, service: Service) -> NoReturn:
        """See the class."""
        self._missing()

    def arrange_end(self, connection: Connection, service: Service, steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def renew(self, connection: Connection, service: Service, term: Term, steps: Steps) -> Done:
        """See the class."""
        self._missing()

    def probe(self, connection: Connection, task: Task) -> Probe:
        """See the class."""
        self._missing()

    def catalogue(self, connection: Connection) -> Iterable[Offer]:
        """See the class."""
        self._missing()

    def validate_template(self, connection: Connection, offers: Mapping[str, str], options: Mapping[str, str]) -> None:
        """See the class."""
        self._missing()

    def validate_order(self, connection: Connection, order: Order) -> None:
        """See the class."""
        self._missing()

    def check(self, connection: Connection, service: Service, quantities: Mapping[str, int]) -> None:
        """See the class."""
        self._missing()

    def facts(self, connection: Connection, service: Service) -> tuple[Fact, ...]:
        """See the class."""
        self._missing()

    def _missing(self) -> NoReturn:
        raise Misconfigured(NOT_INSTALLED, code="not_installed", plugin=self.slug)


def absent(slug: str) -> AbsentPlugin:
    """Return what stands for the plugin of this slug."""
    return type("Absent", (AbsentPlugin,), {"slug": slug, "name": slug})()
