"""Which of Microsoft's servers a connection asks besides sign-in and Partner Center."""

from vendors.base import Connection
from vendors.microsoft.partner_center import API_BASE


def server_of(connection: Connection, setting: str, microsofts: str) -> str:
    """Return the server that a setting names; "" where it was emptied, or where nobody is to be asked.

    Microsoft's own is asked only where Partner Center is Microsoft's own too: a sandbox's connection never asks there,
    though a form has filled it in.
    """
    base = connection.settings.get(setting, microsofts).rstrip("/")
    at_home = connection.setting("api_base_url", API_BASE).rstrip("/") == API_BASE
    return base if at_home or base != microsofts else ""
