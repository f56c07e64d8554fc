"""Whether a new message is about a matter that is open already: points for reasons that people can read.

Joining by itself needs a person who is proven to be the same, and reasons that lie in the matter itself; everything
less is a suggestion, and nothing is ever joined across people. Who somebody may be adds to a suggestion, never alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from routing.articles import Things, shared
from routing.likeness import most_alike
from routing.mentions import Mention, Way
from routing.numbers import is_slip, speaks_against
from routing.numbers import shared as shared_numbers

WINDOW = timedelta(days=21)
"""Older matters are compared with no more."""
RESOLVED_WITHIN = timedelta(days=7)
SLACK = timedelta(days=1)
"""So far off are people who say when they wrote."""
FEW = 3
JOINED_FROM = 80
SUGGESTED_FROM = 45


class Why(StrEnum):
    """One reason for or against."""

    SAME_REFERENCE = "same_reference"
    OTHER_REFERENCE = "other_reference"
    MISTAKEN_REFERENCE = "mistaken_reference"
    NEAR_REFERENCE = "near_reference"
    """The same number but for one slip of the hand."""
    SAME_NUMBER = "same_number"
    """Both name a number, and neither says of what it is."""
    SAME_PRODUCT = "same_product"
    """The same file attached."""
    SAME_ARTICLE = "same_article"
    """The same thing is named."""
    SIMILAR_TEXT = "similar_text"
    SAYS_SO = "says_so"
    """One of both writers refers to an earlier contact."""
    FITS_IN_TIME = "fits_in_time"
    """One unanswered matter of somebody who may be the same lies where the writer says it does."""
    ONE_OF_SEVERAL = "one_of_several"
    NEARLY = "nearly"
    """The only one that may be meant: the writer names no time, or one that is off by a day."""
    SAME_THREAD = "same_thread"
    THEIRS = "theirs"
    """One of both names what belongs to the other alone, and not more than a few matters of theirs wait.

    Said of those who may be the same; two matters of one person are not one for that.
    """
    ONE_OF_THEIRS = "one_of_theirs"
    ALSO_THEIRS = "also_theirs"
    """The same person for certain."""
    NAMESAKE = "namesake"
    """The same first and last name; counts beside another reason only."""


_POINTS = {
    Why.SAME_REFERENCE: 60,
    Why.OTHER_REFERENCE: -60,
    Why.MISTAKEN_REFERENCE: -30,
    Why.NEAR_REFERENCE: 10,
    Why.SAME_NUMBER: 10,
    Why.SAME_PRODUCT: 30,
    Why.SAME_ARTICLE: 30,
    Why.SAYS_SO: 25,
    Why.FITS_IN_TIME: 40,
    Why.ONE_OF_SEVERAL: 25,
    Why.NEARLY: 20,
    Why.SAME_THREAD: 100,
    Why.THEIRS: 45,
    Why.ONE_OF_THEIRS: 25,
    Why.ALSO_THEIRS: 30,
    Why.NAMESAKE: 12,
}
MEANT_FROM = _POINTS[Why.SAYS_SO] + _POINTS[Why.FITS_IN_TIME]
"""From here on it joins what a proven person says to have written, where only one of theirs lies at that time."""
ALIKE = 3
"""Letters in which the parts of two spellings of one name agree."""
MOST_FOR_TEXT = 25
ABOUT_THE_PERSON = frozenset({Why.THEIRS, Why.ONE_OF_THEIRS, Why.ALSO_THEIRS, Why.NAMESAKE})
"""Reasons that join nothing: somebody may have two matters."""


_FIRM = frozenset({Why.SAME_THREAD, Why.SAME_REFERENCE, Why.NEAR_REFERENCE, Why.SAME_PRODUCT})
"""Reasons that ask for no name."""


class Bond(StrEnum):
    """What is done about a message and a matter."""

    JOIN = "join"
    SUGGEST = "suggest"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What customers have said in one matter, and when; the same for a new message and for those it may belong to."""

    references: frozenset[str] = frozenset()
    bare: frozenset[str] = frozenset()
    """Numbers that nothing says what they are of: they count for, never against."""
    files: frozenset[str] = frozenset()
    """Hashes of what was attached."""
    things: Things = field(default_factory=Things)
    texts: tuple[str, ...] = ()
    """Of each the beginning; the most similar pair counts."""
    mention: Mention | None = None
    heard: tuple[tuple[Way, datetime], ...] = ()
    """On which ways the customer wrote when, as far as it is unanswered."""
    answered: tuple[tuple[Way, datetime], ...] = ()
    """The same for what is answered."""
    writers: frozenset[str] = frozenset()
    """Names beneath the texts, or else those that they came under: first and last name as `name_key` spells them."""
    threads: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """A message that has just come, with all that its sender said in the same ticket."""

    at: datetime
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """An open matter it may belong to, or one that was resolved a few days ago."""

    number: int
    is_same_person: bool
    """Proven; False: possibly the same by name, handle or an order's facts."""
    latest_at: datetime
    told: Told
    resolved_at: datetime | None = None
    is_pointed_at: bool = False
    """One of both names an address, a number or a handle that is the other's, or an order of theirs."""
    has_same_name: bool = False
    has_like_name: bool = False
    """The same last name and the initial of the first one: it counts with the same thing and the right time only."""

    @property
    def is_tied(self) -> bool:
        """Something besides what is said ties it to the same person."""
        return self.is_same_person or self.is_pointed_at or self.has_same_name


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
    among = _Among(new, near)
    scores = sorted((_score(among, matter) for matter in near), key=lambda score: (-score.points, score.number))
    if sum(score.bond is Bond.JOIN for score in scores) > 1:
        scores = [_only_suggested(score) for score in scores]
    return scores


