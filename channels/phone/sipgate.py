"""sipgate.io: calls as form posts, answered with XML that asks for the rest.

Facts from the vendor's README (sipgate/sipgate.io), the npm package sipgateio 2.15.1 and developer.sipgate.io:
`answer` and `hangup` are sent only if the answer to `newCall` names where to; nothing is ever sent twice; no event
carries a time, so the instant of receipt is used.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import parse_qsl
from xml.sax.saxutils import quoteattr

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from channels import settings
from channels.contract import (
    Account,
    CallEvent,
    CallStep,
    Check,
    Handle,
    Health,
    HookAnswer,
    HookRequest,
    Poller,
    Unreadable,
)
from channels.numbers import LONGEST_EXTENSION, with_country_code
from channels.phone import sipgate_history as history
from channels.phone.provider import PhoneSettings

MOST_FIELDS = 500
LONGEST_ID = 100
LONGEST_WORD = 120
STEPS = {"newCall": CallStep.RING, "answer": CallStep.ANSWER, "hangup": CallStep.HANGUP, "dtmf": CallStep.KEY}
MAILBOX = "voicemail"
XML = "application/xml"
PUBLIC_KEY = """-----BEGIN PUBLIC KEY-----
MIICIjANBgkqhkiG9w0BAQEFAAOCAg8AMIICCgKCAgEAvFdlnqRfO5TmqzjtsFVCqPz+oW+poi3lXQFvMJJMEAtlU4MbX+yuIkgnC+Qt3AQWIK+oWSEQ
iybg+p39wEMl16PZxEzf9gONQvTg1XhyHnwqYUFQj/AoxPKGYC3jmdjZ224SrESiTN3CdxoOc3vkcXiQstYE7SxnksPtzfk0aIOkicim5/tAP9izNQ18
/zmX3ChjK2k72gf5dDlq+qZ8pRiHAPZ64TySH6cLQDhaoh6Nbq8FEG3usXXPClbUMh2DZaTMPafpd+LNuTngJ/y+KoZasVuFfXAeBqGA6l5d4Uedfr99
Z6qjwDrJ8sU4z2Do9bJrbuqP+mOXEebhSI1Kvi8trEfrIt8hnDBGsBaB9NEO3kYxvDT2/PhC9fNYFocjEpZNd7/mUqTJDYlpa4UCNDQaU+ATdXG8/P5s
GAegks6MQTu+qe9XTO0CV48eswDkz6g3UbLOwmrJK59SjD3JyAZ52sluwyDKRWw/PPTt8BTQLjvkdbiLUlc4ehJ4b1X7D7diYWHDPeFL47cAvaXhdXVr
ZDeBJYibvD1jRx4ES0KlfhwzNXBYUoM/Movg9zMM2PzyHHKS//xIjwUC/FJ6/6eykno0Hy2B1ev6s3hdY6VkN2zd7Wf+EK4DxRliwsg1U99szFE3ewLf
exF+Uag5M+TfPtOUumI/NHMTvsRW9+ECAwEAAQ==
-----END PUBLIC KEY-----"""
"""What sipgate signs its calls with: npm package sipgateio 2.15.1, dist/webhook/signatureVerifier.js."""


class Sipgate:
    """One account of sipgate; its secrets `token_id` and `token` are needed for the history only."""

    def __init__(self, account: Account, known: PhoneSettings) -> None:
        self._known = known
        self._base = settings.base(account.settings, "https://api.sipgate.com")
        self._key = _key("\n".join(settings.lines(account.settings, "public_key")) or PUBLIC_KEY)
        self._token = (account.secrets.get("token_id", ""), account.secrets.get("token", ""))

    def parse(self, raw: bytes, *, received_at: datetime) -> Sequence[CallEvent]:
        """Understand a form post, or an entry of the history; an event we do not know means nothing."""
        if raw.lstrip()[:1] == b"{":
            return history.parse(raw, received_at=received_at)
        form = _Form.of(raw)
        call_id, step = form.id("callId"), STEPS.get(form["event"])
        if not call_id or not form["event"]:
            raise Unreadable("Das ist kein Anruf: event oder callId fehlt.")
        return [self._event(form, step, call_id, received_at=received_at)] if step else []

    def _event(self, form: _Form, step: CallStep, call_id: str, *, received_at: datetime) -> CallEvent:
        is_outgoing = form["direction"] == "out"
        theirs, ours = (form["to"], form["from"]) if is_outgoing else (form["from"], form["to"])
        number = with_country_code(theirs)
        self._refuse_foreign(theirs, ours)
        users = form.several("user")
        is_mailbox = step is CallStep.ANSWER and users[:1] == (MAILBOX,)
        key = form["dtmf"] if step is CallStep.KEY else ""
        return CallEvent(
            external_id=f"{call_id}:{form['event']}{':' * bool(key)}{key}",
            step=step,
            call_id=call_id,
            root_id=form.id("origCallId") or (call_id if step is CallStep.RING else ""),
            sent_at=received_at,
            is_outgoing=is_outgoing,
            customer=Handle(kind="phone", value=number) if number else None,
            own_number=with_country_code(form["answeringNumber"]) or with_country_code(ours),
            agents=() if is_mailbox else users,
            is_voicemail=is_mailbox,
            cause=form["cause"],
            diversion=with_country_code(form["diversion"]) or form["diversion"],
            details=dict(self._details(form, theirs, number)),
        )

    def _refuse_foreign(self, theirs: str, ours: str) -> None:
        """Raise `Unreadable` for another account's call: sipgate signs for all its customers with one key."""
        if ours and not _is_extension(theirs) and not self._known.is_ours(with_country_code(ours)):
            words = f"{ours} ist keine Rufnummer dieses Kanals. Ist sie Ihre, gehört sie unter „Weitere Rufnummern“."
            raise Unreadable(words)

    def _details(self, form: _Form, theirs: str, number: str) -> Iterator[tuple[str, object]]:
        ids = (*form.several("userId"), *form.several("fullUserId"))
        if ids:
            yield "user_ids", list(ids)
        if theirs and not number:
            yield ("internal", True) if _is_extension(theirs) else ("withheld", True)
        if number and number in self._known.blocked:
            yield "blocked", True

    def verify(self, request: HookRequest) -> bool:
        """Check X-Sipgate-Signature: base64 of RSA-SHA256 (PKCS #1 v1.5) over the raw body."""
        try:
            signature = base64.b64decode(request.headers.get("x-sipgate-signature", ""), validate=True)
            self._key.verify(signature, request.body, padding.PKCS1v15(), SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        """Ask for the rest of a new call at the same address, or let a blocked caller hear that it is busy.

        The bodies of all other answers are ignored over there.
        """
        form = _Form.of(request.body)
        if form["event"] != "newCall":
            return HookAnswer()
        if form["direction"] != "out" and with_country_code(form["from"]) in self._known.blocked:
            return _xml('<Reject reason="busy"/>')
        url = quoteattr(request.url)
        return _xml("", f" onAnswer={url} onHangup={url}")

    def poller(self) -> Poller | None:
        return history.History(self._base, self._token) if all(self._token) else None

    def check(self) -> list[Check]:
        """Ask for the newest entry of the history, where we have a token for it."""
        found = self.health()
        well = "sipgate antwortet, verpasste Meldungen werden nachgeholt."
        without = "Ohne Token werden Anrufe gehört, aber nach einem Ausfall nicht nachgeholt."
        words = found.words or (well if all(self._token) else without)
        return [Check(name="Nachholen", is_ok=found.is_ok, words=words)]

    def health(self) -> Health:
        return history.asked(self._base, self._token) if all(self._token) else Health(is_ok=True)


class _Form(dict[str, tuple[str, ...]]):
    """A form post; names come with or without brackets, and a list also as one text with commas."""

    @classmethod
    def of(cls, raw: bytes) -> _Form:
        """Read it; nothing is `Unreadable` here, for a call that is signed is answered whatever it says."""
        form = cls()
        try:
            pairs = parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:
            return form
        for name, text in pairs:
            bare = name.partition("[")[0]
            form[bare] = (*form.get(bare, ()), _word(text))
        return form

    def __getitem__(self, name: str) -> str:  # type: ignore[override]
        return next(iter(self.get(name, ())), "")

    def id(self, name: str) -> str:
        """Return an id; one that is longer than any of theirs is none."""
        text = self[name]
        return text if len(text) <= LONGEST_ID else ""

    def several(self, name: str) -> tuple[str, ...]:
        """Return a list, whether it came as several fields, one or texts joined by commas."""
        words = (word.strip() for text in self.get(name, ()) for word in text.split(","))
        return tuple(dict.fromkeys(word for word in words if word))


def _word(text: str) -> str:
    """Return a text as any database keeps it."""
    return "".join(letter for letter in text[:LONGEST_WORD] if letter.isprintable()).strip()


def _is_extension(text: str) -> bool:
    return text.isdecimal() and len(text) <= LONGEST_EXTENSION


def _xml(inside: str, attributes: str = "") -> HookAnswer:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Response{attributes}>{inside}</Response>'
    return HookAnswer(body=body.encode(), media_type=XML)


def _key(pem: str) -> rsa.RSAPublicKey:
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise ValueError("Einstellung public_key: Das ist kein öffentlicher Schlüssel in PEM-Form.") from error
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("Einstellung public_key: Erwartet wird ein RSA-Schlüssel.")  # noqa: TRY004
    return key
