"""The foreign vectors: every line must come out right, and the lines are counted."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sla.civil import last_day
from sla.hours import BusinessHours

pytestmark = pytest.mark.corpus


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]


def answer(vector: dict[str, Any]) -> dict[str, Any]:
    pauses = [tuple(map(datetime.fromisoformat, pause)) for pause in vector["pauses"]]
    written = {name: vector[name] for name in ("tz", "weekly_hours", "holidays", "special_hours")}
    hours = BusinessHours.compile(**written, pauses=pauses)
    start = datetime.fromisoformat(vector["start"])
    if vector["op"] == "between":
        passed = hours.between(start, datetime.fromisoformat(vector["end"]))
        return {"expect_minutes": passed / timedelta(minutes=1)}
    within = timedelta(minutes=vector["add_minutes"])
    found = {"expect": hours.due(start, within), "expect_breach": hours.breach(start, within)}
    return {name: at.isoformat().replace("+00:00", "Z") for name, at in found.items()}


def test_every_vector_of_business_time_is_right(corpus: Path) -> None:
    vectors = lines(corpus / "sla" / "vectors.jsonl")
    wrong = [(vector["id"], found) for vector in vectors if not (found := answer(vector)).items() <= vector.items()]
    print(f"{len(vectors) - len(wrong)} of {len(vectors)} vectors right")  # noqa: T201
    assert len(vectors) >= 215
    assert wrong == []


def test_every_civil_deadline_is_right(corpus: Path) -> None:
    deadlines = lines(corpus / "sla" / "civil-deadlines.jsonl")
    wrong = [
        line
        for line in deadlines
        if last_day(date.fromisoformat(line["received"]), line["days"], line["region"]).isoformat() != line["last_day"]
    ]
    print(f"{len(deadlines) - len(wrong)} of {len(deadlines)} civil deadlines right")  # noqa: T201
    assert len(deadlines) >= 60
    assert wrong == []
