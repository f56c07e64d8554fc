"""Which ports nobody listens on."""

from __future__ import annotations

import socket

from app.errors import SettingError

TRIED = 50


def free_port(wanted: int, *, host: str, but_not: int = 0) -> int:
    """Return the first port from `wanted` on that nobody listens on."""
    for port in range(wanted, wanted + TRIED):
        if port != but_not and is_free(host, port):
            return port
    raise SettingError(f"FADEN_SMTP_LISTEN: none of the ports {wanted} to {wanted + TRIED - 1} is free")


def is_free(host: str, port: int) -> bool:
    """Say whether we could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
