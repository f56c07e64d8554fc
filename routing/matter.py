"""Whether a new message is about a matter that is open already: points for reasons that people can read.

Joining by itself needs a person who is proven to be the same; everything less is a suggestion, and nothing is ever
joined across people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from routing.likeness import likeness
from routing.mentions import Mention, Way

WINDOW = timedelta(days=21)
"""Older matters are compared with no more."""
RESOLVED_WITHIN = timedelta(days=7)
JOINED_FROM = 80
SUGGESTED_FROM = 45


class Why(StrEnum):
    """One reason for or against."""

    SAME_REFERENCE = "same_reference"
    OTHER_REFERENCE = "other_reference"
    SAME_PRODUCT = "same_product"
    """The same article, or the same file attached."""
    SIMILAR_TEXT = "similar_text"
    SAYS_SO = "says_so"
    """The writer refers to an earlier contact."""
    FITS_IN_TIME = "fits_in_time"
    """One unanswered matter of somebody who may be the same lies where the writer says it does."""
    ONE_OF_SEVERAL = "one_of_several"
    SAME_THREAD = "same_thread"


_POINTS = {
    Why.SAME_REFERENCE: 60,
    Why.OTHER_REFERENCE: -60,
    Why.SAME_PRODUCT: 20,
    Why.SAYS_SO: 25,
    Why.FITS_IN_TIME: 40,
    Why.ONE_OF_SEVERAL: 25,
    Why.SAME_THREAD: 100,
}
MOST_FOR_TEXT = 25


class Bond(StrEnum):
    """What is done about a message and a matter."""

    JOIN = "join"
    SUGGEST = "suggest"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """What is known of a message that has just come."""

    at: datetime
    references: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    """Articles, and hashes of attached files."""
    profile: Mapping[str, float] = field(default_factory=dict)
    mention: Mention | None = None
    thread: str = ""
    """What it continues on its own channel, if anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An open matter it may belong to, or one that was resolved a few days ago."""

    number: int
    is_same_person: bool
    """Proven; False: possibly the same by name, handle or an order's facts."""
    began_at: datetime
    latest_at: datetime
    resolved_at: datetime | None = None
    heard: tuple[tuple[Way, datetime], ...] = ()
    """On which ways the customer wrote when, as far as it is unanswered."""
    references: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()
    profiles: tuple[Mapping[str, float], ...] = ()
    """Of what the customer wrote in it; the most similar one counts."""
    threads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How much speaks for one matter, why, and what is done about it."""

    number: int
    points: int
    reasons: tuple[tuple[Why, int], ...]
    bond: Bond


def rank(new: New, matters: Iterable[Matter]) -> list[Score]:
    """Weigh a message against matters, the likeliest first; those outside the window are left out.

    Joins at most one: where two matters would be joined, both are only suggested.
    """
    near = [matter for matter in matters if _is_near(new, matter)]
    meant = [matter for matter in near if _is_meant(new, matter)]
    scores = sorted((_score(new, matter, meant) for matter in near), key=lambda score: (-score.points, score.number))
    if sum(score.bond is Bond.JOIN for score in scores) > 1:
        scores = [_only_suggested(score) for score in scores]
    return scores


def _is_near(new: New, matter: Matter) -> bool:
    if matter.resolved_at is not None and new.at - matter.resolved_at > RESOLVED_WITHIN:
        return False
    return new.at - matter.latest_at <= WINDOW


def _is_meant(new: New, matter: Matter) -> bool:
    """Say whether an unanswered message of the matter lies where the writer says to have written."""
    mention = new.mention
    if mention is None or mention.since is None:
        return False
    return any(mention.way in {Way.ANY, way} and mention.fits(at) for way, at in matter.heard)


def _score(new: New, matter: Matter, meant: Sequence[Matter]) -> Score:
    reasons = list(_reasons(new, matter, meant))
    points = sum(count for _, count in reasons)
    return Score(number=matter.number, points=points, reasons=tuple(reasons), bond=_bond(points, matter))


def _reasons(new: New, matter: Matter, meant: Sequence[Matter]) -> Iterable[tuple[Why, int]]:
    if new.thread and new.thread in matter.threads:
        yield Why.SAME_THREAD, _POINTS[Why.SAME_THREAD]
    if new.references and matter.references:
        why = Why.SAME_REFERENCE if new.references & matter.references else Why.OTHER_REFERENCE
        yield why, _POINTS[why]
    if new.products & matter.products:
        yield Why.SAME_PRODUCT, _POINTS[Why.SAME_PRODUCT]
    alike = max((likeness(new.profile, profile) for profile in matter.profiles), default=0.0)
    if text := round(alike * MOST_FOR_TEXT):
        yield Why.SIMILAR_TEXT, text
    if new.mention:
        yield Why.SAYS_SO, _POINTS[Why.SAYS_SO]
        if matter in meant:
            why = Why.FITS_IN_TIME if len(meant) == 1 else Why.ONE_OF_SEVERAL
            yield why, _POINTS[why]


def _bond(points: int, matter: Matter) -> Bond:
    if points >= JOINED_FROM and matter.is_same_person:
        return Bond.JOIN
    return Bond.SUGGEST if points >= SUGGESTED_FROM else Bond.NOTHING


def _only_suggested(score: Score) -> Score:
    bond = Bond.SUGGEST if score.bond is Bond.JOIN else score.bond
    return Score(number=score.number, points=score.points, reasons=score.reasons, bond=bond)
