"""One question to X over several pages; what is left when a limit or a long answer ends it is asked later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from channels.payload import Tree, identifier, tree, trees
from channels.xapi.client import Refusal
from channels.xapi.scene import order

MOST_PAGES = 10


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked again and again: its place in the cursor, where X answers it, and how."""

    name: str
    path: str
    ask: Callable[..., Any]
    asked: Mapping[str, Any]
    term: str = ""
    takes_ids: bool = True
    """Posts are asked for between two ids; messages only page after page."""

    @property
    def token(self) -> str:
        """What the place of the next page is called; a search has a word of its own."""
        return "next_token" if self.term else "pagination_token"

    @property
    def key(self) -> str:
        """What its rest is called in the cursor."""
        return f"{self.name} {self.term}".strip()

    def between(self, since: int, rest: Tree) -> dict[str, Any]:
        """Return what to ask: everything newer, or where an earlier round has stopped."""
        if not self.takes_ids:
            return {**self.asked, self.token: rest.get("token")}
        return {**self.asked, "since_id": str(since), "until_id": rest.get("until")}


@dataclass(frozen=True, slots=True)
class Found:
    """Pages with what is newer than was known, the oldest first.

    `rest` says where the question stopped: known before (`since`), the oldest id reached (`until`), the page after it
    (`token`). It is empty once everything was asked.
    """

    pages: list[Tree]
    rest: Tree


def pages(question: Question, *, since: int, rest: Tree) -> Found:
    """Ask until nothing is newer than `since`, a limit is met, or there were many pages; X tells the newest first.

    What was read before a limit is kept, for reading costs money.
    """
    found: list[Tree] = []
    asked = question.between(since, rest)
    while len(found) < MOST_PAGES:
        page = answered(question, **asked)
        if page is None:
            break
        told = trees(page.get("data"))
        newer = [each for each in told if _id(each) > since]
        found += [{**page, "data": newer}] if newer else []
        token = identifier(tree(page.get("meta")).get("next_token"))
        if not token or not newer or len(newer) < len(told):
            return Found(found[::-1], {})
        rest = {"since": str(since), "until": str(min(map(_id, newer))), "token": token}
        asked[question.token] = token
    return Found(found[::-1], rest)


def answered(question: Question, **asked: Any) -> Tree | None:
    """Ask once; None where a limit stands against it for now."""
    try:
        page: Tree = question.ask(**asked)
    except Refusal as refusal:
        if refusal.status != 429:
            raise
        return None
    return page


def newest(page: Tree) -> int:
    """Return the largest id of a page, 0 if it is empty."""
    return max(map(_id, trees(page.get("data"))), default=0)


def _id(found: Tree) -> int:
    return order(identifier(found.get("id")))
