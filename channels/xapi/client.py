"""Calls of the X interface: tweepy knows the paths, we know the host, the limits and what a refusal means."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from email.utils import parsedate_to_datetime
from time import monotonic
from typing import Any
from urllib.parse import quote, urlencode

import tweepy

from channels.contract import Account, ChannelFault, DeliveryError, DeliveryFault
from channels.http import Caller, NotReached, Reply
from channels.payload import Tree, identifier, tree, trees, words
from channels.settings import base

DEFAULT_BASE = "https://api.x.com"
FIELDS: dict[str, str] = {
    "tweet_fields": "author_id,created_at,conversation_id,in_reply_to_user_id,referenced_tweets,entities,attachments,"
    "lang,note_tweet,edit_history_tweet_ids,public_metrics",
    "expansions": "author_id,attachments.media_keys,referenced_tweets.id,referenced_tweets.id.author_id",
    "user_fields": "username,name,profile_image_url,verified,public_metrics",
    "media_fields": "type,url,preview_image_url,variants,alt_text",
}
_WINDOW = 900.0
_DEAD = {"32", "64", "89", "326"}
"""Old codes that end the account's access whatever the status: wrong keys, suspended, dead token, locked."""
_WHY = {
    "duplicate": "Genau diesen Text haben wir dort schon geschrieben.",
    "blocked": "Diese Person hat unser Konto blockiert.",
    "mentioned": "Der Verfasser hat uns nicht erwähnt; die Schnittstelle lässt darum keine Antwort zu.",
    "who can reply": "Der Verfasser hat eingeschränkt, wer antworten darf.",
    "direct message": "Diese Person nimmt von uns keine Direktnachrichten an.",
}
_SENTENCES: dict[int, tuple[DeliveryFault, bool, str]] = {
    400: (DeliveryFault.REJECTED, True, "X versteht die Anfrage nicht."),
    401: (DeliveryFault.UNAUTHORISED, False, "X nimmt die Schlüssel nicht mehr an. Bitte das Konto neu verbinden."),
    402: (DeliveryFault.UNAUTHORISED, False, "Das Guthaben bei X ist aufgebraucht."),
    403: (DeliveryFault.REJECTED, True, "X lässt das nicht zu."),
    404: (DeliveryFault.GONE, True, "Das gibt es auf X nicht mehr."),
    429: (DeliveryFault.RATE_LIMITED, False, "X nimmt gerade keine weiteren Aufrufe an."),
}
_TROUBLE = (DeliveryFault.UNREACHABLE, False, "X ist vorübergehend gestört.")


class Refusal(Exception):
    """X refused a call; the status and the old code decide, the text only words it for people."""

    def __init__(self, status: int, found: Tree, *, wait: float | None = None) -> None:
        super().__init__(status)
        errors = trees(found.get("errors"))
        said = " ".join(filter(None, [words(each.get("message")) for each in errors])) or words(found.get("detail"))
        self.code = next(filter(None, (identifier(each.get("code")) for each in errors)), str(status))
        self.status, self.wait = 401 if self.code in _DEAD else status, wait
        self.fault, self.is_permanent, sentence = _SENTENCES.get(self.status, _TROUBLE)
        why = [reason for mark, reason in _WHY.items() if status == 403 and mark in said.lower()]
        self.words = f"{why[0] if why else sentence} (X {self.code}{': ' if said else ''}{said[:300]})"

    def as_delivery(self) -> DeliveryError:
        return DeliveryError(
            self.fault, is_permanent=self.is_permanent, words=self.words, retry_within=self.wait, code=self.code
        )

    def as_fault(self) -> ChannelFault:
        return ChannelFault(self.words, is_permanent=self.status in {401, 402, 403}, code=self.code)


@contextmanager
def faults() -> Iterator[None]:
    """Say in the channel's words what went wrong."""
    try:
        yield
    except Refusal as refusal:
        raise refusal.as_fault() from refusal
    except NotReached as fault:
        raise ChannelFault(fault.words) from fault


class XClient(tweepy.Client):  # type: ignore[misc]
    """tweepy with our own host (it knows only api.twitter.com), limits that are kept, and answers that are checked.

    Raises `Refusal` and `NotReached`. Between two calls it remembers until when X wants to be left alone.
    """

    def __init__(self, account: Account) -> None:
        names = ("bearer_token", "consumer_key", "consumer_secret", "access_token", "access_token_secret")
        super().__init__(**{name: account.secrets.get(name, "") for name in names}, return_type=dict)
        self.base = base(account.settings, DEFAULT_BASE)
        self._caller = Caller(self.base)
        self._rests_until: dict[str, float] = {}
        self.epoch = 0.0
        """What time it is over there, in seconds; told with every answer."""

    def request(
        self,
        method: str,
        route: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: object = None,
        user_auth: bool = False,
        **more: Any,
    ) -> Reply:
        """Call; `more` is what `Caller.call` takes besides. Nothing is asked before a limit has passed."""
        path = f"{route}?{urlencode(params, quote_via=quote)}" if params else route
        key = method + re.sub(r"\d+", "#", route)
        rest = self._rests_until.get(key, 0.0) - monotonic()
        if rest > 0:
            raise Refusal(429, {}, wait=rest)
        is_user = user_auth or not self.bearer_token
        bearer = f"Bearer {self.bearer_token}"
        headers = {"Authorization": self.signature(method, self.base + path) if is_user else bearer}
        reply = self._caller.call(method, path, json=json, headers=headers, **more)
        wait = self._wait(reply)
        if reply.status == 429 or reply.headers.get("x-rate-limit-remaining") == "0":
            self._rests_until[key] = monotonic() + wait
        if not reply.is_good:
            raise Refusal(reply.status, tree(reply.json()), wait=wait if reply.status == 429 else None)
        return reply

    def _make_request(self, *asked: Any, **more: Any) -> Tree:
        found = super()._make_request(*asked, **more)
        return found if isinstance(found, dict) else {}

    def signature(self, method: str, url: str) -> str:
        """Return the header that says who we are for a call (OAuth 1.0a); bodies are JSON and not part of it."""
        keys = (self.consumer_key, self.consumer_secret, self.access_token, self.access_token_secret)
        signed = tweepy.OAuth1UserHandler(*keys).apply_auth().client.sign(url, http_method=method)
        return str(signed[1]["Authorization"])

    def _wait(self, reply: Reply) -> float:
        """Return the seconds until the limit is renewed, by the platform's own clock."""
        try:
            self.epoch = parsedate_to_datetime(reply.headers["date"]).timestamp()
            return min(max(float(reply.headers["x-rate-limit-reset"]) - self.epoch, 1.0), 86_400.0)
        except (KeyError, ValueError):
            return _WINDOW

    def close(self) -> None:
        self._caller.close()
