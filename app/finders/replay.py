"""The event log of tickets, read from their rows: what `sla.projection` folds into the clocks that must be stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from app.finders.replay_rows import Family, Happened, Said, families, numbers_after
from app.finders.replay_terms import Book, HoursOf
from app.models import MessageClass, MessageKind, MessageState, Obligation, Promise
from sla import events
from sla.events import Event, Weight
from sla.projection import project
from sla.standing import Holding, Projection, Terms
from sla.targets import Priority, Route

__all__ = ["Book", "Family", "HoursOf", "Log", "families", "log_of", "numbers_after", "projected"]

LOST = frozenset({MessageState.FAILED, MessageState.UNSURE})
ON_ITS_WAY = frozenset({MessageState.QUEUED, MessageState.SENDING})
LOST_WORDS = frozenset({"failed", "unsure", "bounced", "given_up", "called_back"})
"""Kinds of events that say that a message did not reach the customer, as far as we know."""
_NO_TERMS = Terms(targets=(), calendars={}, promise_calendar="")


@dataclass(slots=True)
class Log:
    """What happened on the tickets of a family, in the order in which we learned of it."""

    homes: dict[str, str] = field(default_factory=dict)
    """The ticket under which each conversation began."""
    lines: list[tuple[datetime, int, Event]] = field(default_factory=list)
    promises: dict[int, str] = field(default_factory=dict)
    """By the id of a promise the name by which the log knows it."""

    @property
    def events(self) -> list[Event]:
        return [event for _, _, event in sorted(self.lines, key=lambda line: line[:2])]


def projected(family: Family, book: Book) -> tuple[Projection, Log]:
    """Fold everything that happened on a family anew."""
    log = log_of(family, book)
    return project(log.events, _NO_TERMS, homes=dict(log.homes)), log


def log_of(family: Family, book: Book) -> Log:
    """Read the log of a family; the names of tickets and conversations are their numbers."""
    reading = _Reading(family, book)
    reading.read()
    return reading.log


class _Reading:
    """One family while its log is read."""

    def __init__(self, family: Family, book: Book) -> None:
        self.family, self.book, self.log = family, book, Log()
        self.owed = {row.message_id: row for row in family.obligations}
        self.given: dict[int, Promise] = {row.message_id: row for row in family.promises if row.message_id}
        self.places: dict[int, int] = {}
        """By the id of a message its place in the timeline."""
        self.of_message: dict[int, list[Happened]] = defaultdict(list)
        self.versions: dict[int, list[int | None]] = {}
        """By the id of an obligation the versions of policies it was aimed by, the first one first."""
        self.firsts: dict[int, int] = {}

    def read(self) -> None:
        for event in self.family.events:
            self.firsts.setdefault(event.ticket_id, event.id)
            if event.message_id:
                self.places.setdefault(event.message_id, event.id)
                self.of_message[event.message_id].append(event)
        self._begin()
        self._aim()
        for message in self.family.messages:
            self._message(message)
        for promise in self.family.promises:
            self._promise(promise)
        for event in self.family.events:
            for found in _READERS.get(event.kind, _nothing)(self, event):
                self.add(found, event.id)

    def add(self, event: Event, place: int, *, known_at: datetime | None = None) -> None:
        self.log.lines.append((known_at or event.at, place, event))

    def _begin(self) -> None:
        """Find out under which ticket each conversation began: where it was before it was moved first."""
        homes = dict(self.family.conversations)
        for event in reversed(self.family.events):
            if event.kind in {"joined", "parted"}:
                source = event.details["ticket"] if event.kind == "joined" else event.details["from"]
                homes.update(dict.fromkeys(event.details["conversations"], source))
        self.log.homes = {str(id_): str(ticket_id) for id_, ticket_id in homes.items()}

    def _aim(self) -> None:
        """Put together by which versions of policies each obligation was aimed, one after the other."""
        for row in self.family.obligations:
            self.versions[row.id] = []
        for event in self.family.events:
            for id_, before in event.details.get("aims", {}).items():
                self.versions.setdefault(int(id_), []).append(before or None)
        for row in self.family.obligations:
            self.versions[row.id].append(row.policy_version_id)

    def _message(self, message: Said) -> None:
        place = self.places.get(message.id, 0)
        row = self.owed.get(message.id)
        if row is not None and message.message_class is MessageClass.CONTACT:
            self.add(self._heard(message, row), place, known_at=message.stored_at)
        if message.message_class in {MessageClass.SUBSTANTIVE, MessageClass.HOLDING}:
            said = self._said(message)
            self.add(said, place, known_at=said.known_at)

    def _heard(self, message: Said, row: Obligation) -> events.Heard:
        return events.Heard(
            at=row.opened_at,
            known_at=message.stored_at,
            route=Route(row.route),
            conversation=str(message.home_conversation_id or message.conversation_id),
            is_missed_call=message.kind is MessageKind.CALL,
            message=str(message.id),
            terms=self.book.terms(row, self.versions[row.id][0]),
        )

    def _said(self, message: Said) -> events.Said:
        is_call, is_held = message.kind is MessageKind.CALL, message.message_class is MessageClass.HOLDING
        promise = self.given.get(message.id)
        written_at = message.sent_at if message.is_elsewhere else message.stored_at
        failed_at = None
        if message.state in LOST:
            lost = [event.at for event in self.of_message[message.id] if event.kind in LOST_WORDS]
            failed_at = max(lost, default=written_at)
        until = message.details.get("promise_at")
        return events.Said(
            at=written_at,
            known_at=message.stored_at if message.is_elsewhere else None,
            conversation=str(message.conversation_id),
            weight=Weight.HOLDING if is_held else Weight.SUBSTANTIVE,
            accepted_at=written_at if is_call or message.state in ON_ITS_WAY else message.sent_at,
            failed_at=failed_at,
            promise_at=promise.due_at if promise else datetime.fromisoformat(until) if until and is_held else None,
            holding=Holding(message.details["holding"]) if is_held else None,
            message=str(message.id),
        )

    def _promise(self, promise: Promise) -> None:
        """A promise that a message of ours carries is part of it; any other is an event of its own."""
        carriers = {message.id: message for message in self.family.messages}
        carrier = carriers.get(promise.message_id or 0)
        if carrier is not None and self._carries(carrier):
            self.log.promises[promise.id] = str(carrier.id)
            return
        name = self.log.promises[promise.id] = f"promise:{promise.id}"
        told = [event.id for event in self.family.events if event.details.get("promise") == promise.id]
        self.add(
            events.Promised(
                at=promise.promised_at,
                due_at=promise.due_at,
                conversation=str(promise.conversation_id),
                message=name,
            ),
            min(told, default=0),
        )

    def _carries(self, message: Said) -> bool:
        if message.kind is MessageKind.CALL:
            return False
        is_ignored = message.details.get("holding") == Holding.IGNORED
        return message.message_class in {MessageClass.SUBSTANTIVE, MessageClass.HOLDING} and not is_ignored

    def joined(self, event: Happened) -> Iterator[Event]:
        for conversation in event.details["conversations"]:
            yield events.Moved(at=event.at, conversation=str(conversation), ticket=str(event.details["into"]))

    def parted(self, event: Happened) -> Iterator[Event]:
        to = event.details["ticket"]
        is_new = self.firsts.get(to, event.id) > event.id
        for conversation in event.details["conversations"]:
            yield events.Moved(at=event.at, conversation=str(conversation), ticket=str(to), is_new=is_new)

    def split(self, event: Happened) -> Iterator[Event]:
        yield events.Split(
            at=event.at,
            messages=tuple(map(str, event.details["messages"])),
            conversation=str(event.details["conversation"]),
            ticket=str(event.details.get("into") or event.details["ticket"]),
            is_new=event.details.get("is_new", False),
            taken_from=str(event.details["from"]),
        )

    def resolved(self, event: Happened) -> Iterator[Event]:
        yield events.Resolved(at=event.at, ticket=str(event.ticket_id))

    def reopened(self, event: Happened) -> Iterator[Event]:
        """A customer's return follows from their message, a join's from the join; for a promise nothing is resumed."""
        if event.details.get("by") == "customer":
            return
        beside = [
            other.kind
            for other in self.family.events
            if other.at == event.at and other.ticket_id == event.ticket_id and other.id != event.id
        ]
        if {"joined", "split_away", "unsplit"} & set(beside) or self._is_called_back(event):
            return
        kind = events.TakenUp if "promised" in beside else events.Reopened
        yield kind(at=event.at, ticket=str(event.ticket_id))

    def _is_called_back(self, event: Happened) -> bool:
        """Say whether it was opened by the promise of an answer that was called back before anything else happened."""
        given = [other.message_id for other in self.family.events if other.at == event.at and other.kind == "promised"]
        lines = [line for id_ in given if id_ for line in self.of_message[id_]]
        return any(line.kind == "called_back" and line.details.get("closes") for line in lines)

    def waived(self, event: Happened) -> Iterator[Event]:
        yield events.Waived(at=event.at, ticket=str(event.ticket_id))

    def unwaived(self, event: Happened) -> Iterator[Event]:
        yield events.Unwaived(at=event.at, ticket=str(event.ticket_id))

    def released(self, event: Happened) -> Iterator[Event]:
        yield events.Released(at=event.at, message=self.log.promises.get(event.details["promise"], ""))

    def restored(self, event: Happened) -> Iterator[Event]:
        yield events.Restored(at=event.at, message=self.log.promises.get(event.details["promise"], ""))

    def retargeted(self, event: Happened) -> Iterator[Event]:
        rows = {row.id: row for row in self.family.obligations}
        terms: dict[str, Terms] = {}
        for id_ in map(int, event.details.get("aims", {})):
            if row := rows.get(id_):
                self.versions[id_].pop(0)
                terms[str(row.message_id)] = self.book.terms(row, self.versions[id_][0])
        to = Priority(event.details["to"]) if event.kind == "prioritised" else None
        told = event.details.get("followed")
        followed = None if told is None else frozenset(str(rows[id_].message_id) for id_ in told if id_ in rows)
        ticket = str(event.ticket_id)
        yield events.Reprioritised(at=event.at, to=to, ticket=ticket, terms=terms, followed=followed)


def _nothing(_reading: _Reading, _event: Happened) -> Iterable[Event]:
    return ()


_READERS: dict[str, Callable[[_Reading, Happened], Iterable[Event]]] = {
    "joined": _Reading.joined,
    "parted": _Reading.parted,
    "split": _Reading.split,
    "unsplit": _Reading.split,
    "resolved": _Reading.resolved,
    "reopened": _Reading.reopened,
    "waived": _Reading.waived,
    "unwaived": _Reading.unwaived,
    "promise_waived": _Reading.released,
    "promise_unwaived": _Reading.restored,
    "prioritised": _Reading.retargeted,
    "tagged": _Reading.retargeted,
    "untagged": _Reading.retargeted,
    "grouped": _Reading.retargeted,
}
