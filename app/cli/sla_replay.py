"""The answer to a line of `faden sla replay`: where its tickets stand after all their events (docs/sla-replay.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.cli.sla_lines import LineError, instant, minutes_of, spelled
from app.cli.sla_log import Log, read_log
from app.cli.sla_reasons import reason
from app.cli.sla_setup import OfTicket, Setup
from app.cli.sla_teams import handed_over
from sla.events import Event, Heard
from sla.projection import project
from sla.repeats import repeats
from sla.standing import Obligation, Projection, Promise, State, Terms
from sla.turns import resolution, update_due_at

_PLAIN_KINDS = frozenset({"in", "out", "waive", "priority"})
_PLAIN_KEYS = frozenset({"t", "k", "ch", "auto", "cls", "promise", "failed", "to"})
_BREACH = "breach"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """One line as it was read, and the instant at which it is looked at."""

    log: Log
    setup: Setup
    terms: Terms
    options: Mapping[str, Any]
    now: datetime
    explains: bool

    @property
    def is_plain(self) -> bool:
        """Say whether it uses nothing but the events everybody has: then its answer has no more fields, either."""
        return all(
            entry["k"] in _PLAIN_KINDS and entry.keys() <= _PLAIN_KEYS and not isinstance(entry.get("failed"), str)
            for entry in self.log.entries
        )


def replayed(line: Mapping[str, Any], setup: Setup, *, explains: bool = False) -> dict[str, Any]:
    """Answer one line; raises `ValueError` or `LookupError` with the reason where it cannot be right."""
    read = _read(line, setup, explains=explains)
    log, now = read.log, read.now
    found = project(log.events, read.terms, homes=log.homes)
    return {
        **_standing(found, log.tickets or [""], now),
        "obligations": [_obligation(owed, read) for owed in found.obligations],
        **({} if read.is_plain else {"promises": [_promise(each, now) for each in found.promises]}),
        **({"tickets": _tickets(found, read)} if log.tickets else _of_ticket("", read)),
        **handed_over(log, setup, read.options, now),
    }


def _read(line: Mapping[str, Any], setup: Setup, *, explains: bool) -> _Line:
    options = line.get("options") or {}
    if not isinstance(options, Mapping):
        raise LineError("`options` is an object")
    log = read_log(line["log"])
    if not log.entries and not line.get("now"):
        raise LineError("a log without events needs a `now`")
    now = instant(line["now"]) if line.get("now") else max(instant(entry["t"]) for entry in log.entries)
    return _Line(log=log, setup=setup, terms=setup.terms(options), options=options, now=now, explains=explains)


def _tickets(found: Projection, read: _Line) -> dict[str, Any]:
    return {name: {**_standing(found, [name], read.now), **_of_ticket(name, read)} for name in read.log.tickets}


def _standing(found: Projection, tickets: list[str], now: datetime) -> dict[str, Any]:
    """Say what is due first, who has waited longest and what was promised last on one ticket or several."""
    dues = [due for name in tickets if (due := found.due_of(name))]
    waiting = [at for name in tickets if (at := found.oldest_of(name))]
    given = [promise for name in tickets if (promise := found.promise_of(name))]
    newest = max(given, key=lambda promise: promise.given_at, default=None)
    return {
        "oldest_unanswered_since": spelled(min(waiting, default=None)),
        "due": spelled(min(dues, default=None)),
        "promise": _promise(newest, now) if newest else None,
    }


def _promise(promise: Promise, now: datetime) -> dict[str, Any]:
    return {"due": spelled(promise.due_at), "state": promise.state(now).value}


def _obligation(owed: Obligation, read: _Line) -> dict[str, Any]:
    opening, rests = owed.opening, owed.state is State.OPEN and owed.rests_since is not None
    until = owed.ended_at or (owed.rests_since if rests else None) or read.now
    shown = {
        "kind": opening.kind.value,
        "channel": owed.route.value,
        "at": spelled(opening.opened_at),
        "calendar": owed.calendar_name,
        "target_min": minutes_of(opening.within),
        "due": None if rests else spelled(opening.due_at),
        "breach": None if rests else spelled(opening.breach_at),
        "state": owed.state.value,
        "verdict": owed.verdict.value if owed.verdict else None,
        "elapsed_min": minutes_of(owed.hours.between(opening.opened_at, until)),
        **{rung.name: None if rests else spelled(rung.at) for rung in opening.rungs if rung.name != _BREACH},
    }
    return {**shown, **_more(owed, read)}


def _more(owed: Obligation, read: _Line) -> dict[str, Any]:
    """Return what only longer lines ask for."""
    more: dict[str, Any] = {}
    if not read.is_plain:
        more["conversation"] = owed.conversation
        more["resting_since"] = spelled(owed.rests_since) if owed.state is State.OPEN else None
        more["muted_until"] = spelled(owed.muted_until)
    if (told := read.setup.repeat(read.options)) and owed.state is State.OPEN and owed.rests_since is None:
        hours, every, most = told
        again = repeats(owed.opening.breach_at, every=every, most=most, recipient=hours)
        more["told"] = [spelled(at) for at in again]
    if read.explains:
        more["explanation"] = reason(owed, read.terms, read.now, events=() if read.log.tickets else read.log.events)
    return more


def _of_ticket(name: str, read: _Line) -> dict[str, Any]:
    """Say how the clocks of a whole ticket stand, where the terms have such clocks."""
    log = read.log
    events = [event for event, where in zip(log.events, log.where, strict=True) if where == name]
    opened = [event.at for event in events if isinstance(event, Heard) and event.needs_answer]
    found: dict[str, Any] = {}
    if opened and (aimed := read.setup.of_ticket("resolution", read.options)):
        found["resolution"] = _resolution(events, opened[0], aimed, read.now)
    if aimed := read.setup.of_ticket("update", read.options):
        due = update_due_at(events, every=aimed.within, hours=aimed.hours)
        found["update"] = {
            "calendar": aimed.calendar,
            "target_min": minutes_of(aimed.within),
            "due": spelled(due),
        }
    return found


def _resolution(events: Sequence[Event], opened_at: datetime, aimed: OfTicket, now: datetime) -> dict[str, Any]:
    hours, within = aimed.hours, aimed.within
    clock = resolution(events, opened_at=opened_at, within=within, hours=hours, counts_third=aimed.counts_third)
    closed_at, used = clock.standing.closed_at, clock.elapsed(hours, now)
    return {
        "at": spelled(opened_at),
        "calendar": aimed.calendar,
        "target_min": minutes_of(within),
        "due": spelled(clock.due_at(hours)),
        "breach": spelled(clock.breach_at(hours)),
        "state": "met" if closed_at else "running" if clock.running_since else "resting",
        "verdict": ("met" if used <= within else "breached") if closed_at else None,
        "elapsed_min": minutes_of(used),
        "first_resolved_at": spelled(clock.standing.first_resolved_at),
    }
