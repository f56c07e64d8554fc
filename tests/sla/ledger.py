"""The clocks of tickets worked out the slow way: for every message the whole log is read again from its beginning.

It imports nothing of what it judges, keeps no state between messages, and counts business time minute by minute.
A log is a list of plain entries in order of time, e.g. {"t": instant, "k": "in", "conv": "a", "route": "email"}.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

Entry = Mapping[str, Any]
FORTNIGHT = timedelta(days=14)


@dataclass
class Owed:
    """One obligation as the slow way sees it."""

    at: datetime
    kind: str
    due: datetime
    state: str
    verdict: str | None


@dataclass
class Rules:
    """Targets in minutes by (route, kind, priority), and for each route what `due` and `minutes between` are."""

    minutes: Mapping[tuple[str, str, str], int]
    due: Callable[[str, datetime, float], datetime]
    between: Callable[[str, datetime, datetime], float]
    mode: str


def home(log: Sequence[Entry], upto: int, conv: str, homes: Mapping[str, str]) -> str:
    moves = [entry["to"] for entry in log[:upto] if entry["k"] == "move" and entry["conv"] == conv]
    return str(moves[-1]) if moves else homes.get(conv, "")


def is_at(log: Sequence[Entry], index: int, ticket: str, homes: Mapping[str, str]) -> bool:
    """Say whether an entry happened on this ticket."""
    entry = log[index]
    where = home(log, index, entry["conv"], homes) if "conv" in entry else entry.get("ticket", "")
    return bool(where == ticket) and entry["k"] != "move"


def history(log: Sequence[Entry], upto: int, ticket: str, homes: Mapping[str, str]) -> list[int]:
    return [index for index in range(upto) if is_at(log, index, ticket, homes)]


def priority(log: Sequence[Entry], upto: int, ticket: str, homes: Mapping[str, str]) -> str:
    raised = [log[i]["to"] for i in history(log, upto, ticket, homes) if log[i]["k"] == "priority"]
    return str(raised[-1]) if raised else "normal"


def closed_at(log: Sequence[Entry], upto: int, ticket: str, homes: Mapping[str, str], mode: str) -> datetime | None:
    """Return since when the ticket is closed; something owed that is moved to it opens it again."""
    closed: datetime | None = None
    for index in range(upto):
        entry = log[index]
        if entry["k"] == "move" and entry["to"] == ticket:
            if closed is not None and is_anything_open(log, index, ticket, homes, mode):
                closed = None
        elif not is_at(log, index, ticket, homes):
            continue
        elif entry["k"] == "resolve":
            closed = closed or entry["t"]
        elif entry["k"] == "reopen" or (entry["k"] == "in" and entry.get("asks", True)) or promises(entry, mode):
            closed = None
    return closed


def promises(entry: Entry, mode: str) -> bool:
    """Say whether an entry promises something, which opens a closed ticket: every holding reply here does."""
    return entry["k"] == "out" and entry["cls"] == "holding" and mode != "ignored"


def is_promised(log: Sequence[Entry], upto: int, index: int, homes: Mapping[str, str], mode: str) -> bool:
    """Say whether what was promised at `index` is still to be kept after the first `upto` entries."""
    conv, first, position = log[index]["conv"], log[:upto], index + 1
    while position < upto:
        entry, where = log[position], home(log, position, conv, homes)
        if is_at(log, position, where, homes):
            if entry["k"] == "out" and (entry["cls"] == "substantive" or promises(entry, mode)):
                return False
            if entry["k"] == "resolve" and closed_at(log, position, where, homes, mode) is None:
                again = taken_back(first, index, position, homes, mode)
                if again is None:
                    return False
                position = again
        position += 1
    return True


def is_anything_open(log: Sequence[Entry], move: int, ticket: str, homes: Mapping[str, str], mode: str) -> bool:
    """Say whether anything is owed on the ticket after this entry, which moves a conversation and nothing else."""
    asked = [i for i in range(move) if log[i]["k"] == "in" and log[i].get("asks", True)]
    here = [i for i in asked if home(log, move + 1, log[i]["conv"], homes) == ticket]
    told = [i for i in range(move) if promises(log[i], mode) and home(log, move + 1, log[i]["conv"], homes) == ticket]
    return any(is_open(log, move, i, homes, mode) for i in here) or any(
        is_promised(log, move, i, homes, mode) for i in told
    )


def is_open(log: Sequence[Entry], upto: int, index: int, homes: Mapping[str, str], mode: str) -> bool:
    """Say whether what was asked at `index` is still owed after the first `upto` entries."""
    kind_, position, first = kind(log, index, homes, mode), index, log[:upto]
    while (end := ending(first, index, position, kind_, homes, mode)) is not None:
        again = taken_back(first, index, end, homes, mode) if log[end]["k"] == "resolve" else None
        if again is None or answered_meanwhile(first, index, end, again, homes, kind_, mode) is not None:
            return False
        position = again
    return True


def answered_meanwhile(
    log: Sequence[Entry], index: int, end: int, again: int, homes: Mapping[str, str], kind_: str, mode: str
) -> int | None:
    """Return the answer that was given on the ticket between its closing and its reopening."""
    ticket, conv = log[end].get("ticket", ""), log[index]["conv"]
    for j in range(end + 1, again):
        if log[j]["k"] != "out" or not is_at(log, j, ticket, homes):
            continue
        is_here = mode == "stops_first_response" or (mode == "own_conversation" and log[j]["conv"] == conv)
        if log[j]["cls"] == "substantive" or (log[j]["cls"] == "holding" and kind_ == "first" and is_here):
            return j
    return None


def begins_anew(log: Sequence[Entry], index: int, ticket: str, homes: Mapping[str, str], mode: str) -> bool:
    """Say whether this entry is a return to the ticket more than a fortnight after it was closed."""
    entry = log[index]
    if entry["k"] != "in" or not entry.get("asks", True) or not is_at(log, index, ticket, homes):
        return False
    closed = closed_at(log, index, ticket, homes, mode)
    return closed is not None and entry["t"] - closed > FORTNIGHT


def began(log: Sequence[Entry], upto: int, ticket: str, homes: Mapping[str, str], mode: str) -> int:
    """Return from which entry on the ticket's present life counts."""
    return max((index for index in range(upto) if begins_anew(log, index, ticket, homes, mode)), default=0)


