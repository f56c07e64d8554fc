"""A thousand people who come twice or three times on different ways about one matter, two hundred of them namesakes.

Everything follows from the seed; the words are in `people.yml`. Each later contact of a matter carries at least one
fact by which a careful person could find the earlier one; `KINDS` says which. Nothing here knows how the product
compares: kinds it finds hard are in it, and so are people who err.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from bench.people_words import Speaker

PEOPLE, NAMESAKES = 1000, 0.2
BEGAN = datetime(2026, 11, 9, 6, 0, tzinfo=UTC)
DAYS = 10
WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8"))
MAIL, CHAT, COMMENT, POST, DIRECT, PHONE = "mail", "chat", "comment", "post", "direct", "phone"
WAYS = {MAIL: 60, CHAT: 16, COMMENT: 6, POST: 6, DIRECT: 5, PHONE: 7}
"""How often a matter begins on which way: mail, a page in private and in public, X in public and private, phone."""
NAMED = frozenset({MAIL, CHAT, COMMENT, POST, DIRECT})
PRIVATE = frozenset({CHAT, DIRECT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """How a later contact can be told to belong to an earlier one: the facts in the earlier and in the later text."""

    tells: str
    share: int
    earlier: tuple[str, ...] = ()
    later: tuple[str, ...] = ()
    before: frozenset[str] = NAMED
    now: frozenset[str] = NAMED
    is_named: bool = True
    """Both show the same first and last name."""


ANY = frozenset(WAYS)
KINDS = {
    "number": Kind(tells="the order number in both", share=16, earlier=("number",), later=("number",),
                   before=ANY, now=ANY, is_named=False),
    "parcel": Kind(tells="the number of the parcel in both", share=5, earlier=("parcel",), later=("parcel",),
                   before=ANY, now=ANY, is_named=False),
    "typo": Kind(tells="same name, same article, a number with two digits swapped", share=3, earlier=("number",),
                 later=("typo",), before=frozenset({MAIL})),
    "proof": Kind(tells="number of the order and a second fact; the order was placed from the mail's address", share=10,
                  later=("number", "second"), before=frozenset({MAIL}), now=PRIVATE, is_named=False),
    "order": Kind(tells="number of an order that the shop knows was placed from the mail's address", share=6,
                  later=("number",), before=frozenset({MAIL}), is_named=False),
    "address": Kind(tells="the mail's address in the text", share=8, later=("address",), before=frozenset({MAIL}),
                    now=PRIVATE | {PHONE}, is_named=False),
    "handle": Kind(tells="the name on X beneath the mail", share=5, earlier=("handle",), before=frozenset({MAIL}),
                   now=frozenset({POST, DIRECT}), is_named=False),
    "phone": Kind(tells="the caller's number beneath the mail", share=5, earlier=("telephone",),
                  before=frozenset({MAIL}), now=frozenset({PHONE}), is_named=False),
    "said": Kind(tells="same name, says when and on which way they wrote before", share=16, later=("said",),
                 before=ANY - {PHONE}),
    "vague": Kind(tells="same name, same article, says to have written before", share=6, later=("vague",)),
    "place": Kind(tells="same name and postcode, same article", share=5, earlier=("place",), later=("place",)),
    "article": Kind(tells="same name, same trouble with the same article in other words", share=7),
    "file": Kind(tells="same name, the same picture attached", share=4, earlier=("file",), later=("file",)),
    "unnamed": Kind(tells="the name stands only beneath the mail; says when they wrote before", share=5,
                    earlier=("unnamed",), later=("said",), before=frozenset({MAIL})),
    "initial": Kind(tells="only the last name is the same; same article, says when they wrote before", share=2,
                    later=("said", "initial"), before=frozenset({MAIL})),
    "again": Kind(tells="the same address writes a new mail about the same article", share=6,
                  before=frozenset({MAIL}), now=frozenset({MAIL})),
}  # fmt: skip


@dataclass(slots=True, kw_only=True)
class Person:
    number: int
    first: str
    last: str
    mail: str
    username: str
    phone: str
    postcode: str
    street: str

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def city(self) -> str:
        return str(WORDS["cities"][self.postcode])


@dataclass(slots=True, kw_only=True)
class Matter:
    number: int
    person: Person
    topic: str
    article: dict[str, str]
    size: str
    order: str
    amount: str
    parcel: str
    contacts: list[Said] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class Said:
    """One contact; `link` and `follows` say by what it can be told to belong to an earlier one of the same matter."""

    matter: Matter
    way: str
    at: datetime
    facts: set[str] = field(default_factory=set)
    link: str = ""
    follows: Said | None = None
    is_named: bool = True
    wrong: str = ""
    """Somebody else's order number, claimed by mistake."""
    place: int = 0
    text: str = ""
    subject: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Crowd:
    people: list[Person]
    matters: list[Matter]
    said: list[Said]


