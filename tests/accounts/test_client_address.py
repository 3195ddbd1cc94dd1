"""From which address a request comes, and that nobody else asks the headers."""

import ast

import pytest
from django.test import RequestFactory

from accounts.client_address import client_address, counted_address
from tests.test_architecture import ROOT, modules, tree

# proxies, REMOTE_ADDR, X-Forwarded-For -> the address
TABLE = [
    (0, "10.0.0.1", None, "10.0.0.1"),
    (0, "10.0.0.1", "6.6.6.6", "10.0.0.1"),
    (1, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
    (1, "10.0.0.1", "6.6.6.6, 203.0.113.7", "203.0.113.7"),
    (1, "10.0.0.1", None, "10.0.0.1"),
    (1, "", "203.0.113.7", "203.0.113.7"),
    (2, "10.0.0.1", "6.6.6.6, 203.0.113.7, 10.0.0.2", "203.0.113.7"),
    (2, "10.0.0.1", "203.0.113.7", "203.0.113.7"),
    (1, "10.0.0.1", "203.0.113.7:50000", "203.0.113.7"),
    (1, "10.0.0.1", "[2001:db8::7]:50000", "2001:db8::7"),
    (1, "10.0.0.1", "::ffff:203.0.113.7", "203.0.113.7"),
    (1, "10.0.0.1", "<script>", "10.0.0.1"),
    (0, "", "6.6.6.6", None),
]


def request_from(remote: str, forwarded: str | None):
    headers = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded is not None else {}
    return RequestFactory().get("/", REMOTE_ADDR=remote, **headers)


@pytest.mark.parametrize(("proxies", "remote", "forwarded", "address"), TABLE)
def test_the_address_is_what_a_declared_proxy_saw_and_else_who_connects(settings, proxies, remote, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    assert client_address(request_from(remote, forwarded)) == address


@pytest.mark.parametrize(
    ("remote", "counted"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:0:1:aaaa::7", "2001:db8:0:1::"), ("", ".".join("0000"))],
)
def test_limits_count_ipv6_by_network(remote, counted):
    assert counted_address(request_from(remote, None)) == counted


def test_nobody_else_reads_addresses_out_of_headers():
    words = ("REMOTE_ADDR", "X_FORWARDED_FOR", "X-Forwarded-For", "X_REAL_IP")
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in modules()
        if path.name != "client_address.py" and path.relative_to(ROOT).parts[0] != "sandbox"
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "\n" not in node.value
        if any(word in node.value for word in words)
    ]
    assert found == []
