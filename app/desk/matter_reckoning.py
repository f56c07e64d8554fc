"""One clock of a whole ticket, reckoned from when it was opened and when it rested."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.desk import aims, climbing
from app.desk.aims import Aim
from app.models import ClockState, TicketClock
from sla.events import Turn
from sla.hours import BusinessHours, Interval
from sla.obligations import verdict
from sla.retarget import retargeted

_NOTHING, _MINUTE = timedelta(0), timedelta(minutes=1)


def aim_of(clock: TicketClock) -> Aim | None:
    """Return what the policy version says under which the clock was opened."""
    return aims.aim_by(clock.policy_version_id) if clock.policy_version_id else None


def turn(clock: TicketClock, turn: str, *, at: datetime, message_id: int | None) -> None:
    """Let an open clock run or rest; `message_id` is the answer that brings a rest."""
    aimed = aim_of(clock)
    counts_third = aimed is None or aimed.counts_third
    runs = turn == Turn.OURS or (turn == Turn.THIRD and counts_third)
    going_on = clock.rests[-1] if clock.rests and not clock.rests[-1]["until"] else None
    if going_on and (runs or going_on["why"] != turn):
        until = max(at, datetime.fromisoformat(going_on["since"]))
        clock.rests = [*clock.rests[:-1], {**going_on, "until": until.isoformat()}]
        going_on = None
    if not runs and going_on is None:
        since = max([at, clock.opened_at, *(datetime.fromisoformat(each["until"]) for each in clock.rests)])
        said = {"message": message_id} if message_id else {}
        clock.rests = [*clock.rests, {"since": since.isoformat(), "until": None, "why": turn, **said}]
    reckon(clock)


def retarget(clock: TicketClock, priority: str, *, at: datetime, may_ease: bool) -> None:
    """Give an open clock the target of another priority; a tighter one leaves at least a quarter of itself."""
    aimed = aim_of(clock)
    targets = aimed.targets.get(clock.kind.value) if aimed else None
    if not targets:
        return
    before, after = timedelta(minutes=clock.target_minutes), timedelta(minutes=targets.get(priority, targets["normal"]))
    spent = max(_hours(clock).without(_pauses(clock, until=at)).between(clock.opened_at, at), _NOTHING)
    if after > before and not may_ease:
        return
    clock.target_minutes = int(retargeted(before, after, spent, grain=_MINUTE) / _MINUTE)
    reckon(clock)


def settle(clock: TicketClock, *, at: datetime) -> None:
    """End a clock and judge it by the time it ran."""
    running = _hours(clock).without(_pauses(clock, until=at))
    within = timedelta(minutes=clock.target_minutes)
    used = max(running.between(clock.opened_at, at), _NOTHING)
    clock.state, clock.verdict = ClockState.MET, verdict(running, clock.opened_at, within, at).value
    clock.settled_at, clock.elapsed_seconds = at, int(used.total_seconds())
    clock.running_since = clock.rung_at = None


def unsettle(clock: TicketClock) -> None:
    """Let a clock go on as if it had never ended."""
    clock.settled_at = clock.elapsed_seconds = None
    clock.verdict = ""
    reckon(clock)


def reckon(clock: TicketClock) -> None:
    """Write what follows from when a clock was opened and when it rested."""
    hours, within = _hours(clock), timedelta(minutes=clock.target_minutes)
    is_resting = bool(clock.rests) and not clock.rests[-1]["until"]
    ends = [datetime.fromisoformat(each["until"]) for each in clock.rests if each["until"]]
    since = max([clock.opened_at, *ends])
    until = datetime.fromisoformat(clock.rests[-1]["since"]) if is_resting else since
    used = max(hours.without(_pauses(clock, until=until)).between(clock.opened_at, until), _NOTHING)
    clock.used_seconds = int(used.total_seconds())
    if is_resting:
        clock.state, clock.running_since = ClockState.RESTING, None
        clock.soon_at = clock.due_at = clock.breach_at = clock.rung_at = None
        return
    clock.state, clock.running_since = ClockState.RUNNING, since
    _set_deadlines(clock, hours, since=since, within=within)


def _set_deadlines(clock: TicketClock, hours: BusinessHours, *, since: datetime, within: timedelta) -> None:
    used, aimed = timedelta(seconds=clock.used_seconds), aim_of(clock)
    left = max(within - used, _NOTHING)
    clock.due_at, clock.breach_at = hours.due(since, left), hours.breach(since, left)
    clock.soon_at = hours.due(since, max(within - within // 4 - used, _NOTHING))
    ladder_id = aimed.ladder_id if aimed else None
    clock.rung_at = climbing.next_rung(ladder_id, hours, since=since, within=within, fired=clock.fired, used=used)


def _hours(clock: TicketClock) -> BusinessHours:
    return aims.hours_of(clock.calendar_id, clock.calendar_version)


def _pauses(clock: TicketClock, *, until: datetime) -> Iterator[Interval]:
    for each in clock.rests:
        since = datetime.fromisoformat(each["since"])
        yield since, datetime.fromisoformat(each["until"]) if each["until"] else max(until, since)
