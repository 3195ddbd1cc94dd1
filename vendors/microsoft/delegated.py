"""Delegated administration (GDAP; microsoft-2026.md, section 5): asked of customers, and how it stands, by Graph.

Buying takes none. Users and licences of a customer are shown to who has it.
"""

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop
from requests import Response

from vendors.base import JSON, Connection, Fact, Field, FieldKind, Order, Steps
from vendors.errors import ConsentNeeded, LostAnswer, NotFound, Rejected, Transient, VendorError
from vendors.microsoft.consent import token_for
from vendors.microsoft.errors import GATEWAY, NO_RIGHTS, REFUSED, UNREADABLE
from vendors.microsoft.partner_center import Members, id_of, parsed
from vendors.microsoft.servers import server_of

logger = logging.getLogger(__name__)

GRAPH_BASE = "https://graph.microsoft.com/v1.0"
SCOPES = ["https://graph.microsoft.com/.default"]
PATH = "tenantRelationships/delegatedAdminRelationships"
# Where the customer's administrator approves (Microsoft's page "Obtain permissions to manage a customer's service").
APPROVAL = "https://admin.microsoft.com/AdminPortal/Home#/partners/invitation/granularAdminRelationships/"
NONE, BY_DEFAULT, ASKED = "none", "default", "asked"
# Directory readers and writers, user administrator, licence administrator: Microsoft's own ids of the roles.
ROLES = (
    "88d8e3e3-8f55-4a1e-953a-9b9898b8876b,9360feb5-f418-4baa-8175-e2a00bac4301,"
    "fe930be7-5e62-47db-91af-98c3a49a38b1,4d6ac14f-3453-41d0-bef9-a3e0c569773a"
)
# What Graph calls the ways a relationship stands, the best first.
ACTIVE, PENDING, OVER = "active", "approvalPending", ("expired", "terminated")
ORDER = (ACTIVE, "activating", "approved", PENDING, "created")
# This long before its end people are told that it ends.
ENDS_SOON = timedelta(days=30)
# Sign-in and Graph say so of an application that may not ask for it, though the connection works for all else.
NOT_PERMITTED = frozenset({"AADSTS65001", "403"})

STATE = gettext_noop("Delegated administration")
UNTIL = gettext_noop("Delegated administration until")
LINK = gettext_noop("Approve delegated administration")
LOST = gettext_noop(
    "Delegated administration of %(domain)s at Microsoft: %(state)s. Users and licences of the customer cannot be seen"
    " without it. Ask for it anew in Partner Center, “Admin relationships”."
)
NOT_TOLD = gettext_noop(
    "Microsoft Graph tells us nothing of delegated administration (%(reason)s). Give the application the permission"
    " DelegatedAdminRelationship.ReadWrite.All at Microsoft and consent to it there, or set the connection to none."
)

FIELDS = (
    Field(
        "delegated_admin",
        _("Delegated administration (GDAP) of customers"),
        FieldKind.CHOICE,
        choices=(
            (NONE, _("None")),
            (BY_DEFAULT, _("Made with each new customer, with Microsoft's own roles")),
            (ASKED, _("Asked of the customer's administrator with each order")),
        ),
        default=BY_DEFAULT,
        help=_("Buying takes none; users and licences of a customer are shown with it alone."),
    ),
    Field(
        "delegated_admin_roles",
        _("Roles that are asked for"),
        required=False,
        default=ROLES,
        help=_("Ids of roles of Microsoft Entra, with commas between."),
    ),
    Field(
        "delegated_admin_days",
        _("Days that are asked for"),
        FieldKind.NUMBER,
        default="730",
        minimum=1,
        maximum=730,
    ),
    Field(
        "graph_base_url",
        _("Microsoft Graph server"),
        FieldKind.URL,
        default=GRAPH_BASE,
        required=False,
        help=_("Empty: how delegated administration stands is not asked."),
    ),
)


def made_with_customers(connection: Connection) -> bool:
    """Return whether each new customer is made with delegated administration (enableGDAPByDefault)."""
    return connection.setting("delegated_admin", NONE) == BY_DEFAULT


def graph_of(connection: Connection) -> "Graph | None":
    """Return Graph over the connection; None where it has no delegated administration, or no server for it."""
    base = server_of(connection, "graph_base_url", GRAPH_BASE)
    return Graph(connection, base) if base and connection.setting("delegated_admin", NONE) != NONE else None


@dataclass
class Graph:
    """Delegated administration at Graph, for the person who granted."""

    connection: Connection
    base: str
    token: str = ""

    def relationships(self, customer_id: str) -> list[Members]:
        """Return those with a customer. Raises VendorError."""
        found: list[Members] = []
        url, params = f"{self.base}/{PATH}", {"$filter": f"customer/tenantId eq '{customer_id}'"}
        while url:
            page = self._asked("GET", url, params=params)
            found += page.get("value") or []
            # A link leads on at the same server, or nowhere: the token goes to no other.
            following = str(page.get("@odata.nextLink") or "")
            url, params = (following if urlsplit(following).netloc == urlsplit(self.base).netloc else ""), {}
        return found

    def relationship(self, identity: str) -> Members:
        """Return one by its id. Raises VendorError."""
        return self._asked("GET", f"{self.base}/{PATH}/{identity}")

    def write(self, path: str, body: Mapping[str, Any]) -> Members:
        """Make something; `path` is below that of relationships. Raises VendorError."""
        return self._asked("POST", f"{self.base}/{PATH}{path}", changes=True, json=dict(body))

    def _asked(self, method: str, url: str, *, changes: bool = False, **options: Any) -> Members:
        self.token = self.token or token_for(self.connection, SCOPES)
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        response = self.connection.http.exchange(
            method, url, changes=changes, own=lambda answer: bool(_error(answer)), headers=headers, **options
        )
        if response.status_code >= 300:
            raise _trouble(response)
        try:
            body = parsed(response.content)
        except (ValueError, RecursionError):
            body = None
        if not isinstance(body, Members):
            raise (LostAnswer if changes else Transient)(UNREADABLE, code="unreadable")
        return body


