"""The world behind the emulated X: people, posts, direct messages, and what they look like on the wire."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

EPOCH = 1_288_834_974_657
OWN_ID, OWN_NAME = "4200042", "nordlicht"
KEYS = {
    "consumer_key": "ck-nordlicht",
    "consumer_secret": "cs-ganz-geheim",
    "access_token": "4200042-at",
    "access_token_secret": "ats-auch-geheim",
    "bearer_token": "AAAA-nordlicht",
}
PICTURE = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@dataclass(slots=True)
class Person:
    id: str
    username: str
    name: str
    takes_messages: bool = True
    followers: int = 0

    def shown(self, fields: str = "username,name,public_metrics") -> dict[str, Any]:
        everything = {"id": self.id, "username": self.username, "name": self.name, "verified": False}
        everything["public_metrics"] = {"followers_count": self.followers, "following_count": 0, "tweet_count": 1}
        everything |= {"profile_image_url": f"https://pbs.twimg.com/profile_images/{self.id}/normal.jpg"}
        return {
            name: text for name, text in everything.items() if name in {"id", "username", "name", *fields.split(",")}
        }


@dataclass(slots=True)
class Platform:
    """The world behind the interface; `clock` may be that of the product, so that both live at the same time."""

    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    people: dict[str, Person] = field(default_factory=dict)
    posts: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, dict[str, Any]] = field(default_factory=dict)
    media: dict[str, dict[str, Any]] = field(default_factory=dict)
    last_id: int = 0
    spelling: str = "tweet"
    """tweet or post: X renames its fields, and both are on the wire."""
    pictures_url: str = ""

    def new_id(self, at: datetime) -> str:
        """Return an id that tells its instant and is larger than every other of that instant."""
        least = (int(at.timestamp() * 1000) - EPOCH) << 22
        if least <= self.last_id < least + (1 << 22):
            least = self.last_id + 1
        self.last_id = max(self.last_id, least)
        return str(least)

    def person(self, username: str) -> Person:
        """Return who has this name; whoever writes for the first time has just signed up."""
        username = username.lstrip("@")
        known = next((each for each in self.people.values() if each.username == username), None)
        if known is None:
            known = Person(str(55_000 + len(self.people)), username, username.replace("_", " ").title())
            self.people[known.id] = known
        return known

    def new_post(
        self,
        author: str,
        text: str,
        *,
        replies_to: str = "",
        quotes: str = "",
        has_picture: bool = False,
        edits: str = "",
        at: datetime | None = None,
    ) -> dict[str, Any]:
        at = at or self.clock()
        id_, references = self.new_id(at), {"replied_to": replies_to, "quoted": quotes}
        answered, before = self.posts.get(replies_to, {}), self.posts.pop(edits, {})
        names = [(found[1], found.start(), found.end()) for found in re.finditer(r"@(\w+)", text)]
        mentions = [
            {"start": start, "end": end, "username": name, "id": self.person(name).id} for name, start, end in names
        ]
        post = {
            "id": id_,
            "text": text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;"),
            "author_id": author,
            "created_at": iso(at),
            "conversation_id": answered.get("conversation_id", replies_to) or before.get("conversation_id") or id_,
            "edit_history_tweet_ids": [*before.get("edit_history_tweet_ids", []), id_],
            "entities": {"mentions": mentions},
            "lang": "de",
            "public_metrics": {"reply_count": 0, "like_count": 0},
        }
        if answered:
            answered.setdefault("public_metrics", {"reply_count": 0})["reply_count"] += 1
            post["in_reply_to_user_id"] = answered["author_id"]
        if replies_to or quotes:
            post["referenced_tweets"] = [{"type": name, "id": about} for name, about in references.items() if about]
        if has_picture:
            key = f"3_{id_}"
            self.media[key] = {"media_key": key, "type": "photo", "url": f"{self.pictures_url}/pictures/{id_}.png"}
            post["attachments"] = {"media_keys": [key]}
        self.posts[id_] = post
        return post

    def new_message(self, sender: str, recipient: str, text: str, at: datetime | None = None) -> dict[str, Any]:
        at = at or self.clock()
        key = "-".join(sorted((sender, recipient), key=int))
        message = {"id": self.new_id(at), "event_type": "MessageCreate", "text": text, "sender_id": sender}
        message |= {"dm_conversation_id": key, "created_at": iso(at), "recipient": recipient}
        self.messages[message["id"]] = message
        return message

    def old_shape(self, message: dict[str, Any]) -> dict[str, Any]:
        """Return a direct message as events tell it, in the shape of v1.1."""
        said = {"text": message["text"], "entities": {"urls": [], "hashtags": [], "user_mentions": [], "symbols": []}}
        create = {"target": {"recipient_id": message["recipient"]}, "sender_id": message["sender_id"]}
        event = {"type": "message_create", "id": message["id"], "created_timestamp": msec(message)}
        people = [self.people[each] for each in (message["sender_id"], message["recipient"])]
        users = {each.id: {"data": each.shown()} for each in people}
        return {
            "direct_message_events": [{**event, "message_create": {**create, "message_data": said}}],
            "users": users,
        }

    def included(self, found: Sequence[dict[str, Any]], wanted: str = "") -> dict[str, Any]:
        """Return users, posts and media around some posts; everything, or what `expansions` asked for."""
        ids = [each["id"] for post in found for each in post.get("referenced_tweets", [])]
        around = [self.posts[id_] for id_ in ids if id_ in self.posts]
        keys = [key for post in found for key in post.get("attachments", {}).get("media_keys", [])]
        authors = dict.fromkeys(post["author_id"] for post in [*found, *around] if "author_id" in post)
        sets = {
            "users": [self.people[id_].shown() for id_ in authors] if not wanted or "author_id" in wanted else [],
            "tweets": around if not wanted or ".id" in wanted else [],
            "media": [self.media[key] for key in keys] if not wanted or "media_keys" in wanted else [],
        }
        return {self.spelt_name(name): self.spelt(several) for name, several in sets.items() if several}

    def spelt_name(self, name: str) -> str:
        return name.replace("tweet", self.spelling)

    def spelt(self, found: Any) -> Any:
        """Return JSON with the names of fields in the spelling of the day."""
        if isinstance(found, dict):
            return {self.spelt_name(name): self.spelt(each) for name, each in found.items()}
        return [self.spelt(each) for each in found] if isinstance(found, list) else found


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def msec(message: dict[str, Any]) -> str:
    return str(int(datetime.fromisoformat(message["created_at"]).timestamp() * 1000))
