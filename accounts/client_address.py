"""From which address a request comes: the one place that says so, for lockout, limits, orders, sessions and letters."""

from ipaddress import IPv6Network, ip_address

from django.conf import settings
from django.http import HttpRequest

# Who has one address of an IPv6 network of this size has all of them.
IPV6_PREFIX = 64
UNKNOWN = ".".join("0000")


def client_address(request: HttpRequest) -> str | None:
    """Return the browser's address, or None where the server does not know it (a Unix socket without a proxy).

    X-Forwarded-For is anybody's word unless proxies of our own stand in front (TRUSTED_PROXIES says how many): each
    appends whom it saw, so the browser is the one that the outermost of them has written down.
    """
    heard = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXIES:
        chain = [*request.META.get("HTTP_X_FORWARDED_FOR", "").split(","), heard]
        chain = [address for part in chain if (address := part.strip())]
        heard = chain[-1 - settings.TRUSTED_PROXIES] if len(chain) > settings.TRUSTED_PROXIES else (chain or [""])[0]
    return _address(heard) or _address(request.META.get("REMOTE_ADDR", ""))


def counted_address(request: HttpRequest) -> str:
    """Return what limits count by: the address, of IPv6 its network; one word for all whose address is not known."""
    address = client_address(request)
    if address is None:
        return UNKNOWN
    if ":" in address:
        return str(IPv6Network((address, IPV6_PREFIX), strict=False).network_address)
    return address


def _address(text: str) -> str | None:
    """Return the address without port, brackets and zone; None for what is none. IPv4 within IPv6 is IPv4."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare.partition("%")[0])
    except ValueError:
        return None
    return str(getattr(address, "ipv4_mapped", None) or address)
