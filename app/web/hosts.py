"""Servers an administrator may name: any but those through which a machine in a cloud tells its own secrets."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from ipaddress import IPv6Address, ip_address, ip_network

METADATA = tuple(map(ip_network, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32")))
"""Link-local addresses (RFC 3927, RFC 4291 section 2.5.6), and where clouds answer outside of them."""


def is_forbidden(host: str) -> bool:
    """Say whether a name leads to such an address; one that does not resolve is left to the connection check."""
    return any(_is_metadata(address) for address in _addresses(host.strip("[]")))


def _addresses(host: str) -> Iterator[str]:
    """Yield the addresses of a name; short and numeric spellings such as 2852039166 are addresses already."""
    try:
        yield str(ip_address(host.partition("%")[0]))
        return
    except ValueError:
        pass
    try:
        yield socket.inet_ntoa(socket.inet_aton(host))
        return
    except (OSError, UnicodeError):
        pass
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return
    yield from (str(address[4][0]).partition("%")[0] for address in found)


def _is_metadata(text: str) -> bool:
    address = ip_address(text)
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in METADATA if network.version == address.version)
