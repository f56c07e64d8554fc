"""The e-mail connector: parse, send, listen and check behind the contract every channel fulfils."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from channels.contract import (
    Account,
    Capability,
    ChannelFault,
    Check,
    Contact,
    DeliveryError,
    Exchange,
    Field,
    Form,
    Health,
    Outgoing,
    Poller,
    Sent,
)
from channels.email import smtp, understand
from channels.email.imap import MailboxPoller, connected, hang_up, opened
from channels.email.settings import EmailSettings


class EmailConnector:
    """One mailbox and one way to send; raises `ValueError` naming the setting if the account is set up wrong."""

    kind = "email"
    form = Form(
        title="E-Mail",
        address_label="E-Mail-Adresse",
        fields=(
            Field(name="imap_host", label="IMAP-Server"),
            Field(name="imap_password", label="IMAP-Passwort", kind="secret"),
            Field(name="smtp_host", label="SMTP-Server"),
            Field(name="smtp_password", label="SMTP-Passwort", kind="secret"),
        ),
    )

    def __init__(self, account: Account) -> None:
        self._account = account
        self.settings = EmailSettings.of(account)

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[Contact]:
        """Understand one mail; raises `Unreadable` if it has no header at all."""
        return [understand.contact(raw, received_at=received_at, account=self._account)]

    def send(self, outgoing: Outgoing) -> Sent:
        """Send over SMTP; raises `DeliveryError`."""
        return smtp.send(outgoing, self.settings, self._secret("smtp_password"))

    def capability(self, exchange: Exchange, *, now: datetime) -> Capability:
        """A mail can be answered at any time."""
        del exchange, now
        return Capability(can_private=True, max_length=100_000)

    def poller(self) -> Poller | None:
        """Log in to the mailbox; None where mail only comes in through the listener."""
        return MailboxPoller(self.settings, self._secret("imap_password")) if self.settings.imap_host else None

    def check(self) -> list[Check]:
        """Log in on both sides, one line for each step that works or fails."""
        return [*self._check_hearing(), *self._check_speaking()]

    def health(self, *, now: datetime) -> Health:
        """Log in on both sides, as far as they are set up; the first step that fails is what is told."""
        del now
        lines = self.check() if self.settings.smtp_host else self._check_hearing()
        failed = next((line for line in lines if not line.is_ok), None)
        return Health(is_ok=failed is None, words=failed.words if failed else "")

    def _check_hearing(self) -> list[Check]:
        if self.settings.imap_host:
            return _checked("Postfach (IMAP)", self._check_mailbox)
        words = "Kein Postfach eingestellt: Mails kommen über den eingebauten SMTP- oder LMTP-Empfang."
        return [Check(name="Empfang", is_ok=True, words=words)]

    def _check_speaking(self) -> list[Check]:
        if self.settings.smtp_host:
            return _checked("Versand (SMTP)", self._check_sending)
        words = "Es ist kein SMTP-Server eingestellt: Antworten können nicht verschickt werden."
        return [Check(name="Versand", is_ok=False, words=words)]

    def _check_mailbox(self) -> list[str]:
        settings = self.settings
        client = connected(settings, self._secret("imap_password"))
        try:
            state = opened(client, settings.folder)
            has_idle = client.has_capability("IDLE")
        finally:
            hang_up(client)
        pushes = "meldet neue Mails sofort" if has_idle else f"wird alle {settings.poll_seconds} s gefragt (kein IDLE)"
        return [
            f"Angemeldet als {settings.imap_user or settings.address}{_secrecy(settings.imap_tls)}.",
            f"Ordner „{settings.folder}“ mit {state.get(b'EXISTS', 0)} Mails.",
            f"Der Server {pushes}.",
        ]

    def _check_sending(self) -> list[str]:
        settings = self.settings
        with smtp.session(settings, self._secret("smtp_password")) as connection:
            connection.noop()
        who = f"Angemeldet als {settings.smtp_user}" if settings.smtp_user else "Verbunden, ohne Anmeldung"
        return [f"{who}{_secrecy(settings.smtp_tls)}."]

    def _secret(self, name: str) -> str:
        return self._account.secrets.get(name, "")


def _checked(name: str, check: Callable[[], list[str]]) -> list[Check]:
    try:
        return [Check(name=name, is_ok=True, words=words) for words in check()]
    except (ChannelFault, DeliveryError) as fault:
        return [Check(name=name, is_ok=False, words=fault.words)]
    except (OSError, ValueError) as error:
        return [Check(name=name, is_ok=False, words=f"Die Prüfung ist gescheitert: {error}")]


def _secrecy(tls: str) -> str:
    return ", unverschlüsselt" if tls == "none" else ", verschlüsselt"
