"""Asking X what is new: mentions, search terms, and direct messages once after an outage."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic, sleep
from typing import Any

from channels.contract import ChannelFault, Raw
from channels.http import NotReached
from channels.payload import identifier, tree, trees, words
from channels.x.settings import XSettings
from channels.xapi.client import FIELDS, Refusal, XClient
from channels.xapi.scene import order

_DAY = 86_400.0
_OUTAGE = 900.0
"""Seconds without a word from X after which hooks may have been missed; asking for direct messages costs money."""
_MOST_PAGES = 10
_DM_FIELDS = "id,text,event_type,sender_id,dm_conversation_id,created_at,attachments"
_DM_EXPANSIONS = "sender_id,attachments.media_keys"
_EPOCH = 1_288_834_974.657


@contextmanager
def faults() -> Iterator[None]:
    """Say in the channel's words what went wrong."""
    try:
        yield
    except Refusal as refusal:
        raise refusal.as_fault() from refusal
    except NotReached as fault:
        raise ChannelFault(fault.words) from fault


class XPoller:
    """A proven log-in; its cursor is `{"mentions_since", "search_since": {term: id}, "dm_since"}`."""

    def __init__(self, client: XClient, settings: XSettings) -> None:
        self._client, self._settings, self._has_looked, self._asked_at = client, settings, False, monotonic()
        with faults():
            me = tree(client.get_me().get("data"))
        if identifier(me.get("id")) != settings.own_id:
            words_ = f"Die Schlüssel gehören zu @{words(me.get('username'))}, nicht zur Kennung {settings.own_id}."
            raise ChannelFault(words_, is_permanent=True, code="account")

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterator[Raw]:
        """Yield pages of posts newer than the cursor, the oldest first; a reached limit ends a question early."""
        del limit
        self._asked_at = monotonic()
        place: dict[str, Any] = {"mentions_since": "", "dm_since": "", **cursor}
        searched = {**tree(cursor.get("search_since"))}
        with faults():
            if not self._has_looked:
                yield from self._missed(place)
            path, own = f"/2/users/{self._settings.own_id}/mentions", self._settings.own_id
            asked = {**FIELDS, "since_id": self._since(place["mentions_since"]), "max_results": 100}
            for page, newest in self._pages(lambda **more: self._client.get_users_mentions(own, **more), asked):
                place["mentions_since"] = newest
                yield self._raw(path, page, place)
            for term, query in self._settings.queries:
                asked = {**FIELDS, "since_id": self._since(searched.get(term), days=6.9), "max_results": 100}
                for page, newest in self._pages(self._searched(query), asked):
                    searched[term] = newest
                    place["search_since"] = dict(searched)
                    yield self._raw("/2/tweets/search/recent", page, place, term=term)

    def _searched(self, query: str) -> Callable[..., Any]:
        return lambda **more: self._client.search_recent_tweets(query, **{**more, "user_auth": False})

    def _missed(self, place: dict[str, Any]) -> Iterator[Raw]:
        """Ask once for direct messages if nothing was heard for a while."""
        self._has_looked = True
        since = order(str(place["dm_since"]))
        if not since or self._now() - since < int(_OUTAGE * 1000) << 22:
            return
        asked = {**FIELDS, "dm_event_fields": _DM_FIELDS, "expansions": _DM_EXPANSIONS, "max_results": 20}
        for page, newest in self._pages(self._client.get_direct_message_events, asked, since=since):
            place["dm_since"] = newest
            yield self._raw("/2/dm_events", page, place)

    def _pages(self, ask: Callable[..., Any], asked: dict[str, Any], since: int = 0) -> list[tuple[Any, str]]:
        """Return the pages, the oldest first, each with its newest id; X tells the newest first."""
        pages: list[tuple[Any, str]] = []
        try:
            while len(pages) < _MOST_PAGES:
                page = ask(**asked, user_auth=True)
                ids = [order(identifier(each.get("id"))) for each in trees(page.get("data"))]
                if not ids or max(ids) <= since:
                    break
                pages.append((page, str(max(ids))))
                asked = {**asked, "pagination_token": tree(page.get("meta")).get("next_token")}
                if not asked["pagination_token"] or min(ids) <= since:
                    break
        except Refusal as refusal:
            if refusal.status != 429:
                raise
            return []  # the next round asks again from the same place
        return pages[::-1]

    def _since(self, known: object, days: float = 10_000.0) -> str:
        """Return the id to ask from: a day ago at the very first, never longer ago than X remembers."""
        return str(max(order(str(known)) or self._now(ago=_DAY), self._now(ago=days * _DAY)))

    def _now(self, *, ago: float = 0.0) -> int:
        return max(0, int((self._client.epoch - ago - _EPOCH) * 1000)) << 22

    def _raw(self, path: str, page: Any, place: dict[str, Any], term: str = "") -> Raw:
        place["dm_since"] = max(str(place["dm_since"]), str(self._now()), key=order)
        content = {"request": {"method": "GET", "uri": path, "term": term}, "json": page}
        return Raw(content=json.dumps(content).encode(), source=f"X {path} {term}".strip(), cursor=dict(place))

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        """Sleep until it is time to ask again; limits are kept by not asking at all."""
        until = self._asked_at + self._settings.poll_seconds
        end = min(until, monotonic() + within)
        while monotonic() < end and not stop():
            sleep(max(0.0, min(0.5, end - monotonic())))
        return not stop() and monotonic() >= until

    def close(self) -> None:
        self._client.close()
