"""Deadlines from files, the way others ask for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Faden, lines

pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
TUESDAYS = {"tz": "UTC", "weekly_hours": {"tue": [["09:00", "17:00"]]}, "holidays": [], "special_hours": {}}
MAIL = {"t": "2026-11-23T08:00:00Z", "k": "in", "ch": "email"}


def written(folder: Path, *each: dict[str, Any]) -> Path:
    file = folder / "lines.jsonl"
    file.write_text("".join(f"{json.dumps(line)}\n" for line in each))
    return file


def test_business_time_is_added_and_measured(faden: Faden, folder: Path, database: str) -> None:
    add = {"id": "a", "op": "add", "start": "2026-11-24T16:00:00Z", "add_minutes": 60, **TUESDAYS}
    between = {"id": "b", "op": "between", "start": "2026-11-24T08:00:00Z", "end": "2026-11-24T10:30:00Z", **TUESDAYS}
    result = faden("sla", "hours", written(folder, add, between), "--json")
    assert result.exit_code == 0
    assert lines(result) == [
        {"id": "a", "due": "2026-11-24T17:00:00Z", "breach": "2026-12-01T09:00:00Z"},
        {"id": "b", "minutes": 90},
    ]


def test_a_refused_line_answers_with_its_reason(faden: Faden, folder: Path, database: str) -> None:
    wrong = {"id": "a", "op": "add", "start": "2026-11-24T16:00:00Z", "add_minutes": 60, **TUESDAYS, "weekly_hours": {}}
    result = faden("sla", "hours", written(folder, wrong), "--json")
    assert result.exit_code == 1
    assert set(lines(result)[0]) == {"id", "error"}


def test_a_line_that_is_no_json_is_refused(faden: Faden, folder: Path, database: str) -> None:
    (folder / "lines.jsonl").write_text("kein JSON\n")
    result = faden("sla", "hours", folder / "lines.jsonl")
    assert (result.exit_code, lines(result)[0]["id"]) == (1, None)


def test_a_file_that_is_no_text_is_wrong_usage(faden: Faden, folder: Path, database: str) -> None:
    (folder / "lines.jsonl").write_bytes(b"\xff\xfe\x00")
    assert faden("sla", "hours", folder / "lines.jsonl").exit_code == 2


def test_a_civil_deadline_moves_to_the_next_working_day(faden: Faden, folder: Path, database: str) -> None:
    line = {"received": "2025-06-07", "days": 14, "region": "DE-BY"}
    assert lines(faden("sla", "deadline", written(folder, line), "--json")) == [{**line, "last_day": "2025-06-23"}]


def test_a_ticket_is_replayed_with_the_installed_targets(faden: Faden, folder: Path, database: str) -> None:
    faden("db", "upgrade")
    result = faden(
        "sla", "replay", written(folder, {"id": "a", "now": "2026-11-23T09:00:00Z", "log": [MAIL]}), "--json"
    )
    (line,) = lines(result)
    assert line["id"] == "a"
    assert line["result"]["due"] == "2026-11-23T12:00:00Z"
    assert line["result"]["obligations"][0]["elapsed_min"] == 60


def test_an_answer_to_an_unknown_event_is_an_error(faden: Faden, folder: Path, database: str) -> None:
    faden("db", "upgrade")
    result = faden("sla", "replay", written(folder, {"id": "a", "log": [{**MAIL, "k": "sneeze"}]}), "--json")
    assert (result.exit_code, lines(result)[0]["id"]) == (1, "a")


def test_each_deadline_of_a_file_can_say_why(faden: Faden, folder: Path, database: str) -> None:
    faden("db", "upgrade")
    line = {
        "id": "a",
        "now": "2026-11-23T10:00:00Z",
        "log": [MAIL, {"k": "priority", "t": "2026-11-23T09:00:00Z", "to": "urgent"}],
    }
    result = faden("sla", "replay", written(folder, line), "--explain", "--json")
    told = lines(result)[0]["result"]["obligations"][0]["explanation"]
    assert "Gezählt: Mo., 23.11.: 09:00–10:15 = 1 Std. 15 Min.; zusammen 1 Std. 15 Min." in told
    assert "Am Mo., 23.11.2026, 10:00 Uhr von normal auf dringend." in told


@pytest.mark.corpus
def test_every_foreign_vector_is_answered_right(faden: Faden, corpus: Path, database: str) -> None:
    vectors = [json.loads(line) for line in (corpus / "sla" / "vectors.jsonl").read_text().splitlines()]
    answers = lines(faden("sla", "hours", corpus / "sla" / "vectors.jsonl", "--json"))
    wanted = [
        {"id": each["id"], "minutes": each["expect_minutes"]}
        if each["op"] == "between"
        else {"id": each["id"], "due": each["expect"], "breach": each["expect_breach"]}
        for each in vectors
    ]
    assert answers == wanted


@pytest.mark.corpus
def test_every_foreign_scenario_is_replayed_right(faden: Faden, corpus: Path, database: str) -> None:
    folder = corpus / "sla"
    answers = lines(faden("sla", "replay", folder / "scenarios.jsonl", "--setup", folder / "setup.json", "--json"))
    scenarios = [json.loads(line) for line in (folder / "scenarios.jsonl").read_text().splitlines()]
    assert answers == [{"id": each["id"], "result": each["expect"]} for each in scenarios]
