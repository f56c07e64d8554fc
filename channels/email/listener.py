"""The second way in: an SMTP or LMTP server of our own that says 250 only once the mail is stored."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session

log = logging.getLogger(__name__)

PROTOCOLS = ("smtp", "lmtp")
_LONGEST_LINE = 1 << 20
_STORING = 4
_MOST_RECIPIENTS = 100


class Listener:
    """Receives mail for addresses of ours and hands it to `store`, in threads of its own.

    `store` gets the mail as it came, with the trace lines a final delivery adds (RFC 5321 section 4.4): the return
    path, and each recipient, so that plus addresses survive a Bcc. Whatever it raises becomes "try again later".
    """

    def __init__(
        self,
        host: str,
        port: int,
        protocol: str,
        accepts: Callable[[str], bool],
        store: Callable[[bytes, list[str]], None],
        *,
        max_bytes: int = 50_000_000,
    ) -> None:
        if protocol not in PROTOCOLS:
            raise ValueError(f"Ein Listener spricht smtp oder lmtp, nicht „{protocol}“.")
        self.host, self.port = host, port
        self._threads = ThreadPoolExecutor(_STORING, thread_name_prefix="faden-listener")
        session = _Dialogue(accepts, store, self._threads, is_lmtp=protocol == "lmtp")
        self._server = _Server(_Lmtp if protocol == "lmtp" else _Smtp, session, host, port, max_bytes)

    def start(self) -> None:
        """Open the port; raises `OSError` if it is taken."""
        self._server.start()

    def stop(self) -> None:
        """Close the port and wait until what was received is stored."""
        self._server.stop(no_assert=True)
        self._threads.shutdown(wait=True)


class _Smtp(SMTP):
    # Real mail has longer lines than the 998 of RFC 5322; to refuse it would lose a customer.
    line_length_limit = _LONGEST_LINE


class _Lmtp(LMTP):
    line_length_limit = _LONGEST_LINE


class _Server(Controller):
    def __init__(self, speaks: type[SMTP], session: _Dialogue, host: str, port: int, max_bytes: int) -> None:
        self._speaks = speaks
        # Without a name of its own it asks the DNS for one, with every connection.
        name = "localhost" if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - a comparison
        super().__init__(
            session,
            hostname=host,
            port=port,
            server_hostname=name,
            data_size_limit=max_bytes,
            ident="Faden",
            timeout=120,
        )

    def factory(self) -> SMTP:
        return self._speaks(self.handler, **self.SMTP_kwargs)


class _Dialogue:
    """The answers; the names of its methods are aiosmtpd's."""

    def __init__(
        self,
        accepts: Callable[[str], bool],
        store: Callable[[bytes, list[str]], None],
        threads: ThreadPoolExecutor,
        *,
        is_lmtp: bool,
    ) -> None:
        self._accepts, self._store, self._threads, self._is_lmtp = accepts, store, threads, is_lmtp

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if len(envelope.rcpt_tos) >= _MOST_RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        [is_ours] = await self._in_threads([lambda: self._accepts(without_token(address))])
        if isinstance(is_ours, BaseException):
            log.error("Cannot say whether %s is an address of ours", address, exc_info=is_ours)
            return "451 4.3.0 Try again later"
        if not is_ours:
            return "550 5.1.1 No such address here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        sender = (envelope.mail_from or "").strip("<>")
        # LMTP answers once for each recipient (RFC 2033 section 4.2), so each is stored by itself.
        groups = [[each] for each in envelope.rcpt_tos] if self._is_lmtp else [list(envelope.rcpt_tos)]
        results = await self._in_threads(
            [partial(self._store, _traced(content, sender, each), each) for each in groups]
        )
        return "\r\n".join(_answer(group, result) for group, result in zip(groups, results, strict=True))

    async def _in_threads(self, calls: list[Callable[[], object]]) -> list[object]:
        """Run the calls beside the loop, returning what they return or raise."""
        loop = asyncio.get_running_loop()
        return await asyncio.gather(
            *(loop.run_in_executor(self._threads, call) for call in calls), return_exceptions=True
        )


def _traced(content: bytes, sender: str, recipients: list[str]) -> bytes:
    trace = "".join([f"Return-Path: <{sender}>\r\n", *(f"Delivered-To: {each}\r\n" for each in recipients)])
    return trace.encode("utf-8", "surrogateescape") + content


def _answer(recipients: list[str], result: object) -> str:
    if not isinstance(result, BaseException):
        return "250 2.0.0 Stored"
    log.error("Cannot store a mail for %s; its sender will try again", recipients, exc_info=result)
    return "451 4.3.0 Cannot store it now, try again later"


def without_token(address: str) -> str:
    """Return an address in lower case without its plus part."""
    local, _, domain = address.strip().lower().rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
