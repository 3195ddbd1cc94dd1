"""A real TLS server that demands a client certificate, with an authority and certificates of its own."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


class Authority:
    """Signs certificates."""

    def __init__(self, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed(named(name), self.key, days=30, authority=True, issuer=named(name))

    def below(self, name: str, *, days: float) -> "Authority":
        """Return an authority whose certificate this one has signed, valid for so many days from now."""
        lower = Authority(name)
        lower.certificate = self._signed(named(name), lower.key, days=days, authority=True)
        return lower

    def signed(self, name: str, *, days: float = 30, key: Key | None = None) -> tuple[Key, x509.Certificate]:
        """Return a key and its certificate, valid for so many days from now."""
        own = key or ec.generate_private_key(ec.SECP256R1())
        return own, self._signed(named(name), own, days=days)

    @property
    def pem(self) -> bytes:
        """The authority's own certificate."""
        return self.certificate.public_bytes(Encoding.PEM)

    def _signed(
        self, name: x509.Name, key: Key, *, days: float, authority: bool = False, issuer: x509.Name | None = None
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer or self.certificate.subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        return built.sign(self.key, hashes.SHA256())


WORD = "secret word"


def pfx(key: Key, certificate: x509.Certificate, *others: x509.Certificate) -> bytes:
    """Return both, and other certificates, as a PKCS #12 file, whose password is WORD."""
    sealed = BestAvailableEncryption(WORD.encode())
    return pkcs12.serialize_key_and_certificates(b"ours", key, certificate, others or None, sealed)


def pem(key: Key, certificate: x509.Certificate) -> bytes:
    """Return both as a PEM file."""
    plain = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return certificate.public_bytes(Encoding.PEM) + plain


@dataclass
class Demanding:
    """The running server, and who called it: the common name of each client certificate."""

    address: str
    callers: list[str] = field(default_factory=list)


@contextmanager
def demanding_server(authority: Authority, folder: Path, *, ciphers: str = "", newest: str = "") -> Iterator[Demanding]:
    """Serve {"name": "Vendor"} to whoever shows a certificate that the authority has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=authority.pem.decode())
    if ciphers:
        context.set_ciphers(ciphers)
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = ssl.TLSVersion[newest]
    key = rsa.generate_private_key(65537, 2048)
    (folder / "server.pem").write_bytes(pem(*authority.signed("server", key=key)))
    context.load_cert_chain(folder / "server.pem")
    shown = Demanding("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            subject = dict(part[0] for part in self.connection.getpeercert()["subject"])
            shown.callers.append(subject["commonName"])
            body = b'{"name": "Vendor"}'
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - http.server's name

        def log_message(self, *_given: object) -> None:
            """Say nothing."""

    class Quiet(HTTPServer):
        def get_request(self) -> tuple:
            connection, address = super().get_request()
            connection.settimeout(5)
            line = connection.dup()
            try:
                return context.wrap_socket(connection, server_side=True), address
            except ssl.SSLError:
                # Hear the caller out: what is closed with something unread takes the alert back.
                line.shutdown(socket.SHUT_WR)
                with suppress(OSError):
                    while line.recv(4096):
                        pass
                raise
            finally:
                line.close()

        def handle_error(self, *_given: object) -> None:
            """Say nothing: callers that are turned away are what is tested."""

    server = Quiet(("127.0.0.1", 0), Handler)
    shown.address = f"https://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield shown
    finally:
        server.shutdown()
        server.server_close()
