"""The X connector behind the contract every channel fulfils."""

from __future__ import annotations

import base64
import hmac
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property

from channels.contract import (
    Account,
    Capability,
    ChannelFault,
    Check,
    Exchange,
    Field,
    Form,
    Handle,
    Health,
    Heard,
    HeardAttachment,
    HookAnswer,
    HookRequest,
    Outgoing,
    Parent,
    Poller,
    Sent,
)
from channels.http import Forbidden, NotReached, fetched
from channels.payload import identifier, tree, words
from channels.x import speaking
from channels.x.poller import XPoller
from channels.x.settings import XSettings
from channels.xapi import calls, understand
from channels.xapi.client import DEFAULT_BASE, FIELDS, Refusal, XClient, faults
from channels.xapi.posts import parent
from channels.xapi.scene import Scene, dated

SIGNATURE = "x-twitter-webhooks-signature"
_MOST_TOKEN = 128
_TOKEN = re.compile(rf"[\w+/=.~-]{{1,{_MOST_TOKEN}}}", re.ASCII)
"""What can be a challenge; a call is a JSON object."""
_MEDIA_HOST = "https://ton.twitter.com"


class XConnector:
    """One account on X; raises `ValueError` naming the setting if it is set up wrong."""

    kind = "x"
    form = Form(
        title="X (Erwähnungen, Direktnachrichten, Zuhören)",
        address_label="Kennung des Kontos (Zahl)",
        is_social=True,
        steps=(
            "Auf developer.x.com ein Projekt mit einer App anlegen und Guthaben aufladen.",
            "In der App „Read and write and Direct message“ erlauben, dann Schlüssel und Zugriffstoken erzeugen.",
            "Schlüssel, Token und die Kennung des Kontos hier eintragen und speichern.",
            "Die unten gezeigte Adresse bei X als Webhook anmelden.",
            "Beiträge abonnieren: post.mention.create, post.reply.create, post.quote.create, post.create, post.delete.",
            "Nachrichten abonnieren: dm.received, dm.sent, chat.received, chat.sent, dazu oauth.revoke.",
        ),
        fields=(
            Field(name="username", label="Name des Kontos ohne @"),
            Field(
                name="terms",
                label="Suchbegriffe",
                kind="lines",
                help="Je Zeile ein Begriff oder #Hashtag: Beiträge, die über uns sprechen, ohne uns zu erwähnen.",
            ),
            Field(name="consumer_key", label="API Key", kind="secret", is_required=True),
            Field(name="consumer_secret", label="API Key Secret", kind="secret", is_required=True),
            Field(name="access_token", label="Access Token", kind="secret", is_required=True),
            Field(name="access_token_secret", label="Access Token Secret", kind="secret", is_required=True),
            Field(name="bearer_token", label="Bearer Token", kind="secret"),
            Field(name="poll_seconds", label="Sekunden zwischen Abfragen", kind="number", default=60, is_advanced=True),
            Field(name="api_base", label="Adresse der Schnittstelle", default=DEFAULT_BASE, is_advanced=True),
        ),
    )  # fmt: skip

    def __init__(self, account: Account) -> None:
        self._account, self._settings = account, XSettings.of(account)

    @cached_property
    def _client(self) -> XClient:
        """Made when it is needed: a hook is answered without it, and what stands ready for TLS takes its time."""
        return XClient(self._account)

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[Heard]:
        """Understand a hook, a page of the poller or a recorded call; raises `Unreadable`."""
        username = self._settings.username
        return understand.heard(raw, address=self._account.address, username=username, received_at=received_at)

    def handshake(self, request: HookRequest) -> HookAnswer:
        """Prove that we know the consumer secret (challenge-response check).

        X signs its calls the same way, so whatever could be a call is no challenge, and the other way round.
        """
        token = request.query.get("crc_token", "")
        if not _TOKEN.fullmatch(token) or not self._secret:
            return HookAnswer(status=403)
        body = json.dumps({"response_token": self._signed(token.encode())}).encode()
        return HookAnswer(body=body, media_type="application/json")

    def verify(self, request: HookRequest) -> bool:
        """Check the signature over the raw bytes."""
        found = request.headers.get(SIGNATURE, "").encode("utf-8", "replace")
        is_call = not _TOKEN.fullmatch(request.body[: _MOST_TOKEN + 1].decode("utf-8", "replace"))
        return is_call and bool(self._secret) and hmac.compare_digest(found, self._signed(request.body).encode())

    def shares_hook_with(self, other: object) -> bool:
        return isinstance(other, XConnector) and other.signs_with(self._secret)

    def signs_with(self, secret: bytes) -> bool:
        """Say whether this is the secret of our application, too."""
        return bool(secret) and hmac.compare_digest(secret, self._secret)

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        del request
        return HookAnswer()

    @property
    def _secret(self) -> bytes:
        return self._account.secrets.get("consumer_secret", "").encode()

    def _signed(self, content: bytes) -> str:
        return "sha256=" + base64.b64encode(hmac.digest(self._secret, content, "sha256")).decode()

    def capability(self, exchange: Exchange, *, now: datetime) -> Capability:
        """Say whether the author has called us; X has no windows."""
        del now
        return speaking.capability(exchange)

    def send(self, outgoing: Outgoing) -> Sent:
        """Answer in public or write a direct message; raises `DeliveryError`."""
        return speaking.send(self._client, self._account.address, outgoing)

    def poller(self) -> Poller | None:
        """Prove the keys and poll; raises `ChannelFault`."""
        return XPoller(XClient(self._account), self._settings)

    def hide(self, external_id: str, *, is_hidden: bool) -> None:
        """Hide an answer below a post of ours, or show it again; raises `ChannelFault`."""
        with faults():
            self._client.hide_reply(external_id) if is_hidden else self._client.unhide_reply(external_id)

    def profile(self, handle: Handle) -> Handle | None:
        with faults():
            user = tree(self._client.get_user(id=handle.value).get("data"))
        name = words(user.get("name"))
        return Handle(kind="x", value=handle.value, name=name) if name else None

    def post(self, external_id: str) -> Parent | None:
        with faults():
            found = self._client.get_tweet(external_id, **FIELDS)
        at = datetime.fromtimestamp(self._client.epoch, UTC)
        scene = Scene(received_at=at).with_(tree(found.get("includes")))
        told = tree(found.get("data"))
        return parent(told, scene) if identifier(told.get("id")) else None

    def media(self, url: str) -> HeardAttachment | None:
        """Fetch a file; those of direct messages need our signature."""
        trusted = _MEDIA_HOST if url.startswith(_MEDIA_HOST + "/") else self._client.base
        try:
            return fetched(url, trusted=trusted, headers={"Authorization": self._client.signature("GET", url)})
        except (NotReached, Forbidden) as fault:
            raise ChannelFault(str(fault)) from fault

    def check(self) -> list[Check]:
        """Ask who we are, and whether X calls us."""
        lines = []
        for name, asked in (("Anmeldung", self._log_in), ("Webhook", self._hook)):
            try:
                lines.append(Check(name=name, is_ok=True, words=asked()))
            except ChannelFault as fault:
                lines.append(Check(name=name, is_ok=False, words=fault.words))
        return lines

    def health(self, *, now: datetime) -> Health:
        """Ask a question that needs a living token and costs nothing, and whether X calls us."""
        try:
            self._ask_for_nothing(now)
            return Health(is_ok=True, words=f"Angemeldet als Kennung {self._account.address}. {self._hook()}")
        except ChannelFault as fault:
            return Health(is_ok=False, words=fault.words, code=fault.code)

    def _ask_for_nothing(self, now: datetime) -> None:
        """Ask for mentions of this minute: X charges what it returns, and who we are would cost each time."""
        since = str(dated(now - timedelta(minutes=1)))
        with faults():
            try:
                self._client.get_users_mentions(self._account.address, since_id=since, max_results=5, user_auth=True)
            except Refusal as refusal:
                if refusal.status != 429:  # only a living token meets a limit
                    raise

    def _log_in(self) -> str:
        XPoller(self._client, self._settings)
        return f"Angemeldet als Kennung {self._account.address}."

    def _hook(self) -> str:
        with faults():
            return calls.looked_at(self._client, f"/hooks/x/{self._account.id}")
