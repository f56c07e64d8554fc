"""Speak SMTP, and say in one word and one sentence why something did not go out."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from channels.contract import DeliveryError, DeliveryFault, Outgoing, Sent
from channels.email.compose import ascii_address, composed
from channels.email.settings import EmailSettings
from channels.email.tls import trusting

_CONNECT_WITHIN = 15.0
_ANSWER_WITHIN = 30.0
_WAIT = re.compile(r"\b(\d{1,5})\s*(s\b|sec|min|h\b|hour)", re.IGNORECASE)
_TOO_FAST = re.compile(
    r"\b4\.7\.\d|too many|rate|greylist|throttl|limit exceeded|try again (?:in|after)", re.IGNORECASE
)
_TOO_LARGE = re.compile(r"\b5\.(?:3\.4|2\.3)\b|too (?:large|big|much)|size|exceed", re.IGNORECASE)
_READY = 354
_OK = 250
_REFUSED = 400
_PERMANENT = 500
_EXCEEDED = 552
_LOGIN_CODES = frozenset({530, 534, 535, 538})


def send(outgoing: Outgoing, settings: EmailSettings, password: str) -> Sent:
    """Send one mail; raises `DeliveryError`, with `unsure` once the text was on its way and no answer came."""
    recipient = _ascii_address(outgoing.recipient.value)
    content = composed(outgoing, settings)
    # Automatic mail has no return path, so that two machines never answer each other (RFC 3834 section 3.3).
    sender = "" if outgoing.is_automatic else settings.address
    with session(settings, password) as smtp:
        with _refusals_as_faults():
            _name_sender(smtp, sender, settings.address, len(content))
            code, words = smtp.rcpt(recipient)
        if code >= _REFUSED:
            raise _refused(code, words, f"Der Mailserver nimmt nichts an für {recipient}")
        answer = _hand_over(smtp, content)
    return Sent(external_id=outgoing.external_id, remark=answer)


@contextmanager
def session(settings: EmailSettings, password: str) -> Iterator[smtplib.SMTP]:
    """Connect, secure and log in; leaves politely, whatever happened."""
    with _refusals_as_faults():
        if not settings.smtp_host:
            raise DeliveryError(
                DeliveryFault.UNREACHABLE, is_permanent=True, words="Es ist kein Mailserver eingestellt."
            )
        smtp = _connected(settings)
    try:
        with _refusals_as_faults():
            if settings.smtp_tls == "starttls":
                smtp.starttls(context=trusting(settings.ca_file))
            smtp.ehlo_or_helo_if_needed()
            if settings.smtp_user:
                smtp.login(settings.smtp_user, password)
        yield smtp
        _leave(smtp)
    finally:
        smtp.close()


def _connected(settings: EmailSettings) -> smtplib.SMTP:
    host, port = settings.smtp_host, settings.smtp_port
    # We say the domain of our address; smtplib would ask the DNS for a name, which can take as long as all the rest.
    name = settings.address.rpartition("@")[2]
    if settings.smtp_tls == "tls":
        context = trusting(settings.ca_file)
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, port, name, timeout=_CONNECT_WITHIN, context=context)
    else:
        smtp = smtplib.SMTP(host, port, name, timeout=_CONNECT_WITHIN)
    if smtp.sock:
        smtp.sock.settimeout(_ANSWER_WITHIN)
    return smtp


def _name_sender(smtp: smtplib.SMTP, sender: str, fallback: str, size: int) -> None:
    options = [f"SIZE={size}"] if smtp.has_extn("size") else []
    code, words = smtp.mail(sender, options)
    if code >= _PERMANENT and not sender and code != _EXCEEDED:
        # Large providers refuse an empty return path from people who log in.
        smtp.rset()
        code, words = smtp.mail(fallback, options)
    if code < _REFUSED:
        return
    if code == _EXCEEDED or code < _PERMANENT:
        raise _refused(code, words, "Der Mailserver nimmt die Mail nicht an")
    raise DeliveryError(
        DeliveryFault.UNAUTHORISED,
        is_permanent=True,
        words=f"Der Mailserver lässt uns nicht als {fallback} senden: {_said(code, words)}",
    )


def _hand_over(smtp: smtplib.SMTP, content: bytes) -> str:
    with _refusals_as_faults():
        code, words = smtp.docmd("DATA")
    if code != _READY:
        raise _refused(code, words, "Der Mailserver nimmt die Mail nicht an")
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
        code, words = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryError(
            DeliveryFault.UNSURE,
            is_permanent=True,
            words=f"Die Verbindung riss ab, als die Mail schon unterwegs war; ob sie ankam, ist ungewiss ({error}).",
        ) from error
    if code != _OK:
        raise _refused(code, words, "Der Mailserver hat die Mail abgelehnt")
    return _said(code, words)


@contextmanager
def _refusals_as_faults() -> Iterator[None]:
    """Turn what smtplib raises before the text is handed over into a `DeliveryError`; nothing has gone out then."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise _refused(error.smtp_code, error.smtp_error, "Der Mailserver hat die Anmeldung abgelehnt") from error
    except smtplib.SMTPNotSupportedError as error:
        words = f"Der Mailserver bietet nicht an, was eingestellt ist (Verschlüsselung oder Anmeldung): {error}"
        raise DeliveryError(DeliveryFault.UNAUTHORISED, is_permanent=True, words=words) from error
    except smtplib.SMTPResponseException as error:
        raise _refused(error.smtp_code, error.smtp_error, "Der Mailserver hat die Verbindung abgelehnt") from error
    except ssl.SSLError as error:
        words = f"Die verschlüsselte Verbindung zum Mailserver kam nicht zustande: {error}"
        raise DeliveryError(DeliveryFault.UNREACHABLE, is_permanent=False, words=words) from error
    except (OSError, smtplib.SMTPException) as error:
        words = f"Der Mailserver ist nicht erreichbar: {error}"
        raise DeliveryError(DeliveryFault.UNREACHABLE, is_permanent=False, words=words) from error


