"""What is known around one post or message: who we are, what was asked, and who and what came along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from html import unescape
from typing import Any

from channels.contract import Handle
from channels.payload import Tree, identifier, instant, tree, trees, words

POST_URL = "https://x.com/i/web/status/"
MESSAGES_URL = "https://x.com/messages"
_EPOCH = 1_288_834_974_657


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    received_at: datetime
    own: frozenset[str] = frozenset()
    username: str = ""
    event: str = ""
    """The dotted name of the event, or what was asked for: mentions, search."""
    term: str = ""
    users: Mapping[str, Tree] = field(default_factory=dict)
    posts: Mapping[str, Tree] = field(default_factory=dict)
    media: Mapping[str, Tree] = field(default_factory=dict)

    def handle(self, user_id: str, *, otherwise: str = "") -> Handle:
        """Return a user's handle; `otherwise` is the id of the message whose author is missing."""
        name = words(self.users.get(user_id, {}).get("name"))
        return Handle(kind="x", value=user_id or f"unknown:{otherwise}", name=name)

    def username_of(self, user_id: str) -> str:
        user = self.users.get(user_id, {})
        return words(user.get("username") or user.get("screen_name"))

    def reach(self, user_id: str, post: Tree) -> dict[str, int]:
        """Return how many follow an author and how many answers stand below a post, as far as X told it."""
        told = {
            "followers": count(self.users.get(user_id, {}), "followers_count"),
            "replies": count(post, "reply_count"),
        }
        return {name: number for name, number in told.items() if number is not None}

    def at(self, value: object, id_: str = "") -> datetime:
        """Return the instant of something; an id tells its own where nothing else does."""
        is_dated = value is None and order(id_) > 10**15
        return instant((order(id_) >> 22) + _EPOCH if is_dated else value, received_at=self.received_at)

    def with_(self, includes: Tree) -> Scene:
        """Return the scene with the users, posts and media that came along."""

        def known(name: str, key: str) -> dict[str, Tree]:
            return {identifier(each.get(key)): tree(each) for each in trees(either(includes, name))}

        users, posts, media = known("users", "id"), known("tweets", "id"), known("media", "media_key")
        return replace(self, users={**self.users, **users}, posts=posts, media=media)


def either(found: Tree, name: str) -> Any:
    """Return a field by its old or its new spelling: `tweets` became `posts` everywhere (OpenAPI 2.167)."""
    return found.get(name, found.get(name.replace("tweet", "post")))


def spoken(found: Tree) -> str:
    """Return the text of a post or message as its author wrote it: X escapes `&`, `<` and `>` once."""
    return unescape(words(tree(either(found, "note_tweet")).get("text") or found.get("text")))


def count(found: Tree, name: str) -> int | None:
    """Return a number X counts of a user or a post; None where it did not come along."""
    number = tree(found.get("public_metrics")).get(name, found.get(name))
    return number if type(number) is int and number >= 0 else None


def order(id_: str) -> int:
    """Return an id as what it is ordered by; two messages may have the same instant."""
    return int(id_) if id_.isdecimal() and len(id_) < 20 else 0


def dated(at: datetime) -> int:
    """Return the id a post of that instant would have at least."""
    return max(0, int(at.timestamp() * 1000) - _EPOCH) << 22
