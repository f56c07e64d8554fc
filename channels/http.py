"""Calls of a platform's interface, and files fetched from addresses that strangers name.

A call goes to an address that the shop itself has set up. A fetched address comes out of a message, so it may lead
anywhere: it is resolved once, refused where it leads into a private network, and the connection goes to exactly the
address that was looked at.
"""

from __future__ import annotations

import ipaddress
import json as json_
import math
import socket
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

import httpx

from channels.heard import HeardAttachment

WITHIN = 20.0
MOST_BYTES = 5_000_000
MOST_FILE_BYTES = 25_000_000
MOST_ANSWER_BYTES = 100_000
MOST_REDIRECTS = 3
AGENT = "Faden"


class NotReached(Exception):
    """The other side could not be reached or broke off; `words` is a sentence in German."""

    def __init__(self, words: str, *, may_have_arrived: bool) -> None:
        super().__init__(words)
        self.words = words
        self.may_have_arrived = may_have_arrived
        """The call was handed over before the connection broke: it may have been carried out."""


class Forbidden(Exception):
    """An address that is not fetched: no https, or a host inside a private network."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What the platform answered; header names are lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def is_good(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the decoded body; an empty dict where it is no JSON, for errors are often none."""
        try:
            return json_.loads(self.body)
        except ValueError:
            return {}


class Caller:
    """A platform's interface below one base address; connections are kept between calls, threads may share it."""

    def __init__(self, base: str, *, headers: Mapping[str, str] | None = None, within: float = WITHIN) -> None:
        self._client = httpx.Client(
            base_url=base.rstrip("/") + "/",
            headers={"User-Agent": AGENT, **(headers or {})},
            timeout=httpx.Timeout(within, connect=min(within, 10.0)),
            trust_env=False,
        )

    def call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str | int] | None = None,
        json: object = None,
        form: Mapping[str, str] | None = None,
        files: Sequence[tuple[str, tuple[str, bytes, str]]] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> Reply:
        """Call and return the answer whatever its status; raises `NotReached`."""
        try:
            request = self._client.build_request(
                method, path.lstrip("/"), params=query, json=json, data=form, files=files, headers=headers
            )
            with_auth = httpx.BasicAuth(*auth) if auth else None
            response = self._client.send(request, auth=with_auth, stream=True)
            return Reply(response.status_code, _lower(response), _body(response, MOST_BYTES))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol) as error:
            words = f"{self._client.base_url.host} ist nicht zu erreichen: {_cause(error)}"
            raise NotReached(words, may_have_arrived=False) from error
        except httpx.HTTPError as error:
            words = f"{self._client.base_url.host} hat nicht zu Ende geantwortet: {_cause(error)}"
            raise NotReached(words, may_have_arrived=True) from error

    def close(self) -> None:
        self._client.close()