def ask(connection: Connection, customer: Mapping[str, str], order: Order, steps: Steps) -> tuple[Fact, ...]:
    """Ask the customer once for delegated administration where the connection wants that; return how it stands.

    What Graph does not let us ask holds up no sale: people read it beside what was sold.
    """
    graph = graph_of(connection)
    if graph is None or connection.setting("delegated_admin") != ASKED:
        return ()
    try:
        found = _best(graph.relationships(customer["customer_id"]))
        if found is None or _status(found) in OVER or _status(found) == "created":
            _request(graph, customer, order, steps)
            found = _best(graph.relationships(customer["customer_id"]))
    except (Rejected, ConsentNeeded) as trouble:
        if not (isinstance(trouble, Rejected) or trouble.code in NOT_PERMITTED):
            raise
        steps.note(NOT_TOLD, reason=trouble.code)
        return ()
    return _facts(found, customer, connection.now)


def observed(connection: Connection, ids: Mapping[str, str]) -> tuple[Fact, ...]:
    """Return how delegated administration of a customer stands, and what to look at in it. Raises VendorError.

    While Graph is away nothing is told of it, so that what was told last stays, and all else of the night is kept.
    """
    graph = graph_of(connection)
    if graph is None:
        return ()
    try:
        return _facts(_best(graph.relationships(ids["customer_id"])), ids, connection.now)
    except (Rejected, ConsentNeeded) as trouble:
        if trouble.code not in NOT_PERMITTED:
            raise
        told = {"reason": trouble.code}
        return (Fact("gdap_state", STATE, f"? ({trouble.code})", alarm=NOT_TOLD, alarm_values=told),)
    except Transient as trouble:
        logger.warning("how delegated administration stands is not told now: %s", trouble.code)
        return ()


def _request(graph: Graph, customer: Mapping[str, str], order: Order, steps: Steps) -> None:
    """Make the relationship and lock it for the customer's approval, each once."""
    setting = graph.connection.setting
    mark = f" ({steps.reference})"
    name = order.account.company[: 50 - len(mark)] + mark
    roles = [role.strip() for role in setting("delegated_admin_roles", ROLES).split(",") if role.strip()]
    body = {
        "displayName": name,
        "duration": f"P{setting('delegated_admin_days', '730')}D",
        "customer": {"tenantId": customer["customer_id"]},
        "accessDetails": {"unifiedRoles": [{"roleDefinitionId": role} for role in roles]},
    }

    def find() -> JSON | None:
        named = [one for one in graph.relationships(customer["customer_id"]) if one.get("displayName") == name]
        return {"id": id_of(named[0])} if named else None

    made = steps.once("gdap", send=lambda _request_id: {"id": id_of(graph.write("", body))}, find=find)

    def locked() -> JSON | None:
        return None if _status(graph.relationship(made["id"])) == "created" else {"id": made["id"]}

    def lock(_request_id: str) -> JSON:
        graph.write(f"/{made['id']}/requests", {"action": "lockForApproval"})
        return {"id": made["id"]}

    steps.once("gdap-lock", send=lock, find=locked, visible_after=timedelta(0))


def _best(found: list[Members]) -> Members | None:
    """Return the relationship that counts: one that is active, else that which is on its way, else the newest."""
    newest = sorted(found, key=lambda one: str(one.get("createdDateTime") or ""), reverse=True)
    ranks = {status: rank for rank, status in enumerate(ORDER)}
    return min(newest, key=lambda one: ranks.get(_status(one), len(ORDER)), default=None)


def _facts(found: Members | None, ids: Mapping[str, str], now: datetime) -> tuple[Fact, ...]:
    status, end = ("none", "") if found is None else (_status(found), str(found.get("endDateTime") or ""))
    pending = found is not None and status == PENDING
    told = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", status).lower()
    soon = status == ACTIVE and end and datetime.fromisoformat(end) - now < ENDS_SOON
    told = f"{told}, ends soon" if soon else told
    values = {"domain": ids.get("domain") or ids["customer_id"], "state": told}
    return (
        Fact("gdap_state", STATE, told, alarm=LOST if soon or status in OVER else "", alarm_values=values),
        Fact("gdap_until", UNTIL, end[:10] if status == ACTIVE else ""),
        Fact("gdap_link", LINK, f"{APPROVAL}{found['id']}" if pending and found is not None else "", way_in=False),
    )


def _status(relationship: Members) -> str:
    return str(relationship.get("status") or "")


def _error(response: Response) -> Members:
    """Return the error of Graph's own in an answer; empty where it is none."""
    try:
        body = parsed(response.content)
    except (ValueError, RecursionError):
        return Members()
    error = body.get("error") if isinstance(body, Members) else None
    return error if isinstance(error, Members) and error.get("code") else Members()


def _trouble(response: Response) -> VendorError:
    """Return what an error answer of Graph means."""
    status, error = response.status_code, _error(response)
    reason = str(error.get("message") or error.get("code") or status)
    if status == 401:
        return ConsentNeeded(NO_RIGHTS, code="401")
    if status == 403 and error:
        return Rejected(REFUSED, code="403", reason=reason)
    if status == 404 and error:
        return NotFound(REFUSED, code="404", reason=reason, sought=urlsplit(response.url or "").path)
    if status < 500 and error:
        return Rejected(REFUSED, code=str(error["code"]), reason=reason)
    return Transient(GATEWAY, code=str(status), server=urlsplit(response.url or "").netloc, status=status)
