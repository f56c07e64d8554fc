"""One clock of a whole ticket, reckoned from when it was opened and when it rested."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from app.desk import aims, climbing
from app.desk.aims import Aim
from app.models import ClockState, TicketClock
from sla.events import Turn
from sla.hours import BusinessHours, Interval
from sla.obligations import verdict
from sla.retarget import retargeted

CHANGES = frozenset({"prioritised", "tagged", "untagged", "grouped"})
"""Events by which what is open may get another target."""
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


class Change(NamedTuple):
    """A change that a clock followed: what held before it, and the ticket's priority from then on."""

    at: datetime
    version: int
    minutes: int
    priority: str

    def told(self) -> dict[str, object]:
        """Return what the timeline keeps of it."""
        return {"version": self.version, "minutes": self.minutes, "priority": self.priority}


def changes_in(told: Iterable[tuple[datetime, Mapping[str, Any]]], clock_id: int) -> list[Change]:
    """Read the changes that a clock followed from instants and details of a log, in its order."""
    named = ((at, details.get("clocks", {}).get(str(clock_id))) for at, details in told)
    return [Change(at=at, **each) for at, each in named if each]


def retarget(clock: TicketClock, aimed: Aim, priority: str, *, at: datetime, may_ease: bool) -> Change | None:
    """Give a clock the target of another policy or priority; None where it keeps its own. The caller reckons it.

    A tighter one leaves at least a quarter of itself from then on and never comes later than before; in other hours
    only the deadlines can be compared, as if it were our turn from then on.
    """
    if not aimed.targets.get(clock.kind.value):
        return None
    is_looser, is_sooner, within = _weighed(clock, aimed, priority, at=at)
    is_other = aimed.calendar_id != clock.calendar_id
    if (is_looser and not may_ease) or (is_other and not is_looser and not is_sooner):
        return None
    followed = Change(at=at, version=clock.policy_version_id or 0, minutes=clock.target_minutes, priority=priority)
    _aim(clock, aimed, minutes=-(-within // _MINUTE))
    return followed


def _weighed(clock: TicketClock, aimed: Aim, priority: str, *, at: datetime) -> tuple[bool, bool, timedelta]:
    """Return whether a target is looser than the one so far, whether it is due sooner, and what it leaves."""
    targets, is_other = aimed.targets[clock.kind.value], aimed.calendar_id != clock.calendar_id
    rests = tuple(_pauses_before(clock, at))
    running = (aimed.hours if is_other else _hours(clock)).without(rests)
    before, after = clock.target_minutes * _MINUTE, targets.get(priority, targets["normal"]) * _MINUTE
    due_at = _hours(clock).without(rests).due(clock.opened_at, before)
    if is_other:
        before = running.between(clock.opened_at, due_at)
    is_looser = running.due(clock.opened_at, after) > due_at if is_other else after > before
    spent = max(running.between(clock.opened_at, at), _NOTHING)
    within = after if is_looser else retargeted(before, after, spent, grain=_MINUTE)
    return is_looser, running.due(clock.opened_at, within) < due_at, within


def used_until(clock: TicketClock, at: datetime) -> timedelta:
    """Return how much of its target a clock had used by an instant."""
    return max(_hours(clock).without(_pauses_before(clock, at)).between(clock.opened_at, at), _NOTHING)


def _aim(clock: TicketClock, aimed: Aim, *, minutes: int) -> None:
    if aimed.calendar_id != clock.calendar_id:
        clock.calendar_id, clock.calendar_version = aimed.calendar_id, aimed.calendar_version
    clock.policy_version_id, clock.target_minutes = aimed.policy_version_id, minutes


def reckon_again(clock: TicketClock, changes: Sequence[Change]) -> None:
    """Let a clock follow its changes from the first one on, with the hours and the rests it has now; then reckon it."""
    versions = [*(change.version for change in changes), clock.policy_version_id or 0]
    aimed_by = [aims.aim_by(version) for version in versions]
    if changes and aimed_by[0]:
        _aim(clock, aimed_by[0], minutes=changes[0].minutes)
        for change, aimed in zip(changes, aimed_by[1:], strict=True):
            if aimed and aimed.targets.get(clock.kind.value):
                _, _, within = _weighed(clock, aimed, change.priority, at=change.at)
                _aim(clock, aimed, minutes=-(-within // _MINUTE))
    reckon(clock)


def left_of(clock: TicketClock, minutes: int) -> int:
    """Return the target with which a clock that had ended goes on, where so many minutes are asked for by now."""
    used = timedelta(seconds=clock.elapsed_seconds or 0)
    return retargeted(clock.target_minutes * _MINUTE, minutes * _MINUTE, used, grain=_MINUTE) // _MINUTE


def settle(clock: TicketClock, *, at: datetime) -> None:
    """End a clock and judge it by the time it ran."""
    running = _hours(clock).without(_pauses(clock, until=at))
    within = timedelta(minutes=clock.target_minutes)
    used = max(running.between(clock.opened_at, at), _NOTHING)
    clock.state, clock.verdict = ClockState.MET, verdict(running, clock.opened_at, within, at).value
    clock.settled_at, clock.elapsed_seconds = at, int(used.total_seconds())
    clock.running_since = clock.rung_at = None


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


def _pauses_before(clock: TicketClock, at: datetime) -> Iterator[Interval]:
    """Return the rests that had begun by an instant, as far as they had lasted then."""
    return ((since, min(until, at)) for since, until in _pauses(clock, until=at) if since < at)
