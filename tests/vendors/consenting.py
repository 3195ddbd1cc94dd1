"""Consent as a manager gives it in Microsoft's page, and the states of a connection: for the tests of connections."""

from datetime import datetime

from accounts.actors import Actor
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_CLIENT_ID
from tests.vendors.office365.bench import REDIRECT_URI, answered
from vendors.connections import (
    begin_consent,
    complete_consent,
)
from vendors.models import ConnectionState, VendorConnection

GRANTED, WAITING = ConnectionState.GRANTED, ConnectionState.WAITING_FOR_CONSENT
REGRANT, MISCONFIGURED = ConnectionState.REGRANT_NEEDED, ConnectionState.MISCONFIGURED


def consent(
    actor: Actor, connection: VendorConnection, now: datetime, decision: str = "accept", **altered: str
) -> VendorConnection:
    """Go through Microsoft's consent page as a manager does."""
    request = begin_consent(actor=actor, connection=connection, redirect_uri=REDIRECT_URI, now=now)
    if request is None:
        return connection
    answer = {**answered(request.url, decision), **altered}
    return complete_consent(actor=actor, connection=connection, flow=request.flow, answer=answer, now=now)


def values_of(connection: VendorConnection, **changed: str) -> dict[str, str]:
    """Return what the form of the connection's settings is sent with."""
    return {**connection.settings, "client_secret": "", **changed}


def wrong_secret(microsoft: Microsoft) -> None:
    """Let Microsoft know another secret than we."""
    microsoft.register_app(client_id=DEMO_CLIENT_ID, secret="another-secret")
