"""What stands on a timeline, as words: the values that the templates show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file that can be saved; without an address its words say why it cannot, or not yet."""

    name: str
    icon: str
    url: str = ""
    words: str = ""
    is_outside: bool = False
    """The address is not ours: it opens beside the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How far an answer got, and what a person can do about it."""

    state: str
    icon: str
    words: str
    retry_url: str = ""
    settle_url: str = ""
    recall_url: str = ""
    leaves_within: float = 0.0
    """Seconds until nobody can call it back any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A word beside a message that tells it apart; the look adds a shape to it."""

    words: str
    icon: str = ""
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Above:
    """The post that a public message answers, folded to one line."""

    who: str
    text: str
    when: str = ""
    replies: str = ""
    """How many answers stand below it; empty where nobody told us."""
    url: str = ""
    open_words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """A reaction, and how many people put it there."""

    emoji: str
    count: int


@dataclass(slots=True, kw_only=True)
class Entry:
    """One entry; `kind` says which template shows it, `day` is the line above it, if a new day begins."""

    kind: str
    id: int
    at: str
    at_full: str
    time: str
    label: str
    icon: str
    who: str = ""
    where: str = ""
    text: str = ""
    bold: str = ""
    look: str = ""
    day: str = ""
    shape: str = ""
    channel: str = ""
    subject: str = ""
    quote_url: str = ""
    html_url: str = ""
    files: list[File] = field(default_factory=list)
    delivery: Delivery | None = None
    part_url: str = ""
    part_words: str = ""
    part_told: str = ""
    part_values: Mapping[str, int] = field(default_factory=dict)
    undo_url: str = ""
    undo_values: Mapping[str, int] = field(default_factory=dict)
    is_folded: bool = False
    """A receipt of ours: everybody knows what it says."""
    marks: list[Mark] = field(default_factory=list)
    above: Above | None = None
    stars: str = ""
    """A rating in words; `bold` has the stars themselves."""
    signs: list[Sign] = field(default_factory=list)
    edited: str = ""
    revisions_url: str = ""
    removed: str = ""
    removed_url: str = ""
    hide_url: str = ""
    split_url: str = ""
    show_url: str = ""
