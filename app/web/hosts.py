"""Servers an administrator may name: any but those through which a machine in a cloud tells its own secrets."""

from __future__ import annotations

import socket
from ipaddress import IPv6Address, ip_address, ip_network

METADATA = tuple(map(ip_network, ("169.254.0.0/16", "fe80::/10", "fd00:ec2::254/128", "100.100.100.200/32")))
"""Link-local addresses (RFC 3927, RFC 4291 section 2.5.6), and where clouds answer outside of them."""


def is_forbidden(host: str) -> bool:
    """Say whether a name leads to such an address; one that does not resolve is left to the connection check."""
    try:
        found = socket.getaddrinfo(host.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return any(_is_metadata(str(address[4][0])) for address in found)


def _is_metadata(text: str) -> bool:
    address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in METADATA if network.version == address.version)
