"""The crowd of `bench/people.py` through the real verbs: filed in random order, compared meanwhile, and judged."""

from __future__ import annotations

import random
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.access import Person as Agent
from app.db import db
from app.desk import channels, intake, orders, outbox, phone_notes
from app.finders import debts
from app.models import (
    NOTHING_DUE,
    CallOutcome,
    Channel,
    Conversation,
    Identity,
    Message,
    Obligation,
    ObligationState,
    Ticket,
)
from app.runs import comparing
from bench.people import CHAT, COMMENT, DIRECT, MAIL, PHONE, POST, Crowd, Matter, Said
from channels.contract import Contact, ContactType, Handle

LEAST_FOUND, MOST_WRONG, LEAST_FIRST = 0.95, 0.3, 0.9
TOLD = 0.7
"""Share of the orders that the shop has told us of, besides those that a kind needs."""
PAGE, ACCOUNT = "4711", "900"


@dataclass(slots=True)
class Replay:
    """One shop that the crowd comes to; `arrived` maps a contact's place to its message."""

    crowd: Crowd
    by: Agent
    team: int
    seed: int
    server: Callable[[], float] = lambda: 0.0
    """Tells the CPU seconds of a database server so far."""
    arrived: dict[int, int] = field(default_factory=dict)
    seconds: float = 0.0
    server_seconds: float = 0.0
    compared: int = 0
    at: datetime = field(init=False)
    channels: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.at = max(each.at for each in self.crowd.said) + timedelta(hours=1)
        self.channels = _channels(self.team)

    def run(self, *, between: Callable[[Replay], None] | None = None) -> None:
        """Let everybody arrive in random order; after a few of them the tick compares, and `between` is called."""
        chance = random.Random(self.seed)
        self._tell_orders(chance)
        waiting = list(self.crowd.said)
        chance.shuffle(waiting)
        while waiting:
            for _ in range(chance.randrange(1, 12)):
                if waiting:
                    self.arrive(waiting.pop())
            self.compare()
            if between:
                between(self)
        self.compare()

    def arrive(self, said: Said) -> None:
        """File one contact the way its door does."""
        self.at += timedelta(seconds=2)
        if said.way == PHONE:
            call = phone_notes.Said(
                number=said.matter.person.phone, is_outgoing=False, outcome=CallOutcome.VOICEMAIL, text=said.text
            )
            self.arrived[said.place] = phone_notes.note(call, ticket_id=None, by=self.by, at=self.at).message_id
            return
        filed = intake.receive(
            contact(said),
            channel_id=self.channels[said.way],
            envelope_id=None,
            digest=f"{said.place:064d}",
            enclosures=_files(said),
            at=self.at,
        )
        self.arrived[said.place] = filed.message_id

    def compare(self) -> None:
        """Look at everything new as the tick does, until nothing is left."""
        began, began_there = time.process_time(), self.server()
        while found := comparing.compare_new(at=self.at):
            self.compared += found
        self.seconds += time.process_time() - began
        self.server_seconds += self.server() - began_there

    def is_one_matter(self, one: int, other: int) -> bool:
        """Say whether two tickets hold contacts of one matter."""
        where = _tickets_of(self)
        matters = [
            {said.matter.number for said in self.crowd.said if where.get(said.place) == ticket}
            for ticket in (one, other)
        ]
        return bool(matters[0] & matters[1])

    def _tell_orders(self, chance: random.Random) -> None:
        for matter in self.crowd.matters:
            is_needed = any(each.link in {"proof", "order"} for each in matter.contacts)
            if is_needed or chance.random() < TOLD:
                _tell(matter)


def contact(said: Said) -> Contact:
    """Return what the connector of its channel would have heard."""
    id_ = f"p{said.place}"
    values: dict[str, Any] = {"external_id": id_, "sender": _sender(said), "sent_at": said.at, "text": said.text}
    if said.way == MAIL:
        return Contact(**{**values, "external_id": f"{id_}@kundin.example"}, subject=said.subject)
    if said.way in {COMMENT, POST}:
        type_ = ContactType.COMMENT if said.way == COMMENT else ContactType.POST
        return Contact(**values, type=type_, conversation_key=id_, is_public=True, details=_details(said))
    return Contact(**values, conversation_key=_sender(said).value, details=_details(said))