def _refused(code: int, words: bytes | str, sentence: str) -> DeliveryError:
    """Weigh an answer of the server (RFC 5321 section 4.2, RFC 3463)."""
    said = _said(code, words)
    fault, is_permanent, retry_within = DeliveryFault.REJECTED, True, None
    if code in _LOGIN_CODES:
        fault = DeliveryFault.UNAUTHORISED
    elif code < _PERMANENT:
        fault = DeliveryFault.RATE_LIMITED if _TOO_FAST.search(said) else DeliveryFault.UNREACHABLE
        is_permanent, retry_within = False, _asked_to_wait(said)
    elif code == _EXCEEDED and _TOO_LARGE.search(said):
        fault = DeliveryFault.TOO_LONG
    return DeliveryError(fault, is_permanent=is_permanent, words=f"{sentence}: {said}", retry_within=retry_within)


def _asked_to_wait(said: str) -> float | None:
    found = _WAIT.search(said)
    if not found:
        return None
    seconds = {"s": 1, "m": 60, "h": 3600}[found[2][0].lower()]
    return float(int(found[1]) * seconds)


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return f"{code} {' '.join(text.split())}"[:500]


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        pass  # the mail is accepted; how the server says goodbye does not matter


def _ascii_address(address: str) -> str:
    """Return an address as plain SMTP takes it; raises `DeliveryError` where it cannot be one."""
    local, _, domain = address.strip().rpartition("@")
    try:
        written = ascii_address(address.strip())
    except UnicodeError:
        written = ""
    if not local or not domain or re.search(r"[\s<>\x00-\x1f\x7f]", written or " "):
        words = f"„{address[:100]}“ ist keine Adresse, an die sich eine Mail schicken lässt."
        raise DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words=words)
    return written
