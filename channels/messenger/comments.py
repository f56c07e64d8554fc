"""Fetch the newest comments of the page, written as a hook would have told them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from channels.meta.conversations import Item
from channels.meta.reading import identifier, mapping, mappings, moment, words

_COMMENT = "id,message,from,created_time,parent{id},attachment{media,url}"
_POSTS = f"id,created_time,comments.filter(stream).order(reverse_chronological).limit(50){{{_COMMENT}}}"


def newest(ask: Callable[..., dict[str, Any]], page: str) -> Iterator[Item]:
    """Look through the newest posts; an old one can get a new comment, so each of them is asked for each time."""
    for post in mappings(ask(f"{page}/feed", fields=_POSTS, limit=25).get("data")):
        for comment in mappings(mapping(post.get("comments")).get("data")):
            at = moment(comment.get("created_time"))
            if at is not None and identifier(comment.get("id")):
                yield at, "changes", {"field": "feed", "value": _value(comment, identifier(post.get("id")), at)}


def _value(found: dict[str, Any], post_id: str, at: datetime) -> dict[str, Any]:
    image = mapping(mapping(mapping(found.get("attachment")).get("media")).get("image"))
    return {
        "item": "comment",
        "verb": "add",
        "comment_id": identifier(found.get("id")),
        "post_id": post_id,
        "parent_id": identifier(mapping(found.get("parent")).get("id")) or post_id,
        "from": {name: words(each, most=200) for name, each in mapping(found.get("from")).items()},
        "created_time": int(at.timestamp()),
        "message": words(found.get("message")),
        "photo": words(image.get("src"), most=4000),
    }
