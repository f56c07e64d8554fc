"""Fetch what was missed while our hook could not be reached: conversations, and whatever else a kind looks for.

What is fetched is written as a hook would have told it, so that one reader understands both and nothing is filed twice.
Source: developers.facebook.com/docs/graph-api/reference/page/conversations; at most two calls a second.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from time import monotonic, sleep
from typing import Any

from channels.contract import Raw
from channels.meta.graph import Graph, asking
from channels.meta.reading import identifier, mapping, mappings, moment, words

EVERY = 180.0
"""Seconds between two rounds: hooks are the usual way, this is only the net below them."""
_BETWEEN_CALLS = 0.5
_STEP = 0.5
_MOST_PAGES = 20
_FIRST_LOOK = timedelta(hours=24)
_OVERLAP = timedelta(minutes=2)
_MESSAGE = "id,message,from,to,created_time,sticker,attachments{id,name,mime_type,size,image_data,video_data,file_url}"
_THREADS = f"id,updated_time,messages.limit(25){{{_MESSAGE}}}"
Item = tuple[datetime, str, dict[str, Any]]
"""When, in which part of an entry, and the item as a hook tells it."""
Ask = Callable[..., dict[str, Any]]
"""Read a path with its query, at the pace the platform allows."""


class GraphPoller:
    """Looks through the page every few minutes; the cursor is the time of the newest thing that was stored."""

    def __init__(self, graph: Graph, page: str, *, platform: str, also: Callable[[Ask, str], Iterator[Item]]) -> None:
        self._graph, self._page, self._platform, self._also = graph, page, platform, also
        self._looked_at = float("-inf")
        self._may_call_at = float("-inf")
        self._told: dict[bytes, datetime] = {}
        """What this poller has yielded of the overlap, so that a quiet page is not told the same every few minutes."""

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterable[Raw]:
        """Yield what is newer than the cursor, oldest first; the first time, what is of the page's last day."""
        self._looked_at = monotonic()
        since = moment(cursor.get("seen_at"))
        with asking():
            found = [*self._messages(since), *self._also(self._ask, self._page)]
        newest = max((at for at, _, _ in found), default=None)
        if newest is None:
            return
        from_ = since - _OVERLAP if since else newest - _FIRST_LOOK
        fresh = sorted((each for each in found if each[0] >= from_), key=lambda each: each[0])
        seen_at = since or from_
        if not since or since < max(self._told.values(), default=since):
            self._told.clear()  # what we told last was not stored: it is told again
        for at, part, item in self._limited(fresh, since, limit):
            content = json.dumps({"object": "page", "entry": [self._entry(at, part, item)]}).encode()
            seen_at = max(seen_at, at)
            if content not in self._told:
                self._told[content] = at
                cursor_after = {"seen_at": seen_at.isoformat()}
                yield Raw(content=content, source=f"Abruf {part} {at:%Y-%m-%d %H:%M}", cursor=cursor_after)
        self._told = {content: at for content, at in self._told.items() if at >= seen_at - _OVERLAP}

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        until = min(monotonic() + within, self._looked_at + EVERY)
        while monotonic() < until and not stop():
            sleep(max(0.0, min(_STEP, until - monotonic())))
        return not stop() and monotonic() >= self._looked_at + EVERY

    def close(self) -> None:
        self._graph.close()

    @staticmethod
    def _limited(fresh: list[Item], since: datetime | None, limit: int) -> Iterator[Item]:
        """Count only what is new: what lies in the overlap was stored before and would use up the limit."""
        for item in fresh:
            limit -= since is None or item[0] > since
            if limit < 0:
                return
            yield item

    def _entry(self, at: datetime, part: str, item: dict[str, Any]) -> dict[str, Any]:
        time = int(at.timestamp() * 1000) if part == "messaging" else int(at.timestamp())
        return {"id": self._page, "time": time, part: [item]}

    def _messages(self, since: datetime | None) -> Iterator[Item]:
        query: dict[str, str | int] = {"platform": self._platform, "fields": _THREADS, "limit": 25}
        for thread in self._pages(f"{self._page}/conversations", query):
            updated_at = moment(thread.get("updated_time"))
            if since and updated_at and updated_at < since - _OVERLAP:
                return
            for message in mappings(mapping(thread.get("messages")).get("data")):
                at = moment(message.get("created_time"))
                if at is not None and identifier(message.get("id")):
                    yield at, "messaging", self._as_message(message, at)

    def _pages(self, path: str, query: dict[str, str | int]) -> Iterator[dict[str, Any]]:
        for _ in range(_MOST_PAGES):
            found = self._ask(path, **query)
            yield from mappings(found.get("data"))
            paging = mapping(found.get("paging"))
            after = words(mapping(paging.get("cursors")).get("after"), most=500)
            if not after or "next" not in paging:
                return
            query = {**query, "after": after}

    def _ask(self, path: str, **query: str | int) -> dict[str, Any]:
        sleep(max(0.0, min(_BETWEEN_CALLS, self._may_call_at - monotonic())))
        self._may_call_at = monotonic() + _BETWEEN_CALLS
        return self._graph.get(path, **query)

    def _as_message(self, found: dict[str, Any], at: datetime) -> dict[str, Any]:
        sender = identifier(mapping(found.get("from")).get("id"))
        others = mappings(mapping(found.get("to")).get("data"))
        is_own = sender == self._page
        message = {"mid": identifier(found.get("id")), "text": words(found.get("message"))}
        return {
            "sender": {"id": sender},
            "recipient": {"id": identifier(others[0].get("id")) if is_own and others else self._page},
            "timestamp": int(at.timestamp() * 1000),
            "message": {**message, **({"is_echo": True} if is_own else {}), "attachments": list(_files(found))},
        }


def _files(found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    sticker = words(found.get("sticker"), most=4000)
    if sticker:
        yield {"type": "sticker", "payload": {"url": sticker}}
    for each in mappings(mapping(found.get("attachments")).get("data")):
        kind = words(each.get("mime_type"), most=100).partition("/")[0]
        sizes = {"image": "image_data", "video": "video_data"}
        url = words(mapping(each.get(sizes.get(kind, ""))).get("url") or each.get("file_url"), most=4000)
        type_ = kind if kind in {"image", "video", "audio"} else "file"
        yield {"type": type_, "title": words(each.get("name"), most=200), "payload": {"url": url}}