def _is_near(new: New, matter: Matter) -> bool:
    if matter.resolved_at is not None and new.at - matter.resolved_at > RESOLVED_WITHIN:
        return False
    return abs(new.at - matter.latest_at) <= WINDOW


class _Among:
    """What one matter's reasons depend on besides itself: the others that a word may mean as well."""

    def __init__(self, new: New, near: Sequence[Matter]) -> None:
        self.new = new
        self.tied = [matter for matter in near if matter.is_tied]
        self.waiting = sum(matter.is_pointed_at and bool(matter.told.heard) for matter in near)

    def weight(self, matter: Matter) -> Why | None:
        """Return how well one of both fits what the other says of an earlier contact."""
        told, others = self.new.told, [each.told for each in self.tied if each is not matter]
        return _weight(told, matter.told, others) or _weight(matter.told, told, others)


def _weight(teller: Told, told: Told, others: Sequence[Told]) -> Why | None:
    """Weigh what one matter tells of another among all that may be meant: it alone, one of several, the only one near.

    What lies in the teller's own matter is not looked for elsewhere: where the contact that is meant has been joined to
    it, or answered in it, the words say nothing of any other.
    """
    mention = teller.mention
    if mention is None:
        return None
    all_ = [told, *others]
    if mention.since is not None:
        if _has(mention, (*teller.heard, *teller.answered)):
            return None
        if meant := [each for each in all_ if _has(mention, each.heard)]:
            is_one = Why.FITS_IN_TIME if len(meant) == 1 else Why.ONE_OF_SEVERAL
            return is_one if any(each is told for each in meant) else None
    else:
        all_ = [teller, *all_]
    slack = SLACK if mention.since is not None else timedelta(0)
    meant = [each for each in all_ if _has(mention, each.heard, slack=slack)]
    if not any(each is told for each in meant):
        return None
    return Why.NEARLY if len(meant) == 1 else Why.SAYS_SO


def _has(mention: Mention, heard: Iterable[tuple[Way, datetime]], *, slack: timedelta = timedelta(0)) -> bool:
    """Say whether one of these messages lies where a writer says to have written."""
    return any(mention.way in {Way.ANY, way} and mention.fits(at, slack=slack) for way, at in heard)


def _are_two(some: frozenset[str], others: frozenset[str]) -> bool:
    """Say whether the names speak for two writers behind one address; a name of one word speaks for nobody."""
    return bool(some and others) and not any(_may_be_one(one, other) for one in some for other in others)


def _may_be_one(one: str, other: str) -> bool:
    """Say whether every part of the shorter name begins like one of the longer: Kati and Katrin, but not Jonas."""
    shorter, longer = sorted((one.split(), other.split()), key=len)
    return all(any(part[:ALIKE] == each[:ALIKE] for each in longer) for part in shorter)


