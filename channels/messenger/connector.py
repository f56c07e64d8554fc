"""The connector of a Facebook page: its messenger and what is written on it, behind the contract of every channel."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from channels import http, settings
from channels.contract import (
    Account,
    Capability,
    ChannelFault,
    Check,
    Exchange,
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
from channels.messenger import comments, feed, speak, window
from channels.messenger.form import FIELDS, FORM, SCOPES
from channels.meta import checking, entries, hook, messaging
from channels.meta.conversations import GraphPoller
from channels.meta.faults import GraphError
from channels.meta.graph import DEFAULT_BASE, DEFAULT_VERSION, Graph, asking, speaking
from channels.meta.reading import decoded, identifier, mapping, moment, words

_WANTED = checking.Wanted(scopes=SCOPES, fields=FIELDS)


class MessengerConnector:
    """One Facebook page; raises `ValueError` naming the setting if the account is set up wrong."""

    kind = "messenger"
    form = FORM

    def __init__(self, account: Account) -> None:
        self._secrets = account.secrets
        self.page = settings.text({"address": account.address}, "address", pattern=r"[0-9]{1,40}")
        self.app_id = settings.text(account.settings, "app_id", pattern=r"[0-9]{1,40}")
        self._version = settings.text(account.settings, "graph_version", DEFAULT_VERSION, pattern=r"v[0-9]+\.[0-9]+")
        self._base = settings.base(account.settings, DEFAULT_BASE)

    def parse(self, raw: bytes, *, received_at: datetime) -> Iterable[Heard]:
        """Understand a hook's payload, or a recorded answer of the interface; raises `Unreadable` if it is no JSON."""
        payload = decoded(raw)
        if payload.get("object") != "page":
            return list(entries.recorded(payload, self.kind, received_at=received_at))
        hearer = entries.Hearer(self.kind, self.page, self.app_id)
        return entries.understood(payload, hearer, received_at=received_at, private=messaging.read, public=feed.read)

    def send(self, outgoing: Outgoing) -> Sent:
        """Speak in private, in public, or once in private to the author of a comment; raises `DeliveryError`."""
        return speak.send(outgoing, self._graph, self.page)

    def capability(self, exchange: Exchange, *, now: datetime) -> Capability:
        """Reckon from the customer's last act: 24 hours, a person until the seventh day, a comment in public."""
        return window.capability(exchange, page=self.page, now=now)

    def poller(self) -> Poller | None:
        """Fetch what was missed; None as long as there is no token."""
        token = self._secret("page_token")
        graph = self._with_token(token)
        return GraphPoller(graph, self.page, platform="messenger", also=comments.newest) if token else None

    def check(self) -> list[Check]:
        """Ask for the token, its rights, the page and what the app subscribes, a line each."""
        return checking.checked(self._graph, self._as_app(), _WANTED, page=self.page, token=self._secret("page_token"))

    def health(self, *, now: datetime) -> Health:
        """Ask what the token is worth: by code, never by words."""
        return checking.health(self._as_app(), _WANTED, token=self._secret("page_token"), now=now)

    def handshake(self, request: HookRequest) -> HookAnswer:
        return hook.handshake(request, self._secret("verify_token"))

    def verify(self, request: HookRequest) -> bool:
        return hook.is_signed(request, self._secret("app_secret"))

    def shares_hook_with(self, other: object) -> bool:
        return isinstance(other, MessengerConnector) and other.signs_with(self._secret("app_secret"))

    def signs_with(self, secret: str) -> bool:
        """Say whether this is the secret of our application, too."""
        return hook.is_one(secret, self._secret("app_secret"))

    def acknowledge(self, request: HookRequest) -> HookAnswer:
        return HookAnswer(body=b"EVENT_RECEIVED")

    def profile(self, handle: Handle) -> Handle | None:
        """Ask for a name; None where the platform does not tell it (100/33), for that is no fault of the channel."""
        fields = "first_name,last_name" if handle.kind == self.kind else "name"
        found = self._read(handle.value, fields)
        name = " ".join(filter(None, (words(found.get(each), most=100).strip() for each in fields.split(","))))
        return Handle(kind=handle.kind, value=handle.value, name=name, scope=handle.scope) if name else None

    def post(self, external_id: str) -> Parent | None:
        """Fetch a post or a comment; None if it is gone."""
        found = self._read(external_id, "id,message,from,created_time,permalink_url")
        if not found:
            return None
        who = mapping(found.get("from"))
        author = Handle(kind=feed.PUBLIC, value=identifier(who.get("id")), name=words(who.get("name")), scope=self.page)
        return Parent(
            external_id=external_id,
            author=author if author.value else None,
            text=words(found.get("message")),
            sent_at=moment(found.get("created_time")),
            url=words(found.get("permalink_url"), most=1000),
        )

    def media(self, url: str) -> HeardAttachment | None:
        """Fetch a file; its signed address needs no log-in, and expires."""
        try:
            return http.fetched(url, trusted=self._base)
        except http.Forbidden as error:
            raise ChannelFault(str(error), is_permanent=True) from error
        except http.NotReached as error:
            raise ChannelFault(error.words) from error

    def hide(self, external_id: str, *, is_hidden: bool) -> None:
        """Hide a comment from everybody but its author and their friends, or show it again."""
        with speaking():
            self._graph.post(external_id, {"is_hidden": is_hidden})

    @cached_property
    def _graph(self) -> Graph:
        """Made when it is first needed: whoever only reads what came in never opens a connection."""
        return self._with_token(self._secret("page_token"))

    def _read(self, path: str, fields: str) -> dict[str, object]:
        """Return a thing's fields; nothing where it is gone or not to be seen."""
        with asking():
            try:
                return self._graph.get(path, fields=fields)
            except GraphError as error:
                if error.is_about_account or error.code != 100:
                    raise
                return {}

    def _as_app(self) -> Graph:
        return self._with_token(f"{self.app_id}|{self._secret('app_secret')}")

    def _with_token(self, token: str) -> Graph:
        return Graph(self._base, self._version, token)

    def _secret(self, name: str) -> str:
        return self._secrets.get(name, "")