def _sender(said: Said) -> Handle:
    person = said.matter.person
    if said.way == MAIL:
        return Handle(kind="email", value=person.mail, name=said.name)
    if said.way in {POST, DIRECT}:
        return Handle(kind="x", value=f"3000{person.number}", name=said.name)
    kind, number = ("messenger", "7") if said.way == CHAT else ("facebook", "8")
    return Handle(kind=kind, value=f"{number}000{person.number}", name=said.name, scope=PAGE)


def _details(said: Said) -> dict[str, object]:
    return {"username": said.matter.person.username} if said.way in {POST, DIRECT} else {}


def _files(said: Said) -> tuple[outbox.Enclosure, ...]:
    if "file" not in said.facts:
        return ()
    digest = f"{said.matter.number:064x}"
    return (outbox.Enclosure(name="Foto.jpg", type="image/jpeg", size=90_000, digest=digest),)


def _tell(matter: Matter) -> None:
    person = matter.person
    cents = int(matter.amount.replace(",", ""))
    orders.put(matter.order, email=person.mail, name=person.name, postcode=person.postcode, amount_cents=cents)


def _channels(team: int) -> dict[str, int]:
    """Return the channels of each way, set up where the shop has none: a mailbox, a page, an account on X."""
    page = {"app_id": "1", "api_base": "http://127.0.0.1:9"}
    page_id = channels.add("messenger", name="Seite der Leute", address=PAGE, settings=page, secrets={}, team_id=team)
    account = {"username": "nordlicht", "api_base": "http://127.0.0.1:9"}
    x_id = channels.add("x", name="Konto der Leute", address=ACCOUNT, settings=account, secrets={}, team_id=team)
    mail_id = db.session.scalars(select(Channel.id).where(Channel.kind == "email").order_by(Channel.id)).first()
    assert mail_id
    return {MAIL: mail_id, CHAT: page_id, COMMENT: page_id, POST: x_id, DIRECT: x_id}


@dataclass(slots=True)
class Judged:
    """What came of it; the counts by kind are (true pairs, joined, suggested, first of its list)."""

    pairs: Counter[str] = field(default_factory=Counter)
    joined: Counter[str] = field(default_factory=Counter)
    suggested: Counter[str] = field(default_factory=Counter)
    first: Counter[str] = field(default_factory=Counter)
    wrong_joins: list[int] = field(default_factory=list)
    """Tickets with two matters in them."""
    wrong_people: list[int] = field(default_factory=list)
    """Customers with addresses of two people."""
    wrong_suggestions: int = 0
    """Lines of banners that lead to somebody else."""
    other_matters: int = 0
    """Lines that lead to another matter of the same person."""
    tickets: int = 0
    lost: list[Said] = field(default_factory=list)
    joined_by_namesakes: int = 0

    @property
    def found_share(self) -> float:
        return (self.joined.total() + self.suggested.total()) / max(self.pairs.total(), 1)

    @property
    def first_share(self) -> float:
        return self.first.total() / max(self.joined.total() + self.suggested.total(), 1)

    @property
    def wrong_share(self) -> float:
        return self.wrong_suggestions / max(self.tickets, 1)

    def told(self) -> dict[str, Any]:
        """Return the figures."""
        kinds = {
            kind: [count, self.joined[kind], self.suggested[kind], self.first[kind]]
            for kind, count in sorted(self.pairs.items())
        }
        return {
            "wrong_joins": len(self.wrong_joins),
            "wrong_people": len(self.wrong_people),
            "pairs": self.pairs.total(),
            "joined": self.joined.total(),
            "suggested": self.suggested.total(),
            "found": round(self.found_share, 4),
            "first": round(self.first_share, 4),
            "wrong_per_ticket": round(self.wrong_share, 3),
            "other_matters": self.other_matters,
            "tickets": self.tickets,
            "kinds": kinds,
        }

    def missed(self) -> list[str]:
        """Name the musts that are not reached."""
        return [
            name
            for name, is_held in {
                "wrong automatic joins": not self.wrong_joins and not self.wrong_people,
                "true pairs found": self.found_share >= LEAST_FOUND,
                "the true one first": self.first_share >= LEAST_FIRST,
                "wrong suggestions": self.wrong_share < MOST_WRONG,
            }.items()
            if not is_held
        ]


