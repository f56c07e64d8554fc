"""Asking X what is new: mentions, search terms, and now and then whether a direct message went past the hook."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from time import monotonic, sleep
from typing import Any

from channels.contract import ChannelFault, Raw
from channels.payload import Tree, identifier, tree, words
from channels.x.settings import XSettings
from channels.xapi.client import FIELDS, Refusal, XClient, faults
from channels.xapi.paging import Found, Question, answered, newest, pages
from channels.xapi.scene import order

_DAY = 86_400.0
_SEARCHED_DAYS = 6.9
LOOK_EVERY = 900.0
"""Seconds between two looks whether a direct message went past the hook: X does not tell it again, and takes a hook for
a good one for hours while nobody answers there. Reading costs money, so a look reads one message unless it is new."""
_POSTS: Mapping[str, Any] = {**FIELDS, "max_results": 100, "user_auth": True}
_MESSAGES: Mapping[str, Any] = {
    "dm_event_fields": "id,text,event_type,sender_id,dm_conversation_id,created_at,attachments",
    "expansions": "sender_id,attachments.media_keys",
    "max_results": 20,
    "user_auth": True,
}
_EPOCH = 1_288_834_974.657


class XPoller:
    """A proven log-in.

    Its cursor is `{"mentions_since", "search_since": {term: id}, "dm_since", "rests": {key: rest}}`. `dm_since` moves
    by what X answers when it is asked for direct messages, and by nothing else. `rests` are questions whose answer was
    too long for one round.
    """

    def __init__(self, client: XClient, settings: XSettings) -> None:
        self._client, self._asked_at, self._looks_at = client, monotonic(), monotonic()
        self._seconds = settings.poll_seconds
        with faults():
            me = tree(client.get_me().get("data"))
        if identifier(me.get("id")) != settings.own_id:
            words_ = f"Die Schlüssel gehören zu @{words(me.get('username'))}, nicht zur Kennung {settings.own_id}."
            raise ChannelFault(words_, is_permanent=True, code="account")
        own = settings.own_id
        asks = partial(client.get_users_mentions, own)
        self._messages = Question("dm_since", "/2/dm_events", client.get_direct_message_events, _MESSAGES, "", False)
        self._mentions = Question("mentions_since", f"/2/users/{own}/mentions", asks, _POSTS)
        self._hits = [self._searched(term, query) for term, query in settings.queries]

    def _searched(self, term: str, query: str) -> Question:
        asks, asked = partial(self._client.search_recent_tweets, query), {**_POSTS, "user_auth": False}
        return Question("search_since", "/2/tweets/search/recent", asks, asked, term)

    def fetch(self, cursor: Mapping[str, object], *, limit: int = 50) -> Iterator[Raw]:
        """Yield pages of what is newer than the cursor, the oldest first; a reached limit ends a question early."""
        del limit
        self._asked_at = monotonic()
        place: dict[str, Any] = {"mentions_since": "", "dm_since": "", **cursor}
        is_first, is_told = not order(str(place["dm_since"])), False
        if is_first:
            place["dm_since"] = str(self._now())
        with faults():
            for raw in self._news(place):
                is_told = True
                yield raw
        if is_first and not is_told:
            # After an outage it must be known from where on messages may have been missed.
            yield _raw(self._messages, {}, place)

    def _news(self, place: dict[str, Any]) -> Iterator[Raw]:
        yield from self._answers(self._mentions, place, since=self._since(place["mentions_since"]))
        if self._must_look(place):
            yield from self._answers(self._messages, place, since=order(str(place["dm_since"])))
        for question in self._hits:
            known = tree(place.get("search_since")).get(question.term)
            yield from self._answers(question, place, since=self._since(known, days=_SEARCHED_DAYS))

    def _must_look(self, place: Mapping[str, Any]) -> bool:
        """Say whether there are direct messages that were not asked for; until they were, every round asks."""
        if self._messages.key in tree(place.get("rests")):
            return True
        if monotonic() < self._looks_at:
            return False
        try:
            page = answered(self._messages, max_results=1, user_auth=True)
        except Refusal as refusal:
            if refusal.status != 403:
                raise
            page = {}  # an application that may not read messages hears the rest all the same
        is_new = page is not None and newest(page) > order(str(place["dm_since"]))
        if page is not None and not is_new:
            self._looks_at = monotonic() + LOOK_EVERY
        return is_new

    def _answers(self, question: Question, place: dict[str, Any], *, since: int) -> Iterator[Raw]:
        """Yield what one question brings; what an earlier round has left comes before anything newer."""
        rest = tree(tree(place.get("rests")).get(question.key))
        if rest:
            yield from self._left(question, place, rest)
            if question.key in tree(place.get("rests")):
                return
        found = pages(question, since=since, rest={})
        _leave(question, place, found.rest)
        for page in found.pages:
            id_ = str(newest(page))
            place[question.name] = {**tree(place.get(question.name)), question.term: id_} if question.term else id_
            yield _raw(question, page, place)

    def _left(self, question: Question, place: dict[str, Any], rest: Tree) -> Iterator[Raw]:
        """Go on where an earlier round has stopped."""
        found = self._further(question, rest)
        for page in found.pages[:-1]:
            yield _raw(question, page, place)
        _leave(question, place, found.rest)
        for page in found.pages[-1:]:
            yield _raw(question, page, place)

    def _further(self, question: Question, rest: Tree) -> Found:
        """Ask for what an earlier round has left; X forgets hits after a week, and where a page began after a while."""
        since = order(words(rest.get("since")))
        if question.term:
            since = self._since(since, days=_SEARCHED_DAYS)
        if question.takes_ids and since >= order(words(rest.get("until"))):
            return Found([], {})
        try:
            return pages(question, since=since, rest=rest)
        except Refusal as refusal:
            if question.takes_ids or refusal.status != 400:
                raise
            return pages(question, since=since, rest={})

    def _since(self, known: object, days: float = 10_000.0) -> int:
        """Return the id to ask from: a day ago at the very first, never longer ago than X remembers."""
        return max(order(str(known)) or self._now(ago=_DAY), self._now(ago=days * _DAY))

    def _now(self, *, ago: float = 0.0) -> int:
        return max(0, int((self._client.epoch - ago - _EPOCH) * 1000)) << 22

    def wait(self, *, within: float, stop: Callable[[], bool]) -> bool:
        """Sleep until it is time to ask again; limits are kept by not asking at all."""
        until = self._asked_at + self._seconds
        end = min(until, monotonic() + within)
        while monotonic() < end and not stop():
            sleep(max(0.0, min(0.5, end - monotonic())))
        return not stop() and monotonic() >= until

    def close(self) -> None:
        self._client.close()


def _leave(question: Question, place: dict[str, Any], rest: Tree) -> None:
    """Note in the cursor where a question has stopped, or that it has not."""
    rests = {key: each for key, each in tree(place.get("rests")).items() if key != question.key}
    place["rests"] = {**rests, question.key: rest} if rest else rests


def _raw(question: Question, page: Tree, place: dict[str, Any]) -> Raw:
    content = {"request": {"method": "GET", "uri": question.path, "term": question.term}, "json": page}
    source = f"X {question.path} {question.term}".strip()
    return Raw(content=json.dumps(content).encode(), source=source, cursor=dict(place))
