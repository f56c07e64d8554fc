"""Writing down what we aim for and in which hours; each change is a version, none is ever rewritten.

`put_…` works inside somebody else's transaction, `write_…` is the verb around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import db, once_more, transaction
from app.desk import reprojection
from app.desk.aims import BEGINNING
from app.desk.calendars import put_calendar, write_calendar
from app.desk.words import group_of, tag_of
from app.desk.written import Written, differing_from, named
from app.errors import NotFound, Refused
from app.models import HoldingMode, Ladder, Obligation, Policy, PolicyVersion
from sla.steps import StepsError, read_steps
from sla.targets import Kind, Priority

__all__ = [
    "end_policy",
    "move_policy",
    "put_calendar",
    "put_ladder",
    "put_policy",
    "write_calendar",
    "write_ladder",
    "write_policy",
]

_AGREED = (
    "position",
    "route",
    "team_id",
    "tag",
    "priority",
    "customer_group",
    "calendar_id",
    "targets",
    "holding",
    "promise_minutes",
    "counts_third",
    "ladder_id",
)
"""What a version of a policy says."""


@once_more
def write_policy(policy_id: int | None, *, at: datetime, **values: Any) -> int:
    """Write a policy, a new one for None; takes what `put_policy` takes. What is open keeps what it was promised."""
    with transaction():
        return put_policy(policy_id, at=at, **values).id


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a version of a policy says; a criterion of None means any."""

    route: str | None = None
    team_id: int | None = None
    tag: str | None = None
    priority: str | None = None
    customer_group: str | None = None
    calendar_id: int
    targets: Mapping[str, Mapping[str, int]]
    holding: HoldingMode | str = HoldingMode.OWN_CONVERSATION
    promise_minutes: int = 4 * 480
    counts_third: bool = True
    ladder_id: int | None = None

    def columns(self) -> dict[str, Any]:
        """Return it as the database keeps it, so that the same again compares as equal."""
        plain = {each.name: getattr(self, each.name) for each in fields(self)}
        return plain | {
            "route": self.route or None,
            "tag": tag_of(self.tag) if self.tag else None,
            "priority": self.priority or None,
            "customer_group": group_of(self.customer_group) if self.customer_group else None,
            "targets": self._written_targets(),
            "holding": HoldingMode(self.holding),
        }

    def _written_targets(self) -> dict[str, dict[str, int]]:
        """Leave out what was left empty; without a first answer, or without normal matters, it is no policy."""
        written = {kind: dict(minutes) for kind, minutes in self.targets.items() if minutes}
        if Kind.FIRST.value not in written:
            raise Refused("Bitte geben Sie an, wie lange das dauern darf.", field="targets")
        if any(Priority.NORMAL.value not in minutes for minutes in written.values()):
            raise Refused("Ohne Ziel für normale Anliegen gilt auch dieses nicht.", field="targets")
        return written


def put_policy(
    policy_id: int | None,
    *,
    name: str,
    position: int | None = None,
    valid_from: datetime | None = None,
    by_id: int | None = None,
    at: datetime,
    is_demo: bool = False,
    **agreed: Any,
) -> Written:
    """Write what a policy says for messages from an instant on, now where none is given; `agreed` fills `Agreed`.

    Until a message has started a clock nothing was promised to anybody: what is written by then holds from
    `BEGINNING`. Raises `Refused` for a name that is taken and for what would hold for the past.
    """
    row = named(Policy, policy_id, name)
    newest = _agreed_last(row) if row else None
    if position is None:
        position = newest.position if newest else _last_position() + 1
    wanted = {"position": position, **Agreed(**agreed).columns()}
    since = _since(newest, valid_from, at)
    if row and newest:
        differing = _changed(row, newest, {"name": name, **wanted})
        row.name = name
        if differing.keys() - {"name"}:
            _agree(row, wanted, valid_from=since, by_id=by_id, at=at)
        return Written(id=row.id, differing=differing)
    row = Policy(name=name, version=0, is_demo=is_demo)
    _agree(row, wanted, valid_from=since, by_id=by_id, at=at)
    return Written(id=row.id, is_new=True)


def _since(newest: PolicyVersion | None, valid_from: datetime | None, at: datetime) -> datetime:
    if valid_from is None:
        return at if db.session.scalar(select(Obligation.id).limit(1)) else BEGINNING
    if newest and valid_from < at and _is_used(newest.policy_id):
        raise Refused("Eine Fristregel kann nicht rückwirkend geändert werden.", field="valid_from")
    return valid_from


def _changed(row: Policy, newest: PolicyVersion, wanted: Mapping[str, Any]) -> dict[str, tuple[object, object]]:
    """Return what differs; a policy that had ended holds again."""
    differing = differing_from(newest, {key: wanted[key] for key in _AGREED})
    if newest.is_end:
        differing["ended_at"] = (row.ended_at.isoformat() if row.ended_at else None, None)
    return differing | differing_from(row, {"name": wanted["name"]})


