"""What an answer that everybody reads may not carry: who somebody is, what they ordered, what they wrote in private.

It finds places and says of what kind each is; to refuse is somebody else's decision. Texts of any length are read in
one pass, and every pattern is bounded, so hostile ones cost no more than their length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from routing import figures, giveaways, particulars, places, wording
from routing.folding import Folded, fold, fold_with_places


class Kind(StrEnum):
    """Why a place may not be public; the order is that in which they are preferred where places overlap."""

    MAIL_ADDRESS = "mail_address"
    ACCOUNT = "account"
    """An IBAN or the number of a card."""
    PHONE = "phone"
    NUMBER = "number"
    """Of an order, an invoice, a return or a parcel."""
    POSTAL = "postal"
    """A street with its house number, a postcode with its town."""
    NAME = "name"
    """What somebody is called in private, and not where everybody reads it."""
    AMOUNT = "amount"
    PRIVATE_WORDS = "private_words"
    """What was said in private, in the same words."""
    CHANNEL = "channel"
    """That the same person has reached us another way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of the matter, and what anybody may know."""

    own: frozenset[str] = frozenset()
    """The shop's published mail addresses, phone numbers and hosts, in any spelling."""
    public: Sequence[str] = ()
    """What stands in public already: the customer's posts, our answers to them."""
    standard: Sequence[str] = ()
    """Prepared texts of ours, which say nothing about anybody."""
    names: frozenset[str] = frozenset()
    """What the customer is called wherever we know them."""
    public_names: frozenset[str] = frozenset()
    """What they call themselves in public, and what those who write for us are called."""
    numbers: frozenset[str] = frozenset()
    """The matter's numbers: capitals and digits only."""
    amounts: frozenset[int] = frozenset()
    """Amounts of their orders, in cents."""
    has_public_past: bool = False
    """They wrote in public as early as in private: a word about "your message of yesterday" may mean that."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Spot:
    """A place in the text, by its letters: from `start` up to, not with, `end`."""

    start: int
    end: int
    kind: Kind


def disclosed(text: str, *, private: Sequence[str], facts: Facts) -> list[Spot]:
    """Return what a public answer may not carry, in order and without overlaps; empty where all is well.

    `private`: what was said in the private part of the matter, by whomever. How something is spelled, with hard blanks
    or in capitals, makes no difference.
    """
    folded = fold_with_places(text)
    spots = _spots(folded.text, [fold(each) for each in private], facts)
    return _apart(_back(spot, folded) for spot in spots)


def _back(spot: Spot, folded: Folded) -> Spot:
    start, end = folded.back(spot.start, spot.end)
    return Spot(start=start, end=end, kind=spot.kind)


def _spots(text: str, private: Sequence[str], facts: Facts) -> Iterator[Spot]:
    own, open_ = particulars.Own(facts.own), [fold(each) for each in (*facts.public, *facts.standard)]
    # An address goes over two lines; a sentence ends with its line.
    line, lines = text.replace("\n", " "), [each.replace("\n", " ") for each in private]
    yield from _as(Kind.MAIL_ADDRESS, particulars.mail_addresses(line, own))
    yield from _as(Kind.ACCOUNT, particulars.accounts(line))
    yield from _as(Kind.PHONE, particulars.phones(line, own))
    yield from _as(Kind.NUMBER, particulars.numbers(line, facts.numbers, own))
    for kind, place in figures.said(line, lines, open_, own):
        yield from _as(Kind(kind), [place])
    yield from _as(Kind.POSTAL, places.postal(line, lines, open_))
    yield from _as(Kind.NAME, particulars.names(line, facts.names, facts.public_names))
    yield from _as(Kind.AMOUNT, figures.amounts(line, private, facts.amounts, open_))
    yield from _as(Kind.PRIVATE_WORDS, wording.shared(text, private, allowed=open_))
    told = " ".join(open_)
    yield from _as(Kind.CHANNEL, giveaways.ties(line, told=told))
    if private and not facts.has_public_past:
        yield from _as(Kind.CHANNEL, giveaways.earlier(line, told=told))


def _as(kind: Kind, found: Iterable[tuple[int, int]]) -> Iterator[Spot]:
    return (Spot(start=start, end=end, kind=kind) for start, end in found if start < end)


def _apart(spots: Iterable[Spot]) -> list[Spot]:
    """Give each letter to the kind with the highest rank that claims it, and return what then lies together."""
    ends = [(place, spot.kind, step) for spot in spots for place, step in ((spot.start, 1), (spot.end, -1))]
    claims = dict.fromkeys(Kind, 0)
    chosen: list[Spot] = []
    since, holder = 0, None
    for place, kind, step in sorted(ends, key=lambda end: end[0]):
        if holder is not None and place > since:
            _lay(chosen, Spot(start=since, end=place, kind=holder))
        claims[kind] += step
        since, holder = place, next((each for each in Kind if claims[each]), None)
    return chosen


def _lay(chosen: list[Spot], spot: Spot) -> None:
    """Put a place behind the others; one of the same kind that goes on without a gap becomes longer."""
    last = chosen[-1] if chosen else None
    if last is not None and last.end == spot.start and last.kind is spot.kind:
        chosen[-1] = Spot(start=last.start, end=spot.end, kind=spot.kind)
    else:
        chosen.append(spot)