def _score(among: _Among, matter: Matter) -> Score:
    reasons = list(_reasons(among, matter))
    about_matter = sum(count for why, count in reasons if why not in ABOUT_THE_PERSON)
    points = sum(count for _, count in reasons)
    is_meant = Why.FITS_IN_TIME in dict(reasons) and about_matter >= MEANT_FROM
    is_meant = is_meant and not _are_two(among.new.told.writers, matter.told.writers)
    is_one = about_matter >= JOINED_FROM and not _is_one_of_several(reasons)
    bond = _bond(points, matter, is_one=is_meant or is_one)
    return Score(number=matter.number, points=points, reasons=tuple(reasons), bond=bond)


def _is_one_of_several(reasons: Iterable[tuple[Why, int]]) -> bool:
    """Say whether the writer may mean another matter as well, and neither a number nor a file says which."""
    found = {why for why, _ in reasons}
    return Why.ONE_OF_SEVERAL in found and not {Why.SAME_REFERENCE, Why.SAME_PRODUCT, Why.SAME_THREAD} & found


def _reasons(among: _Among, matter: Matter) -> Iterator[tuple[Why, int]]:
    facts = [*_facts(among.new.told, matter.told)]
    earlier = [*(_earlier(among, matter) if matter.is_tied else _told_by_alike(among, matter, facts))]
    if matter.has_like_name and not matter.is_tied and not earlier and not _FIRM & {*facts}:
        return
    found = [*facts, *earlier]
    if Why.OTHER_REFERENCE in found and {Why.SAME_PRODUCT, Why.FITS_IN_TIME} & {*found}:
        # Somebody errs in the number: the same picture, or the very hour they name, weighs more.
        found[found.index(Why.OTHER_REFERENCE)] = Why.MISTAKEN_REFERENCE
    is_more_than_a_name = any(_POINTS[why] > 0 for why in found)
    if matter.is_pointed_at and not matter.is_same_person:
        found.append(Why.THEIRS if among.waiting <= FEW else Why.ONE_OF_THEIRS)
    if matter.is_same_person:
        found.append(Why.ALSO_THEIRS)
    elif matter.has_same_name and is_more_than_a_name:
        found.append(Why.NAMESAKE)
    yield from ((why, _POINTS[why]) for why in found)
    # Texts are compared only where they can decide: reading them is what costs most.
    if sum(_POINTS[why] for why in found) + MOST_FOR_TEXT >= SUGGESTED_FROM:
        alike = most_alike(among.new.told.texts, matter.told.texts)
        if text := round(alike * MOST_FOR_TEXT):
            yield Why.SIMILAR_TEXT, text


def _facts(new: Told, old: Told) -> Iterator[Why]:
    """Return what both name, or name differently."""
    if new.threads & old.threads:
        yield Why.SAME_THREAD
    is_same = bool(shared_numbers(new.references, new.bare, old.references, old.bare))
    if is_same:
        yield Why.SAME_REFERENCE
    elif new.bare & old.bare:
        yield Why.SAME_NUMBER
    if not is_same and is_slip(new.references, old.references):
        yield Why.NEAR_REFERENCE
    elif speaks_against(new.references, old.references):
        yield Why.OTHER_REFERENCE  # also beside a number they share: one parcel may hold two orders
    if new.files & old.files:
        yield Why.SAME_PRODUCT
    if shared(new.things, old.things):
        yield Why.SAME_ARTICLE


def _earlier(among: _Among, matter: Matter) -> Iterator[Why]:
    """Return what one of both says about an earlier contact; without any other tie it may be anybody's."""
    why = among.weight(matter)
    if why is not None:
        yield Why.SAYS_SO
    if why not in {None, Why.SAYS_SO}:
        yield why


def _told_by_alike(among: _Among, matter: Matter, facts: Sequence[Why]) -> Iterator[Why]:
    """Return the same of those who are called alike; their matters rank below those of the same name."""
    if not matter.has_like_name or Why.SAME_ARTICLE not in facts:
        return
    if among.weight(matter) in {Why.FITS_IN_TIME, Why.ONE_OF_SEVERAL, Why.NEARLY}:
        yield Why.SAYS_SO
        yield Why.NEARLY


def _bond(points: int, matter: Matter, *, is_one: bool) -> Bond:
    if is_one and matter.is_same_person:
        return Bond.JOIN
    return Bond.SUGGEST if points >= SUGGESTED_FROM else Bond.NOTHING


def _only_suggested(score: Score) -> Score:
    bond = Bond.SUGGEST if score.bond is Bond.JOIN else score.bond
    return Score(number=score.number, points=score.points, reasons=score.reasons, bond=bond)