def kind(log: Sequence[Entry], index: int, homes: Mapping[str, str], mode: str) -> str:
    conv = log[index]["conv"]
    ticket = home(log, index, conv, homes)
    life = [i for i in history(log, index + 1, ticket, homes) if i >= began(log, index + 1, ticket, homes, mode)]
    if any(log[i]["k"] == "out" and log[i]["cls"] == "substantive" for i in life):
        return "next"
    if mode == "stops_first_response" and any(log[i]["k"] == "out" and log[i]["cls"] == "holding" for i in life):
        return "next"
    if mode == "own_conversation" and was_held(log, index, conv, homes, mode):
        return "next"
    return "first"


def was_held(log: Sequence[Entry], index: int, conv: str, homes: Mapping[str, str], mode: str) -> bool:
    """Say whether a holding reply went out in the conversation and no new life of its ticket began since."""
    held = [i for i in range(index) if log[i]["k"] == "out" and log[i]["cls"] == "holding" and log[i]["conv"] == conv]
    since = range(held[-1] + 1, index + 1) if held else ()
    return bool(held) and not any(begins_anew(log, j, home(log, j, conv, homes), homes, mode) for j in since)


def ending(log: Sequence[Entry], index: int, start: int, kind_: str, homes: Mapping[str, str], mode: str) -> int | None:
    """Return the first entry after `start` that ends the obligation opened at `index`."""
    conv = log[index]["conv"]
    for j in range(start + 1, len(log)):
        entry = log[j]
        if not is_at(log, j, home(log, j, conv, homes), homes):
            continue
        if entry["k"] == "waive" or (entry["k"] == "out" and entry["cls"] == "substantive"):
            return j
        if entry["k"] == "resolve" and closed_at(log, j, entry.get("ticket", ""), homes, mode) is None:
            return j
        is_here = mode == "stops_first_response" or (mode == "own_conversation" and entry.get("conv") == conv)
        if entry["k"] == "out" and entry["cls"] == "holding" and kind_ == "first" and is_here:
            return j
    return None


def taken_back(log: Sequence[Entry], index: int, end: int, homes: Mapping[str, str], mode: str) -> int | None:
    """Return the reopening that brings an obligation back which the resolution at `end` had waived."""
    ticket = log[end].get("ticket", "")
    conv = log[index]["conv"]
    for j in range(end + 1, len(log)):
        if log[j]["k"] == "move" and log[j]["to"] == ticket and closed_at(log, j + 1, ticket, homes, mode) is None:
            return None
        if not is_at(log, j, ticket, homes):
            continue
        if (log[j]["k"] == "in" and log[j].get("asks", True)) or promises(log[j], mode):
            return None
        if log[j]["k"] == "reopen":
            return j if home(log, j, conv, homes) == ticket else None
    return None


def owed(log: Sequence[Entry], rules: Rules, homes: Mapping[str, str]) -> list[Owed]:
    """Return every obligation of the log in the order in which they were opened."""
    return [
        one(log, index, rules, homes)
        for index, entry in enumerate(log)
        if entry["k"] == "in" and entry.get("asks", True)
    ]


def one(log: Sequence[Entry], index: int, rules: Rules, homes: Mapping[str, str]) -> Owed:
    entry = log[index]
    route = entry["route"]
    kind_ = kind(log, index, homes, rules.mode)
    minutes: float = rules.minutes[route, kind_, priority(log, index, home(log, index, entry["conv"], homes), homes)]
    position = index
    while True:
        end = ending(log, index, position, kind_, homes, rules.mode)
        for j in range(position + 1, len(log) if end is None else end):
            minutes = retargeted(log, index, j, minutes, kind_, rules, homes)
        if end is None:
            return Owed(entry["t"], kind_, rules.due(route, entry["t"], minutes), "open", None)
        if log[end]["k"] == "resolve":
            again = taken_back(log, index, end, homes, rules.mode)
            if again is not None:
                end, position = answered_meanwhile(log, index, end, again, homes, kind_, rules.mode), again
                if end is None:
                    continue
        due = rules.due(route, entry["t"], minutes)
        if log[end]["k"] != "out":
            return Owed(entry["t"], kind_, due, "waived", None)
        took = rules.between(route, entry["t"], log[end]["t"])
        return Owed(entry["t"], kind_, due, "met", "met" if took <= minutes else "breached")


def retargeted(
    log: Sequence[Entry], index: int, j: int, minutes: float, kind_: str, rules: Rules, homes: Mapping[str, str]
) -> float:
    """Return the target after the entry `j`, which may have changed the priority of the obligation's ticket."""
    conv, route = log[index]["conv"], log[index]["route"]
    ticket = home(log, j, conv, homes)
    if log[j]["k"] != "priority" or not is_at(log, j, ticket, homes) or priority(log, j, ticket, homes) == log[j]["to"]:
        return minutes
    wanted: float = rules.minutes[route, kind_, log[j]["to"]]
    if wanted >= minutes:
        return wanted
    spent = max(0.0, rules.between(route, log[index]["t"], log[j]["t"]))
    return min(minutes, max(wanted, spent + wanted / 4))