def judged(replay: Replay) -> Judged:
    """Compare what stands in the database with who is who."""
    found, where = Judged(), _tickets_of(replay)
    matters, people = defaultdict(set), defaultdict(set)
    for said in replay.crowd.said:
        matters[where[said.place]].add(said.matter.number)
        people[where[said.place]].add(said.matter.person.number)
    found.tickets = len(matters)
    found.wrong_joins = [ticket for ticket, numbers in matters.items() if len(numbers) > 1]
    found.wrong_people = _mixed(replay.crowd)
    lists = _lists(replay, matters)
    for said in replay.crowd.said:
        if said.follows is not None:
            here, there = where[said.place], where[said.follows.place]
            is_first = bool(lists[here]) and said.matter.number in matters[lists[here][0]]
            _judge_pair(found, said, is_joined=here == there, is_listed=there in lists[here], is_first=is_first)
    for ticket, numbers in lists.items():
        for other in numbers:
            is_right = bool(matters[ticket] & matters[other])
            is_same_person = bool(people[ticket] & people[other])
            found.wrong_suggestions += not is_right and not is_same_person
            found.other_matters += not is_right and is_same_person
    return found


def _judge_pair(found: Judged, said: Said, *, is_joined: bool, is_listed: bool, is_first: bool) -> None:
    """Count a pair; first: nothing of another matter stands above it in the banner."""
    found.pairs[said.link] += 1
    if is_joined:
        found.joined[said.link] += 1
        found.first[said.link] += 1
    elif is_listed:
        found.suggested[said.link] += 1
        found.first[said.link] += is_first
    else:
        found.lost.append(said)


def younger() -> list[int]:
    """Return open tickets that do not show their oldest unanswered message, or another deadline than the first."""
    owed = (
        select(Conversation.ticket_id, func.min(Obligation.opened_at), func.min(Obligation.due_at))
        .join(Conversation, Conversation.id == Obligation.conversation_id)
        .where(Obligation.state == ObligationState.OPEN, Obligation.answered_by_id.is_(None))
        .group_by(Conversation.ticket_id)
    )
    true = {ticket_id: (oldest, due) for ticket_id, oldest, due in db.session.execute(owed)}
    shown = select(Ticket.id, Ticket.oldest_unanswered_at, Ticket.due_at, Ticket.queue_at)
    return [
        ticket_id
        for ticket_id, oldest, due, queue_at in db.session.execute(shown.where(Ticket.closed_at.is_(None)))
        if (oldest, due) != true.get(ticket_id, (None, None)) or queue_at != (due or NOTHING_DUE)
    ]


def _tickets_of(replay: Replay) -> dict[int, int]:
    db.session.expire_all()
    rows = db.session.execute(
        select(Message.id, Conversation.ticket_id).join(Conversation, Conversation.id == Message.conversation_id)
    )
    of: dict[int, int] = {row.id: row.ticket_id for row in rows}
    return {place: of[message_id] for place, message_id in replay.arrived.items()}


def _lists(replay: Replay, tickets: Iterable[int]) -> dict[int, list[int]]:
    """Return what the banner of each ticket shows, in its order."""
    return {ticket: [debt.number for debt in debts.of(ticket, replay.by)] for ticket in tickets}


def _mixed(crowd: Crowd) -> list[int]:
    """Return customers who have addresses of two people."""
    by_address: dict[str, int] = {}
    for person in crowd.people:
        for value in (person.mail, person.phone, *(f"{key}000{person.number}" for key in "378")):
            by_address[value] = person.number
    owners: defaultdict[int, set[int]] = defaultdict(set)
    for customer_id, value in db.session.execute(select(Identity.customer_id, Identity.value)):
        owners[customer_id].add(by_address[value])
    return [customer_id for customer_id, numbers in owners.items() if len(numbers) > 1]
