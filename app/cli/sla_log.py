"""The log of a line of `faden sla replay`: written events as events of the core (docs/sla-replay.md)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.cli.sla_lines import LineError, instant
from sla.events import (
    Event,
    Heard,
    Moved,
    Promised,
    RanOn,
    Reopened,
    Reprioritised,
    Resolved,
    Rested,
    Said,
    Turn,
    Turned,
    Waived,
    Weight,
)
from sla.targets import Priority, Route

MOST_EVENTS = 20_000
Entry = Mapping[str, Any]

_TURNS = {"waiting_customer": Turn.CUSTOMER, "waiting_third": Turn.THIRD, "open": Turn.OURS, "new": Turn.OURS}
SILENT = frozenset({"note", "assign", "handoff", "accept", "decline", "withdraw"})
"""Nothing of it touches what the customer is owed."""


@dataclass(slots=True)
class Log:
    """A log as it was read."""

    entries: list[Entry]
    """In the order in which they count."""
    events: list[Event] = field(default_factory=list)
    homes: dict[str, str] = field(default_factory=dict)
    """The ticket under which each conversation began."""
    lie: dict[str, str] = field(default_factory=dict)
    """The ticket under which each conversation lies while the log is read."""
    closed: set[str] = field(default_factory=set)
    where: list[str] = field(default_factory=list)
    """The ticket on which each of `events` happened."""

    @property
    def tickets(self) -> list[str]:
        """The names that were given to tickets, in the order in which they appear."""
        return [name for name in dict.fromkeys((*self.homes.values(), *self.lie.values())) if name]

    def add(self, event: Event, ticket: str) -> None:
        self.events.append(event)
        self.where.append(ticket)


def read_log(written: object) -> Log:
    """Read the events of one line; raises `LineError` or another `ValueError` where one cannot be right."""
    if not isinstance(written, Sequence) or isinstance(written, str):
        raise LineError("`log` is a list of events")
    if len(written) > MOST_EVENTS:
        raise LineError(f"a log has at most {MOST_EVENTS} events")
    log = Log(entries=_in_order(written))
    for entry in log.entries:
        at, kind = instant(entry["t"]), entry["k"]
        if kind in SILENT:
            continue
        read = KINDS.get(kind) if isinstance(kind, str) else None
        if read is None:
            raise LineError(f"there is no event {kind!r}")
        for event, ticket in read(entry, at, log):
            log.add(event, ticket)
    return log


def _in_order(written: Sequence[object]) -> list[Entry]:
    """Sort by time; of what was done in one instant, a message of ours counts before a state."""
    entries = [entry for entry in written if isinstance(entry, Mapping)]
    if len(entries) < len(written):
        raise LineError("an event is an object")
    entries.sort(key=lambda entry: instant(entry["t"]))
    ours = {instant(entry["t"]): place for place, entry in enumerate(entries) if entry.get("k") in {"out", "call"}}

    def place_of(pair: tuple[int, Entry]) -> tuple[int, bool]:
        place, entry = pair
        is_state = entry.get("k") == "state"
        return (max(place, ours.get(instant(entry["t"]), 0)) if is_state else place), is_state

    return [entry for _, entry in sorted(enumerate(entries), key=place_of)]


_Read = Iterator[tuple[Event, str]]


def conversation(entry: Entry, log: Log) -> tuple[str, str]:
    """Return the conversation of an event and its ticket; one that is new begins under the ticket it names."""
    name = entry.get("conv", entry.get("ch"))
    if not isinstance(name, str):
        raise LineError(f"the event {entry.get('k')!r} names no `conv` and no `ch`")
    if name not in log.lie:
        log.homes[name] = log.lie[name] = ticket(entry)
    return name, log.lie[name]


def ticket(entry: Entry, key: str = "ticket") -> str:
    name = entry.get(key, "")
    if not isinstance(name, str):
        raise LineError(f"`{key}` is the name of a ticket")
    return name


def _in(entry: Entry, at: datetime, log: Log) -> _Read:
    name, where = conversation(entry, log)
    if not entry.get("auto"):
        log.closed.discard(where)
    known_at = instant(entry["known"]) if "known" in entry else None
    yield _heard(entry, at, name, known_at=known_at), where


def _heard(entry: Entry, at: datetime, name: str, *, known_at: datetime | None) -> Heard:
    if known_at is not None and known_at < at:
        raise LineError("nothing is known before it happens")
    return Heard(
        at=at, route=Route(entry["ch"]), conversation=name, needs_answer=not entry.get("auto"), known_at=known_at
    )


def _out(entry: Entry, at: datetime, log: Log) -> _Read:
    name, where = conversation(entry, log)
    failed = entry.get("failed")
    said = Said(
        at=at,
        conversation=name,
        weight=Weight(entry["cls"]),
        promise_at=instant(entry["promise"]) if entry.get("promise") else None,
        accepted_at=instant(entry["accepted"]) if entry.get("accepted") else None,
        failed_at=instant(failed) if isinstance(failed, str) else None,
    )
    # Without an instant nobody ever believed that it had arrived.
    if failed is not True:
        yield said, where


def _call(entry: Entry, at: datetime, log: Log) -> _Read:
    name, where = conversation({"conv": "phone", **entry}, log)
    outcome, is_ours = entry["outcome"], entry["direction"] == "out"
    if outcome not in {"reached", "not_reached", "voicemail"} or entry["direction"] not in {"in", "out"}:
        raise LineError("a call has a `direction`, in or out, and an `outcome`: reached, not_reached or voicemail")
    if outcome == "reached":
        yield Said(at=at, conversation=name, weight=Weight.SUBSTANTIVE), where
    elif not is_ours:
        log.closed.discard(where)
        yield Heard(at=at, route=Route.PHONE, conversation=name, is_missed_call=True), where
    if entry.get("promise"):
        yield Promised(at=at, conversation=name, due_at=instant(entry["promise"])), where


def _promise(entry: Entry, at: datetime, log: Log) -> _Read:
    name, where = conversation(entry, log)
    yield Promised(at=at, conversation=name, due_at=instant(entry["due"])), where


def _waive(entry: Entry, at: datetime, _log: Log) -> _Read:
    yield Waived(at=at, ticket=ticket(entry)), ticket(entry)


def _priority(entry: Entry, at: datetime, _log: Log) -> _Read:
    yield Reprioritised(at=at, to=Priority(entry["to"]), ticket=ticket(entry)), ticket(entry)


def _state(entry: Entry, at: datetime, log: Log) -> _Read:
    where, to = ticket(entry), entry["to"]
    if to in {"solved", "closed"}:
        log.closed.add(where)
        yield Resolved(at=at, ticket=where), where
    elif to == "reopened" or (to in {"open", "new"} and where in log.closed):
        log.closed.discard(where)
        yield Reopened(at=at, ticket=where), where
    elif to in _TURNS:
        yield Turned(at=at, to=_TURNS[to], ticket=where), where
    else:
        raise LineError(f"there is no state {to!r}")


def _pause(entry: Entry, at: datetime, log: Log) -> _Read:
    for name in _meant(entry, log):
        yield Rested(at=at, conversation=name), log.lie[name]


def _resume(entry: Entry, at: datetime, log: Log) -> _Read:
    for name in _meant(entry, log):
        yield RanOn(at=at, conversation=name), log.lie[name]


def _meant(entry: Entry, log: Log) -> list[str]:
    """Return the conversation that is named, or all of a ticket."""
    if "conv" in entry or "ch" in entry:
        return [conversation(entry, log)[0]]
    return [name for name, where in log.lie.items() if where == ticket(entry)]


def _join(entry: Entry, at: datetime, log: Log) -> _Read:
    away, into = ticket(entry), ticket(entry, "into")
    if away == into:
        raise LineError("a ticket cannot be joined with itself")
    for name in [name for name, where in log.lie.items() if where == away]:
        log.lie[name] = into
        yield Moved(at=at, conversation=name, ticket=into), away


def _part(entry: Entry, at: datetime, log: Log) -> _Read:
    """Bring one conversation to a ticket, or everything back that began under this one."""
    if "conv" in entry or "ch" in entry:
        name, where = conversation(entry, log)
        to = ticket(entry) if "ticket" in entry else log.homes[name]
        is_new = to not in {*log.homes.values(), *log.lie.values()}
        log.lie[name] = to
        yield Moved(at=at, conversation=name, ticket=to, is_new=is_new), where
        return
    home = ticket(entry)
    for name in [name for name, began in log.homes.items() if began == home and log.lie[name] != home]:
        where, log.lie[name] = log.lie[name], home
        yield Moved(at=at, conversation=name, ticket=home), where


KINDS: dict[str, Callable[[Entry, datetime, Log], _Read]] = {
    "in": _in,
    "out": _out,
    "call": _call,
    "promise": _promise,
    "waive": _waive,
    "priority": _priority,
    "state": _state,
    "pause": _pause,
    "resume": _resume,
    "join": _join,
    "link": _join,
    "merge": _join,
    "part": _part,
    "unlink": _part,
    "unmerge": _part,
}
