"""The pretend OpenSRS: trust services over XCP, as one WSGI app, with a control endpoint beside it.

Written from the vendor's published facts: commands at /, the control endpoint at /sandbox/control, and the approvers'
mails, which no real OpenSRS shows, at /mails.
"""

import hmac
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sandbox.control import Served
from sandbox.faults import answered
from sandbox.opensrs import certificates, orders
from sandbox.opensrs.control import Control
from sandbox.opensrs.faults import Voice, own
from sandbox.opensrs.mailbox import answer_mailbox
from sandbox.opensrs.rows import NoError
from sandbox.opensrs.world import Row, World, signature
from sandbox.opensrs.xcp import Command, UnreadableError, read_command, reply
from sandbox.store import Store
from sandbox.wsgi import Request, Response, json_answer

SERVED = "trust_service"
CHANGING = frozenset(
    {"sw_register", "process_pending", "cancel_order", "update_order", "resend_approve_email", "resend_cert_email"}
)
COMMANDS: dict[str, Callable[[World, Row], Row]] = {
    "parse_csr": orders.parse_csr,
    "query_approver_list": orders.query_approver_list,
    "sw_register": orders.sw_register,
    "process_pending": orders.process_pending,
    "cancel_order": orders.cancel_order,
    "update_order": orders.update_order,
    "get_order_info": orders.get_order_info,
    "resend_approve_email": orders.resend_approve_email,
    "get_product_info": certificates.get_product_info,
    "get_products": certificates.get_products,
    "get_cert": certificates.get_cert,
    "resend_cert_email": certificates.resend_cert_email,
}


class OpenSRS(Control, Served):
    """One pretend OpenSRS; the verbs of Control are its methods."""

    verbs = Control

    def __init__(self, state: str | Path | None = None) -> None:
        """Start empty, or with what the file or folder `state` keeps."""
        self.world = World(Store(state, vendor="opensrs"))
        self.world.ensure_demo_reseller()
        self._voice = Voice()
        super().__init__(self.world)

    def serve(self, request: Request) -> Response:
        """See Served."""
        if request.path == "/mails":
            return answer_mailbox(self.world, request)
        if request.path != "/" or request.method != "POST":
            return json_answer(404, {"error": "commands are posted to /"})
        return self._commanded(request)

    def _commanded(self, request: Request) -> Response:
        """Answer a command; faults and the list of what was asked know it by the path /<action>."""
        try:
            command = read_command(request.body)
        except UnreadableError as error:
            return reply(SERVED, 400, f"Invalid XML: {error}")
        placed = replace(request, path=f"/{command.action}")
        return answered(
            self.world.faults.meet(placed),
            self._voice,
            lambda: self._told(request, command),
            note=lambda status: self._note(placed, command, status),
            own=own,
        )

    def _note(self, request: Request, command: Command, status: int | None) -> None:
        at, changing = self.world.now(), command.action in CHANGING
        self.world.note(request, status=status, at=at, changing=changing, attributes=command.attributes)

    def _told(self, request: Request, command: Command) -> Response:
        refusal = self._refusal(request, command)
        if refusal is not None:
            return refusal
        try:
            with self.world.store.transaction():
                told = COMMANDS[command.action](self.world, command.attributes)
        except NoError as error:
            return reply(SERVED, error.code, error.text)
        return reply(SERVED, 200, "Command completed successfully.", told)

    def _refusal(self, request: Request, command: Command) -> Response | None:
        key = self.world.reseller_key(request.headers.get("x-username", ""))
        given = request.headers.get("x-signature", "")
        if key is None or not hmac.compare_digest(given, signature(request.body, key)):
            return reply(SERVED, 401, "Authentication Error")
        if not self.world.switch("address_allowed"):
            return reply(SERVED, 401, "IP address is not allowed")
        if self.world.is_over_rate():
            return reply(SERVED, 300, "Command rate exceeded, try again later")
        if command.object != SERVED or command.action not in COMMANDS:
            return reply(SERVED, 400, f"Invalid command: {command.action} {command.object}")
        return None

    def changing_calls(self) -> int:
        """Return how many commands that change something were asked, refused ones included."""
        return sum(entry["changing"] for entry in self.world.requests_seen())
