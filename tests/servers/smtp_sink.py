"""A real SMTP server that keeps what it is given and misbehaves on request."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.servers import programs
from tests.servers.certificate import Certificate


@dataclass(frozen=True)
class Received:
    """One mail the sink answered with 250 (or took before it dropped the line, see `was_confirmed`)."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes = field(repr=False)
    was_confirmed: bool = True

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=policy.default)


@dataclass
class Behaviour:
    """How the sink treats the next mails; change the attributes while it runs, `SmtpSink.reset` puts all back."""

    refuse: dict[str, str] = field(default_factory=dict)
    """Recipient -> reply, e.g. "550 5.1.1 No such user"; "*" is everybody."""
    refuse_sender: str = ""
    refuse_content: str = ""
    """Reply after the text, e.g. "451 4.3.0 Try again" or "552 5.3.4 Too big"."""
    drops_after_content: bool = False
    """Take the text, then cut the line without an answer."""
    hangs: bool = False
    """Take the text, then never answer until `SmtpSink.reset`."""


class SmtpSink:
    """Listens on `host`:`port` from `start` to `stop`.

    `users` (name -> password) makes it ask for a log-in; `certificate` offers STARTTLS, `requires_tls` insists on it,
    `speaks_tls` wraps the whole line (port 465 style).
    """

    host = "127.0.0.1"

    def __init__(
        self,
        *,
        users: Mapping[str, str] | None = None,
        certificate: Certificate | None = None,
        requires_tls: bool = False,
        speaks_tls: bool = False,
    ) -> None:
        self.port = programs.free_port()
        self.behaviour = Behaviour()
        self.received: list[Received] = []
        self.attempts = 0
        """Mails whose text arrived completely, whatever the answer was."""
        self._users = users
        self._certificate = certificate
        self._requires_tls = requires_tls
        self._speaks_tls = speaks_tls
        self._arrival = threading.Condition()
        self._controller: Controller | None = None

    def start(self) -> None:
        context = self._certificate.server_context if self._certificate else None
        starttls = None if self._speaks_tls else context
        self._controller = Controller(
            self,
            hostname=self.host,
            port=self.port,
            ready_timeout=20,
            enable_SMTPUTF8=True,
            ssl_context=context if self._speaks_tls else None,
            tls_context=starttls,
            require_starttls=self._requires_tls,
            auth_required=self._users is not None,
            auth_require_tls=starttls is not None,
            authenticator=self._authenticate if self._users is not None else None,
        )
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def reset(self) -> None:
        """Forget the mails and behave again."""
        self.behaviour.hangs = False
        self.behaviour = Behaviour()
        self.attempts = 0
        self.received.clear()

    def wait_for(self, count: int = 1, *, within: float = 10.0) -> list[Received]:
        """Return all mails once there are at least `count`; fails the test after `within` seconds."""
        with self._arrival:
            if not self._arrival.wait_for(lambda: len(self.received) >= count, within):
                raise AssertionError(f"{len(self.received)} of {count} mails arrived within {within:g} s")
            return list(self.received)

    def to(self, address: str) -> list[Received]:
        """Return the mails for one recipient."""
        return [mail for mail in self.received if address in mail.recipients]

    async def handle_MAIL(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer MAIL FROM."""
        if self.behaviour.refuse_sender:
            return self.behaviour.refuse_sender
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the name aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Answer RCPT TO, recipient by recipient."""
        refusal = self.behaviour.refuse.get(address) or self.behaviour.refuse.get("*")
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name aiosmtpd calls
        self, server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        """Answer the end of the text."""
        behaviour = self.behaviour
        self.attempts += 1
        if behaviour.refuse_content:
            return behaviour.refuse_content
        self._keep(envelope, was_confirmed=not (behaviour.drops_after_content or behaviour.hangs))
        if behaviour.drops_after_content and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        while behaviour.hangs:  # noqa: ASYNC110 - the order to go on comes from another thread
            await asyncio.sleep(0.02)
        return "250 Accepted"

    def _keep(self, envelope: Envelope, *, was_confirmed: bool) -> None:
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        with self._arrival:
            self.received.append(
                Received(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw, was_confirmed=was_confirmed)
            )
            self._arrival.notify_all()

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: object
    ) -> AuthResult:
        users = self._users or {}
        is_known = isinstance(login, LoginPassword) and users.get(login.login.decode()) == login.password.decode()
        return AuthResult(success=is_known, handled=False)
