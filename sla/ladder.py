"""One step of the ladder of escalation; how a ladder is read and climbed is in `sla.steps`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step at its instant: a share of the target, or "breach" from when on it is exceeded."""

    name: str
    at: datetime