class Maker:
    """Makes one crowd; the order of its draws is what the seed means."""

    def __init__(self, *, seed: int, people: int, voice: str) -> None:
        self.chance = random.Random(f"{seed}-{people}-{voice}")
        self.count = people
        self.people: list[Person] = []
        self.matters: list[Matter] = []
        self.speaker = Speaker(WORDS, voice, self.chance)

    def crowd(self) -> Crowd:
        """Make everybody, the namesakes last."""
        own = round(self.count * (1 - NAMESAKES))
        names = [(first, last) for first in WORDS["first"] for last in WORDS["last"]]
        self.chance.shuffle(names)
        for first, last in names[:own]:
            self._person(first, last)
        for other in self.chance.sample(self.people, self.count - own):
            self._person(other.first, other.last)
        for person in list(self.people):
            twin = self.people[self._twin_of(person)] if person.number >= own else None
            self._matter(person, like=self.matters[twin.number] if twin else None)
        for person in self.chance.sample(self.people, self.count // 10):
            self._another(person)
        self._mistakes()
        said = [each for matter in self.matters for each in matter.contacts]
        for place, each in enumerate(said):
            each.place = place
            self.speaker.speak(each)
        return Crowd(self.people, self.matters, said)

    def _twin_of(self, person: Person) -> int:
        return next(each.number for each in self.people if each.name == person.name)

    def _person(self, first: str, last: str) -> None:
        number, chance = len(self.people), self.chance
        bare = self.speaker.ascii(f"{first}.{last}".lower())
        number_of_mail = chance.choice(["", str(chance.randrange(60, 99)), str(number)])
        self.people.append(
            Person(
                number=number,
                first=first,
                last=last,
                mail=f"{bare}{number_of_mail}.{number}@{chance.choice(['post', 'web', 'mail'])}.example",
                username=f"{bare.replace('.', '_')}{number}"[:15],
                phone=f"+49151{20_000_000 + number * 7919 % 9_000_000:08d}",
                postcode=chance.choice(list(WORDS["cities"])),
                street=f"{chance.choice(WORDS['streets'])} {chance.randrange(1, 90)}",
            )
        )

    def _matter(self, person: Person, *, like: Matter | None = None) -> Matter:
        """Let somebody have a matter; a namesake's is sometimes about the same article, or of the same day."""
        chance, number = self.chance, len(self.matters)
        at = BEGAN + timedelta(days=chance.randrange(DAYS), minutes=chance.randrange(15 * 60))
        article = chance.choice(WORDS["articles"])
        if like is not None:
            article = like.article if chance.random() < 0.25 else article
            at = like.contacts[0].at + timedelta(minutes=chance.randrange(1, 240)) if chance.random() < 0.25 else at
        matter = Matter(
            number=number,
            person=person,
            topic=chance.choice(list(WORDS["voices"]["one"]["topics"])),
            article=article,
            size=str(chance.choice([36, 38, 40, 42, 44])),
            order=f"NL-{204_000 + number * 3 + chance.randrange(3)}",
            amount=f"{chance.randrange(12, 480)},{chance.choice(['00', '90', '95', '99'])}",
            parcel=f"0034043416{chance.randrange(10**9, 10**10)}",
        )
        self.matters.append(matter)
        self._contacts(matter, at)
        return matter

    def _contacts(self, matter: Matter, at: datetime) -> None:
        chance = self.chance
        way = chance.choices(list(WAYS), list(WAYS.values()))[0]
        matter.contacts.append(self._said(matter, way, at))
        for _ in range(2 if chance.random() < 0.4 else 1):
            at += timedelta(minutes=chance.randrange(120, 3 * 24 * 60))
            self._follow(matter, at)

    def _said(self, matter: Matter, way: str, at: datetime) -> Said:
        is_named = self.chance.random() < (0.5 if way in {POST, DIRECT} else 0.85)
        facts = {"number"} if self.chance.random() < 0.12 else set()
        return Said(matter=matter, way=way, at=at, is_named=is_named and way != PHONE, facts=facts)

    def _follow(self, matter: Matter, at: datetime) -> None:
        """Let one more contact come on a way of its own, linked to an earlier one by a kind that fits both."""
        chance, used = self.chance, {each.way for each in matter.contacts}
        fitting = [
            (name, kind, earlier, way)
            for name, kind in KINDS.items()
            for earlier in matter.contacts
            for way in WAYS
            if way in kind.now
            and earlier.way in kind.before
            and (way not in used or (name == "again" and len(used) == len(matter.contacts)))
            and not ("unnamed" in kind.earlier and (earlier.link or len(matter.contacts) > 1))
            and not (kind.is_named and {"unnamed", "initial"} & earlier.facts)
        ]
        ways: dict[str, int] = {name: sum(each[0] == name for each in fitting) for name in KINDS}
        shares = [kind.share / ways[name] for name, kind, _, _ in fitting]
        name, kind, earlier, way = chance.choices(fitting, shares)[0]
        later = self._said(matter, way, at)
        later.link, later.follows = name, earlier
        if kind.is_named:
            earlier.is_named = later.is_named = True
        about = {"article"} if "article" in kind.tells else set()
        earlier.facts |= set(kind.earlier) | about
        later.facts |= set(kind.later) | about
        if name == "order" or "typo" in later.facts:
            later.facts.discard("second")
        if "typo" in later.facts:
            later.facts.discard("number")
        matter.contacts.append(later)

    def _another(self, person: Person) -> None:
        """Let somebody come once more with a matter that has nothing to do with the first."""
        first = next(each for each in self.matters if each.person is person)
        at = first.contacts[0].at + timedelta(minutes=self.chance.randrange(60, 5 * 24 * 60))
        free = [way for way in (MAIL, CHAT, COMMENT, POST) if way == MAIL or way not in {s.way for s in first.contacts}]
        matter = self._matter(person)
        matter.contacts[:] = [self._said(matter, self.chance.choice(free), at)]
        while matter.article["full"] == first.article["full"] or matter.topic == first.topic:
            matter.article = self.chance.choice(WORDS["articles"])
            matter.topic = self.chance.choice(list(WORDS["voices"]["one"]["topics"]))

    def _mistakes(self) -> None:
        """Let some claim a number that is somebody else's, a few of them with a neighbour's postcode."""
        later = [
            each for matter in self.matters for each in matter.contacts if each.link in {"said", "file", "address"}
        ]
        for each in self.chance.sample(later, min(len(later), max(3, self.count // 25))):
            other = self.matters[(each.matter.number + self.chance.choice([-1, 1])) % len(self.matters)]
            if other.person is each.matter.person:
                continue
            each.wrong, each.facts = other.order, each.facts - {"number"}
            if self.chance.random() < 0.3:
                each.facts.add("place")
                each.matter.person.postcode = other.person.postcode


def crowd(*, seed: int, people: int = PEOPLE, voice: str = "one") -> Crowd:
    """Return the crowd of a seed; `voice` chooses the words: "one" or "other"."""
    return Maker(seed=seed, people=people, voice=voice).crowd()