def _is_used(policy_id: int) -> bool:
    used = select(Obligation.id).where(Obligation.policy_id == policy_id)
    return db.session.scalar(used.limit(1)) is not None


def _agree(row: Policy, agreed: Mapping[str, Any], *, valid_from: datetime, by_id: int | None, at: datetime) -> None:
    row.version += 1
    row.ended_at = None
    db.session.add(row)
    db.session.flush()
    made = {"valid_from": valid_from, "made_at": at, "made_by_id": by_id}
    db.session.add(PolicyVersion(policy_id=row.id, number=row.version, **agreed, **made))
    db.session.flush()


def _agreed_last(row: Policy) -> PolicyVersion | None:
    return db.session.scalars(
        select(PolicyVersion).where(PolicyVersion.policy_id == row.id, PolicyVersion.number == row.version)
    ).one_or_none()


def _last_position() -> int:
    """Return the position of the last policy, so that a new one stands behind it."""
    return max(db.session.scalars(select(PolicyVersion.position)), default=-1)


@once_more
def end_policy(policy_id: int, *, by_id: int | None, at: datetime) -> None:
    """Let a policy hold for no further message; what it opened keeps running. Written again, it holds again."""
    with transaction():
        row = named(Policy, policy_id, "")
        newest = _agreed_last(row) if row else None
        if row is None or newest is None or newest.is_end:
            return
        agreed = {key: getattr(newest, key) for key in _AGREED}
        _agree(row, {**agreed, "is_end": True}, valid_from=at, by_id=by_id, at=at)
        row.ended_at = at


@once_more
def move_policy(policy_id: int, *, up: bool, by_id: int | None, at: datetime) -> bool:
    """Change places with the next policy that has the same criteria: the others are never asked in its stead.

    False at the end of the list.
    """
    with transaction():
        rows = db.session.execute(
            select(Policy, PolicyVersion)
            .join(PolicyVersion, (PolicyVersion.policy_id == Policy.id) & (PolicyVersion.number == Policy.version))
            .where(Policy.ended_at.is_(None))
            .with_for_update(of=Policy)
        )
        last = {policy.id: (policy, newest) for policy, newest in rows}
        if policy_id not in last:
            raise NotFound("Diese Fristregel gibt es nicht.")
        asks = _criteria(last[policy_id][1])
        alike = sorted(
            (each for each in last.values() if _criteria(each[1]) == asks),
            key=lambda each: (each[1].position, each[1].id),
        )
        place = next(index for index, (policy, _) in enumerate(alike) if policy.id == policy_id)
        other = place - 1 if up else place + 1
        if not 0 <= other < len(alike):
            return False
        positions = _distinct(newest.position for _, newest in alike)
        alike[place], alike[other] = alike[other], alike[place]
        for position, (policy, newest) in zip(positions, alike, strict=True):
            if newest.position != position:
                agreed = {key: getattr(newest, key) for key in _AGREED}
                since = max(at, newest.valid_from)
                _agree(policy, {**agreed, "position": position}, valid_from=since, by_id=by_id, at=at)
    return True


def _criteria(version: PolicyVersion) -> tuple[bool, ...]:
    return tuple(getattr(version, key) is not None for key in ("customer_group", "tag", "team_id", "priority", "route"))


def _distinct(positions: Iterable[int]) -> list[int]:
    """Return ascending positions, each raised where it is no higher than the one before it."""
    found: list[int] = []
    for position in positions:
        found.append(max(position, found[-1] + 1) if found else position)
    return found


@once_more
def write_ladder(
    ladder_id: int | None, *, name: str, rungs: Sequence[Mapping[str, Any]], by_id: int | None = None, at: datetime
) -> int:
    """Write a ladder, a new one for None; takes what `put_ladder` takes."""
    with transaction():
        return put_ladder(ladder_id, name=name, rungs=rungs, by_id=by_id, at=at).id


def put_ladder(
    ladder_id: int | None,
    *,
    name: str,
    rungs: Sequence[Mapping[str, Any]],
    by_id: int | None = None,
    at: datetime,
    is_demo: bool = False,
) -> Written:
    """Write the rungs of a ladder, the lowest first; raises `Refused` for a name that is taken.

    Open clocks that have it climb the new one from where they stand, in the same commit.
    """
    try:
        read_steps(rungs)
    except StepsError as error:
        raise Refused("Diese Stufen gehen nicht: %(reason)s", field="rungs", reason=error) from error
    row = named(Ladder, ladder_id, name)
    is_new = row is None
    row = row or Ladder(name=name, rungs=[], version=0, is_demo=is_demo)
    differing = differing_from(row, {"name": name, "rungs": [dict(rung) for rung in rungs]})
    row.name = name
    if is_new or "rungs" in differing:
        row.rungs, row.version = [dict(rung) for rung in rungs], row.version + 1
        row.made_at, row.made_by_id = at, by_id
    db.session.add(row)
    db.session.flush()
    if not is_new and "rungs" in differing:
        reprojection.place_rungs(row.id, at=at)
    return Written(id=row.id, is_new=is_new, differing=differing)
