"""A guestbook as a channel: the example of docs/adding-a-channel.md, and the proof that nothing else is needed."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from channels import settings
from channels.contract import (
    Account,
    Capability,
    ChannelFault,
    Check,
    Contact,
    ContactType,
    DeliveryError,
    DeliveryFault,
    Exchange,
    Field,
    Form,
    Handle,
    Health,
    Heard,
    HookAnswer,
    HookRequest,
    Outgoing,
    Sent,
    Unreadable,
)
from channels.http import Caller, NotReached, Reply


class Guestbook:
    """Entries are public; an answer stands below its entry."""

    kind = "guestbook"
    form = Form(
        title="Gästebuch",
        address_label="Name des Gästebuchs",
        fields=(
            Field(name="api_base", label="Adresse", is_required=True),
            Field(name="hook_secret", label="Gemeinsames Geheimnis", kind="secret", is_required=True),
        ),
    )

    def __init__(self, account: Account) -> None:
        self._account = account
        self._secret = account.secrets.get("hook_secret", "").encode()
        self._base = settings.base(account.settings, "https://guestbook.example")

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[Heard]:
        try:
            entries = json.loads(raw)["entries"]
            return [self._contact(entry, received_at) for entry in entries if isinstance(entry, dict)]
        except (ArithmeticError, KeyError, OSError, RecursionError, TypeError, ValueError) as error:
            raise Unreadable("Das ist kein Eintrag des Gästebuchs.") from error

    def _contact(self, entry: dict[str, Any], received_at: datetime) -> Contact:
        is_text = entry.get("type", "text") == "text"
        author = storable(entry["author"])
        return Contact(
            type=ContactType.POST if is_text else ContactType.UNKNOWN,
            external_id=storable(entry["id"]),
            sender=Handle(kind=self.kind, value=author, name=author),
            sent_at=min(datetime.fromtimestamp(float(entry["at"]), UTC), received_at),
            text=storable(entry["text"]) if is_text else "Ein Eintrag, den Faden noch nicht zeigt.",
            conversation_key=storable(entry["id"]),
            is_public=True,
            is_own=author == (self._account.address or "shop"),
        )

    def send(self, outgoing: Outgoing) -> Sent:
        entry = outgoing.exchange.newest_id if outgoing.exchange else ""
        try:
            reply = self._call("POST", f"entries/{entry}/answers", {"text": outgoing.text, "id": outgoing.external_id})
        except NotReached as error:
            fault = DeliveryFault.UNSURE if error.may_have_arrived else DeliveryFault.UNREACHABLE
            raise DeliveryError(fault, is_permanent=error.may_have_arrived, words=error.words) from error
        if not reply.is_good:
            words = f"Das Gästebuch nimmt die Antwort nicht an ({reply.status})."
            raise DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words=words)
        return Sent(external_id=str(reply.json()["id"]))

    def capability(self, exchange: Exchange, *, now: datetime) -> Capability:
        del now
        if exchange.is_public and exchange.newest_id:
            return Capability(can_public=True, max_length=500)
        return Capability(reason="Im Gästebuch kann man nur auf Einträge antworten.", max_length=500)

    def poller(self) -> None:
        self._asked()

    def check(self) -> list[Check]:
        health = self.health(now=datetime.now(UTC))
        return [Check(name=self.form.title, is_ok=health.is_ok, words=health.words or "Das Gästebuch antwortet.")]

    def health(self, *, now: datetime) -> Health:
        del now
        try:
            self._asked()
        except ChannelFault as fault:
            return Health(is_ok=False, words=fault.words)
        return Health(is_ok=True)

    def handshake(self, request: HookRequest) -> HookAnswer:
        del request
        return HookAnswer(status=404)

    def verify(self, request: HookRequest) -> bool:
        wanted = hmac.new(self._secret, request.body, hashlib.sha256).hexdigest()
        return bool(self._secret) and hmac.compare_digest(
            wanted.encode(), request.headers.get("x-guestbook-signature", "").encode()
        )

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        del request
        return HookAnswer(status=204)

    def _asked(self) -> None:
        try:
            self._call("GET", "", None)
        except NotReached as error:
            raise ChannelFault(error.words) from error

    def _call(self, method: str, path: str, json_: object) -> Reply:
        return Caller(self._base, within=5.0).call(method, path, json=json_)


def storable(value: object) -> str:
    """Return a text that every database takes: no half characters (RFC 3629 section 3), no NUL."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise TypeError(f"expected a text, not {value!r}")
    return str(value)[:10_000].encode("utf-8", "replace").decode().replace("\x00", "")
