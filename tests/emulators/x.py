"""X on the loopback interface: posts, direct messages, hooks, limits and prices as `x.md` of the contracts says.

Its own counts decide in tests: `calls` is what it was asked, `cost` what that would have cost, `pushes` what it told.
"""

from __future__ import annotations

import base64
import hmac
import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.emulators import x_routes
from tests.emulators.serving import Emulator
from tests.emulators.x_world import KEYS, OWN_ID, OWN_NAME, Person, Platform, msec

__all__ = ["KEYS", "OWN_ID", "OWN_NAME", "Push", "XEmulator", "signed"]


@dataclass(slots=True)
class Push:
    """One call of the hook: what was told, and what the product answered (0: nobody was there)."""

    body: bytes
    status: int = 0
    seconds: float = 0.0


class XEmulator(Emulator):
    """The platform with one brand account; hooks go to `hook_url` once it has proved that it knows the secret."""

    def __init__(self, *, clock: Callable[[], datetime] | None = None, spelling: str = "tweet") -> None:
        super().__init__("x")
        self.world = Platform(clock or (lambda: datetime.now(UTC)), spelling=spelling)
        self.world.people[OWN_ID] = Person(OWN_ID, OWN_NAME, "Nordlicht")
        self.hook_url = ""
        self.is_hook_valid = True
        """False after too many of our answers were errors: nothing is told until the hook is tried again."""
        self.pushes: list[Push] = []
        self.held: list[dict[str, Any]] = []
        self.holds = False
        """True keeps events back until `release`, as after an outage of X."""
        self.is_deaf = False
        """True loses events for good: our hook was not reachable, X does not call again by itself."""
        self.is_revoked = False
        self.has_messages = True
        """False where the application was not given the right to read direct messages."""
        self.cost = 0.0
        self.breaks: list[tuple[str, str]] = []
        """What goes wrong next: (end of the path, before | after | cut), each once."""
        self.limits: dict[str, int] = {"mentions": 300, "search": 450, "messages": 15, "dm_events": 15, "tweets": 100}
        self.spent: dict[str, list[float]] = {}
        self.reset_after = 900.0
        self.looks = 1
        """How often a picture is still being looked at before it may be used."""
        self._echoes: list[threading.Thread] = []
        x_routes.add(self)

    def start(self, port: int = 0) -> None:
        super().start(port)
        self.world.pictures_url = self.url

    # What people do

    def posts(
        self,
        author: str,
        text: str,
        *,
        mentions: bool | None = None,
        replies_to: str = "",
        quotes: str = "",
        picture: bool = False,
        edits: str = "",
        at: datetime | None = None,
    ) -> str:
        """Somebody posts; with `mentions` our name is put before the text. Returns the post's id."""
        if mentions and f"@{OWN_NAME}" not in text:
            text = f"@{OWN_NAME} {text}"
        with self.lock:
            post = self.world.new_post(
                self.world.person(author).id,
                text,
                replies_to=replies_to,
                quotes=quotes,
                has_picture=picture,
                edits=edits,
                at=at,
            )
        answered = self.world.posts.get(replies_to, {}).get("author_id") == OWN_ID
        quoted = self.world.posts.get(quotes, {}).get("author_id") == OWN_ID
        is_named = any(each["id"] == OWN_ID for each in post["entities"]["mentions"])
        wanted = {"post.mention.create": is_named, "post.reply.create": answered, "post.quote.create": quoted}
        for name in (name for name, is_wanted in wanted.items() if is_wanted):
            self.tell(name, self.world.spelt(post), self.world.included([post]))
        return str(post["id"])

    def writes_privately(self, author: str, text: str, *, at: datetime | None = None, encrypted: bool = False) -> str:
        """Somebody writes us a direct message; returns its id."""
        with self.lock:
            person = self.world.person(author)
            message = self.world.new_message(person.id, OWN_ID, text, at)
        if encrypted:
            del self.world.messages[message["id"]]
            payload = {"id": f"c-{message['id']}", "sender_id": person.id, "encoded_event": "Q2lwaGVydGV4dA=="}
            payload |= {"conversation_id": f"{person.id}:{OWN_ID}", "created_at_msec": msec(message)}
            self.tell("chat.received", payload)
        else:
            self.tell("dm.received", self.world.old_shape(message))
        return str(message["id"])

    def deletes(self, post_id: str) -> None:
        """A post vanishes, and X tells so."""
        with self.lock:
            post = self.world.posts.pop(post_id)
        self.tell("post.delete", {"id": post_id, "author_id": post["author_id"]})

    def reposts(self, author: str, post_id: str) -> None:
        with self.lock:
            post = self.world.new_post(self.world.person(author).id, "RT")
        referenced = {"referenced_tweets": [{"type": "retweeted", "id": post_id}]}
        self.tell("post.repost.create", self.world.spelt({**post, **referenced}))

    def revoke(self) -> None:
        """The account's owner takes the application's rights away."""
        self.is_revoked = True
        at = self.world.clock().isoformat(timespec="seconds")
        self.tell("oauth.revoke", {"date_time": at, "user_id": OWN_ID, "app_id": "29820001"}, whose="")

    # What X tells

    def tell(
        self, event: str, payload: dict[str, Any], includes: dict[str, Any] | None = None, *, whose: str = OWN_ID
    ) -> None:
        """Call the hook with an event of the Activity API, or keep it back."""
        filter_ = {"user_id": whose} if whose else {}
        uuid = str(random.getrandbits(63) - (1 << 62))
        told = {"event_uuid": uuid, "filter": filter_, "event_type": event, "tag": "care", "payload": payload}
        body = {"data": {**told, **({"includes": includes} if includes else {})}}
        if self.holds:
            self.held.append(body)
        elif self.hook_url and self.is_hook_valid and not self.is_deaf:
            self.push(json.dumps(body).encode())

    def push(self, body: bytes, signature: str = "") -> Push:
        """Call the hook with these bytes, rightly signed unless told otherwise."""
        push, began = Push(body), time.monotonic()
        headers = {"x-twitter-webhooks-signature": signature or signed(body), "content-type": "application/json"}
        try:
            push.status = httpx.post(self.hook_url, content=body, headers=headers, timeout=10).status_code
        except httpx.HTTPError:
            push.status = 0
        push.seconds = time.monotonic() - began
        with self.lock:
            self.pushes.append(push)
        return push

    def release(self, *, copies: int = 1, at_once: int = 1, seed: int = 1) -> list[Push]:
        """Tell what was held back: each `copies` times, out of order, `at_once` at a time."""
        self.holds, held = False, [json.dumps(each).encode() for each in self.held * copies]
        self.held = []
        random.Random(seed).shuffle(held)
        with ThreadPoolExecutor(at_once) as threads:
            return list(threads.map(self.push, held))

    def calls_hook(self, url: str) -> bool:
        """Ask the hook to prove that it knows the secret, and call it from now on if it does (CRC)."""
        token = f"crc-{random.getrandbits(40)}"
        try:
            answer = httpx.get(url, params={"crc_token": token}, timeout=10)
            is_valid = answer.status_code == 200 and answer.json() == {"response_token": signed(token.encode())}
        except (httpx.HTTPError, ValueError):
            is_valid = False
        if is_valid or url == self.hook_url:
            self.hook_url, self.is_hook_valid = url, is_valid
        return is_valid

    def settle(self) -> None:
        """Wait until every echo of our own messages is told."""
        for thread in self._echoes:
            thread.join()

    def echo(self, event: str, payload: dict[str, Any], includes: dict[str, Any] | None = None) -> None:
        """Tell what we did ourselves while our call is still being answered: either may come first."""
        thread = threading.Thread(target=self.tell, args=(event, payload, includes))
        thread.start()
        self._echoes.append(thread)


def signed(body: bytes) -> str:
    return "sha256=" + base64.b64encode(hmac.digest(KEYS["consumer_secret"].encode(), body, "sha256")).decode()
