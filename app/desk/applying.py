"""One run over a file that declares the shop: what it changes, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.db import Base, db
from app.desk.written import Written
from app.models import Team


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of the difference; a new entry has no `field`."""

    section: str
    name: str
    field: str = ""
    before: object = None
    after: object = None

    def __str__(self) -> str:
        if not self.field:
            return f"+ {self.section}: {self.name}"
        return f"~ {self.section}: {self.name}: {self.field}: {self.before!r} -> {self.after!r}"


@dataclass(slots=True, kw_only=True)
class Applying:
    """One run over a file."""

    at: datetime
    is_demo: bool
    changes: list[Change] = field(default_factory=list)

    def fit(self, row: Base, section: str, name: str, wanted: Mapping[str, Any], *, is_new: bool) -> bool:
        """Make the row's fields as they are wanted and note each difference; True if there was one."""
        differing = {key: value for key, value in wanted.items() if getattr(row, key) != value}
        if is_new:
            self.changes.append(Change(section=section, name=name))
        else:
            self.changes += [
                Change(section=section, name=name, field=key, before=getattr(row, key), after=value)
                for key, value in differing.items()
            ]
        for key, value in differing.items():
            setattr(row, key, value)
        if is_new:
            db.session.add(row)
        db.session.flush()
        return bool(differing)

    def note(self, section: str, name: str, written: Written) -> None:
        """Take over what a writer says has changed."""
        if written.is_new:
            self.changes.append(Change(section=section, name=name))
            return
        self.changes += [
            Change(section=section, name=name, field=key, before=before, after=after)
            for key, (before, after) in written.differing.items()
        ]


def team_id(name: str | None) -> int | None:
    """Return the id of a team; raises `LookupError` where there is none of this name."""
    if name is None:
        return None
    found = db.session.scalar(select(Team.id).where(Team.name == name))
    if found is None:
        raise LookupError(f"team: there is no team {name!r}")
    return found
