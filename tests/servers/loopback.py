"""Tests talk to this machine only: every other address and name is refused, wherever in Python it is asked for."""

from __future__ import annotations

import ipaddress
import socket
import sys


class OutsideWorld(RuntimeError):
    """A test, or the code it runs, tried to leave the machine."""


def close_the_door() -> None:
    """Refuse sockets to anything but loopback and Unix sockets until the process ends.

    Names under `.invalid` do not resolve, as RFC 6761 promises, so that they can stand for an unreachable server.
    """
    sys.addaudithook(_watch)


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not _is_here(str(address[0])):
            raise OutsideWorld(f"a socket to {address[0]} was opened; tests reach loopback only")
    elif event == "socket.getaddrinfo" and arguments[0] is not None:
        raw = arguments[0]
        _check_name(raw.decode() if isinstance(raw, bytes) else str(raw))


def _check_name(name: str) -> None:
    if name.endswith(".invalid"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if name and not _is_here(name) and name != socket.gethostname():
        raise OutsideWorld(f"the address of {name} was asked for; tests reach loopback only")


def _is_here(host: str) -> bool:
    if host in {"localhost", "ip6-localhost"}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
