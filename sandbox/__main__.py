"""Serve every pretend vendor on one port, each below a path of its own: python -m sandbox --port 8600."""

import argparse
import signal
import threading

from sandbox.drweb import DrWeb
from sandbox.eset import Eset
from sandbox.google import Google
from sandbox.kaspersky import Kaspersky
from sandbox.kaspersky.tls import demanding
from sandbox.microsoft import Microsoft
from sandbox.microsoft.world import DEMO_APP_NAME, DEMO_CLIENT_ID, DEMO_SECRET, LOGIN_HOST
from sandbox.opensrs import OpenSRS
from sandbox.robokassa import Robokassa
from sandbox.wsgi import mount, start

# Below which path each further pretend vendor is served; it is made from where its state is kept.
VENDORS = {
    "/drweb": DrWeb,
    "/eset": Eset,
    "/google": Google,
    "/kaspersky": Kaspersky,
    "/opensrs": OpenSRS,
    "/robokassa": Robokassa,
}


def main(arguments: list[str] | None = None) -> None:
    """Serve until the process is told to end."""
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    parser.add_argument("--port", type=int, default=8600, help="port to listen on, 0 for any free one (8600)")
    parser.add_argument("--state", help="file or folder that keeps the vendors' state; without it, memory")
    parser.add_argument(
        "--redirect-uri", action="append", default=[], help="further redirect URI of the demo's app; may be repeated"
    )
    parser.add_argument(
        "--advertised-login", default=LOGIN_HOST, help=f"base of the endpoints in the discovery document ({LOGIN_HOST})"
    )
    parser.add_argument(
        "--tls-port", type=int, help="port that serves the same over TLS, to callers with a client certificate"
    )
    options = parser.parse_args(arguments)
    microsoft = Microsoft(options.state, advertised_login=options.advertised_login)
    if options.redirect_uri:
        microsoft.register_app(
            client_id=DEMO_CLIENT_ID, secret=DEMO_SECRET, name=DEMO_APP_NAME, redirect_uris=options.redirect_uri
        )
    vendors = {"/microsoft": microsoft, **{path: vendor(options.state) for path, vendor in VENDORS.items()}}
    served = mount(vendors)
    running = [start(served, host=options.host, port=options.port)]
    if options.tls_port is not None:
        running.append(start(served, host=options.host, port=options.tls_port, tls=demanding()))
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    root = running[0].base_url
    print(f"sandbox: {root}/microsoft/login and {root}/microsoft/partnercenter/v1", flush=True)
    for path in VENDORS:
        print(f"sandbox: {root}{path}", flush=True)
    for over_tls in running[1:]:
        print(f"sandbox: {over_tls.base_url}/kaspersky", flush=True)
    ended.wait()
    for one in running:
        one.stop()
    for vendor in vendors.values():
        vendor.close()


if __name__ == "__main__":
    main()