def fetched(
    url: str,
    *,
    trusted: str = "",
    headers: Mapping[str, str] | None = None,
    most_bytes: int = MOST_FILE_BYTES,
    within: float = 30.0,
) -> HeardAttachment | None:
    """Fetch a file that a message names; None if it is gone. Raises `Forbidden` and `NotReached`.

    `trusted` is the base address of the account: its own host may lie in a private network, and `headers` (a log-in)
    go to no other host.
    """
    own, ends_at = urlsplit(trusted), time.monotonic() + within
    for _ in range(MOST_REDIRECTS + 1):
        parts = _parted(url)
        is_own = bool(own.netloc) and (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
        target, host = (url, parts.netloc) if is_own else _looked_at(url)
        try:
            with httpx.Client(trust_env=False, timeout=httpx.Timeout(within, connect=10.0)) as client:
                request = client.build_request(
                    "GET",
                    target,
                    headers={"Host": host, "User-Agent": AGENT, **((headers or {}) if is_own else {})},
                    extensions={"sni_hostname": parts.hostname or ""},
                )
                response = client.send(request, stream=True)
                if response.has_redirect_location:
                    url = str(httpx.URL(url).join(response.headers["location"]))
                    continue
                if not response.is_success:
                    _check_gone(response.status_code, host)
                    return None
                media_type = response.headers.get("content-type", "application/octet-stream").partition(";")[0].strip()
                return HeardAttachment(name=_name(url), type=media_type, content=_body(response, most_bytes, ends_at))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NotReached(f"{host} gibt die Datei nicht her: {_cause(error)}", may_have_arrived=False) from error
    raise Forbidden(f"{url} leitet zu oft weiter.")


def posted(
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    trusted_hosts: Collection[str] = (),
    within: float = 10.0,
) -> Reply:
    """Post to an address somebody named and return the answer whatever its status; redirects are not followed.

    `trusted_hosts` are hosts (or `host:port`) of the shop's own network: they may be private, and need no https.
    Raises `Forbidden` and `NotReached`; the call may have arrived.
    """
    parts, ends_at = _parted(url), time.monotonic() + within
    is_own = parts.scheme in {"http", "https"} and bool({parts.hostname, parts.netloc} & set(trusted_hosts))
    target, host = (url, parts.netloc) if is_own else _looked_at(url)
    try:
        with httpx.Client(trust_env=False, timeout=httpx.Timeout(within, connect=min(within, 5.0))) as client:
            request = client.build_request(
                "POST",
                target,
                content=content,
                headers={"Host": host, "User-Agent": AGENT, **headers},
                extensions={"sni_hostname": parts.hostname or ""},
            )
            response = client.send(request, stream=True)
            return Reply(response.status_code, _lower(response), _body(response, MOST_ANSWER_BYTES, ends_at))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        may_have_arrived = not isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL))
        raise NotReached(
            f"{parts.hostname} antwortet nicht: {_cause(error)}", may_have_arrived=may_have_arrived
        ) from error


def _check_gone(status: int, host: str) -> None:
    """Raise `NotReached` where the file may come back; such links expire with one of these."""
    if status not in {400, 401, 403, 404, 410}:
        raise NotReached(f"{host} antwortet mit {status}.", may_have_arrived=False)


def _parted(url: str) -> SplitResult:
    """Take an address apart; raises `Forbidden` where it is none."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise Forbidden("Das ist keine Adresse, die sich abrufen lässt.") from error
    return parts


def _looked_at(url: str) -> tuple[str, str]:
    """Return the address with its host replaced by the IP that was looked at, and the host for the header."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.username or parts.password:
        raise Forbidden("Nur https-Adressen ohne Anmeldung werden abgerufen.")
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(f"{parts.hostname} gibt es nicht.", may_have_arrived=False) from error
    addresses = {str(entry[4][0]).partition("%")[0] for entry in found}
    if not addresses or not all(is_public(address) for address in addresses):
        raise Forbidden(f"{parts.hostname} liegt in einem privaten Netz.")
    address = min(addresses, key=lambda each: (":" in each, each))
    literal = f"[{address}]" if ":" in address else address
    port = f":{parts.port}" if parts.port else ""
    return parts._replace(netloc=f"{literal}{port}").geturl(), parts.netloc


def is_public(address: str) -> bool:
    """Say whether an IP address leads out into the world; one that hides another is judged by that one."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip not in _GLOBAL_UNICAST:
            return False
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
"""Everything else is local, old or not given out (RFC 4291 section 2.4)."""


def _body(response: httpx.Response, most_bytes: int, ends_at: float = math.inf) -> bytes:
    try:
        collected = bytearray()
        for piece in response.iter_bytes():
            collected += piece
            if time.monotonic() > ends_at:
                raise NotReached(f"{response.url.host} schickt zu langsam.", may_have_arrived=True)
            if len(collected) > most_bytes:
                words = f"{response.url.host} schickt mehr als {most_bytes // 1_000_000} MB."
                raise NotReached(words, may_have_arrived=True)
        return bytes(collected)
    finally:
        response.close()


def _lower(response: httpx.Response) -> dict[str, str]:
    return {name.lower(): text for name, text in response.headers.items()}


def _name(url: str) -> str:
    return unquote(PurePosixPath(urlsplit(url).path).name)[:200] or "datei"


def _cause(error: Exception) -> str:
    return str(error) or type(error).__name__
