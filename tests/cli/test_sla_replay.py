"""Logs of matters, replayed: the examples of docs/sla-replay.md, the worked cases, and what nobody should write."""

from __future__ import annotations

import json
import re
from datetime import UTC
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from app.cli.sla_log import KINDS, SILENT
from app.cli.sla_replay import replayed
from app.cli.sla_setup import Setup
from tests.cli.conftest import Faden, lines
from tests.sla.calendars import berlin

PAGE = (Path(__file__).parents[2] / "docs" / "sla-replay.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```json (line|answer|setup)\n(.*?)```", re.DOTALL)
BLOCKS = [(kind, json.loads(text)) for kind, text in BLOCK.findall(PAGE)]
SETUP = next(block for kind, block in BLOCKS if kind == "setup")
EXAMPLES = [
    pytest.param(line, answer, id=line["id"]) for (kind, line), (_, answer) in pairwise(BLOCKS) if kind == "line"
]
Entry = dict[str, Any]


def utc(written: str) -> str:
    """Read a local time of Berlin and spell it as an instant."""
    return berlin(written).isoformat()


def at(written: str, kind: str, **more: Any) -> Entry:
    return {"t": utc(written), "k": kind, **more}


def replay(*log: Entry, now: str | None = None, **options: Any) -> Any:
    line = {"id": "x", "log": list(log), "options": options, "now": utc(now) if now else None}
    return replayed(line, Setup(SETUP))


def local(written: str) -> str:
    """Spell a local time of Berlin as answers do."""
    return berlin(written).astimezone(UTC).isoformat().replace("+00:00", "Z")


def is_within(wanted: Any, found: Any) -> bool:
    """Say whether everything that is wanted stands in what was found; lists are of equal length."""
    if isinstance(wanted, dict):
        return isinstance(found, dict) and all(
            name in found and is_within(wanted[name], found[name]) for name in wanted
        )
    if isinstance(wanted, list):
        return len(wanted) == len(found) and all(map(is_within, wanted, found))
    return bool(wanted == found)


@pytest.mark.parametrize(("line", "answer"), EXAMPLES)
def test_the_page_about_it_tells_the_truth(line: Entry, answer: Entry) -> None:
    found = replayed(line, Setup(SETUP))
    assert is_within(answer, found), found


def test_every_event_is_on_the_page() -> None:
    missing = [kind for kind in {*KINDS, *SILENT} if f"`{kind}`" not in PAGE]
    assert missing == []


MAIL = at("2025-06-03 09:00", "in", ch="email")


@pytest.mark.parametrize(
    ("log", "due"),
    [
        pytest.param([MAIL, at("2025-06-03 11:00", "priority", to="urgent")], "2025-06-03 11:15", id="W12"),
        pytest.param([MAIL, at("2025-06-03 12:55", "priority", to="urgent")], "2025-06-03 13:00", id="W12b"),
        pytest.param([MAIL, at("2025-06-03 09:20", "priority", to="urgent")], "2025-06-03 10:00", id="W13"),
        pytest.param(
            [
                at("2025-06-03 09:00", "priority", to="urgent"),
                MAIL,
                at("2025-06-03 09:20", "priority", to="normal"),
            ],
            "2025-06-03 13:00",
            id="W13b",
        ),
    ],
)
def test_a_priority_never_turns_a_clock_red(log: list[Entry], due: str) -> None:
    assert replay(*log)["due"] == local(due)


@pytest.mark.parametrize(
    ("minutes", "log", "due"),
    [
        pytest.param(
            960,
            [
                at("2025-06-02 09:00", "in", ch="email"),
                at("2025-06-02 12:00", "state", to="waiting_customer"),
                at("2025-06-04 10:30", "state", to="open"),
            ],
            "2025-06-05 15:30",
            id="R1",
        ),
        pytest.param(
            480,
            [
                at("2025-06-05 15:00", "in", ch="email"),
                at("2025-06-05 16:00", "state", to="waiting_customer"),
                at("2025-06-07 11:00", "in", ch="email"),
            ],
            "2025-06-10 16:00",
            id="R2",
        ),
        pytest.param(
            480,
            [
                at("2025-10-24 15:00", "in", ch="email"),
                at("2025-10-24 16:30", "state", to="waiting_customer"),
                at("2025-10-26 01:30", "in", ch="email"),
            ],
            "2025-10-27 15:30",
            id="R3",
        ),
    ],
)
def test_the_customer_s_time_does_not_count_for_the_resolution(minutes: int, log: list[Entry], due: str) -> None:
    found = replay(*log, resolution={"calendar": "care", "minutes": minutes})
    assert found["resolution"]["due"] == local(due)


def test_a_hand_over_touches_no_clock_of_the_customer() -> None:
    teams = {"care": {"calendar": "care", "accept": 30, "work": 240}}
    asked, given = at("2025-06-03 17:30", "in", ch="messenger"), at("2025-06-03 17:40", "handoff", team="care")
    found = replay(asked, given, teams=teams)
    (handover,) = found["handovers"]
    assert found["due"] == local("2025-06-03 18:00")
    assert (handover["ball"], handover["acceptance"]["due"]) == ("giver", local("2025-06-04 09:30"))
    assert handover["work"]["due"] == local("2025-06-04 13:00")
    assert found["obligations"] == replay(asked, at("2025-06-03 17:40", "note"))["obligations"]


def test_the_work_counts_from_the_hand_over_and_ends_with_the_answer() -> None:
    log = [
        at("2025-06-06 13:00", "in", ch="email"),
        at("2025-06-06 14:00", "handoff", team="care"),
        at("2025-06-06 14:10", "accept", team="care"),
    ]
    (handover,) = replay(*log)["handovers"]
    assert (handover["state"], handover["ball"]) == ("accepted", "receiver")
    assert (handover["acceptance"]["verdict"], handover["acceptance"]["elapsed_min"]) == ("met", 10)
    assert [handover["work"][name] for name in ("due", "warn50", "warn75", "warn90")] == [
        local(each) for each in ("2025-06-10 10:00", "2025-06-06 16:00", "2025-06-06 17:00", "2025-06-10 09:36")
    ]
    (handover,) = replay(*log, at("2025-06-10 10:30", "out", ch="email", cls="substantive"))["handovers"]
    assert (handover["work"]["state"], handover["work"]["verdict"]) == ("met", "breached")


def test_a_hand_over_is_declined_or_goes_back_by_itself() -> None:
    given = [at("2025-06-03 09:00", "in", ch="email"), at("2025-06-03 10:00", "handoff", team="care")]
    (declined,) = replay(*given, at("2025-06-03 10:05", "decline"))["handovers"]
    teams = {"care": {"calendar": "care", "return": 60}}
    (returned,) = replay(*given, now="2025-06-03 11:01", teams=teams)["handovers"]
    assert (declined["state"], declined["ball"], declined["work"]["state"]) == ("declined", "giver", "waived")
    assert (returned["state"], returned["ball"], returned["acceptance"]["state"]) == ("returned", "giver", "waived")


def test_the_customer_hears_from_us_again() -> None:
    update = {"calendar": "care", "minutes": 480}
    first = [at("2025-06-03 09:00", "in", ch="public"), at("2025-06-03 10:12", "out", ch="public", cls="holding")]
    again = at("2025-06-05 16:30", "out", ch="public", cls="holding")
    assert replay(*first, update=update)["update"]["due"] == local("2025-06-04 10:12")
    assert replay(*first, again, update=update)["update"]["due"] == local("2025-06-06 16:30")


def test_a_lead_is_told_again_in_their_own_hours() -> None:
    found = replay(at("2025-06-06 13:00", "in", ch="email"), repeat={"calendar": "care", "every": 240, "most": 3})
    wanted = [local(each) for each in ("2025-06-10 09:00", "2025-06-10 13:00", "2025-06-10 17:00")]
    assert found["obligations"][0]["told"] == wanted


def test_joining_shows_the_earliest_and_parting_restores_both() -> None:
    log = [
        at("2025-06-03 09:00", "in", ch="email", ticket="A"),
        at("2025-06-03 11:00", "in", ch="public", ticket="B"),
        at("2025-06-03 11:05", "link", ticket="A", into="B"),
    ]
    joined, parted = replay(*log)["tickets"], replay(*log, at("2025-06-03 11:06", "unlink", ticket="A"))["tickets"]
    assert joined["B"]["due"] == local("2025-06-03 12:00")
    assert joined["B"]["oldest_unanswered_since"] == local("2025-06-03 09:00")
    assert [parted[name]["due"] for name in "AB"] == [local("2025-06-03 13:00"), local("2025-06-03 12:00")]


def test_two_conversations_of_one_channel_are_held_by_themselves() -> None:
    found = replay(
        at("2025-06-03 09:00", "in", ch="messenger", conv="eva"),
        at("2025-06-03 09:00", "in", ch="messenger", conv="page"),
        at("2025-06-03 09:10", "out", ch="messenger", conv="eva", cls="holding", promise=utc("2025-06-03 12:00")),
    )
    assert [(each["conversation"], each["state"]) for each in found["obligations"]] == [
        ("eva", "met"),
        ("page", "open"),
    ]


def test_what_rests_is_not_due_and_what_passes_meanwhile_does_not_count() -> None:
    paused = [MAIL, at("2025-06-03 10:00", "pause")]
    assert replay(*paused)["due"] is None
    assert replay(*paused, now="2025-06-05 12:00")["obligations"][0]["elapsed_min"] == 60
    resumed = replay(*paused, at("2025-06-04 10:00", "resume"))
    assert resumed["due"] == local("2025-06-04 13:00")


def test_a_message_and_a_state_of_one_instant_count_in_this_order() -> None:
    found = replay(
        MAIL,
        at("2025-06-03 10:00", "state", to="solved"),
        at("2025-06-03 10:00", "out", ch="email", cls="substantive"),
    )
    assert [each["state"] for each in found["obligations"]] == ["met"]


def test_what_was_not_here_yet_was_not_answered() -> None:
    late = {"t": utc("2025-06-03 09:10"), "k": "in", "ch": "email", "known": utc("2025-06-03 09:40")}
    found = replay(MAIL, late, at("2025-06-03 09:30", "out", ch="email", cls="substantive"))
    assert [each["state"] for each in found["obligations"]] == ["met", "open"]


WRONG: list[Any] = [
    {},
    {"log": None},
    {"log": "in"},
    {"log": [1]},
    {"log": [{}]},
    {"log": []},
    {"log": [{"t": "2025-06-03", "k": "in", "ch": "email"}]},
    {"log": [{"t": 5, "k": "in", "ch": "email"}]},
    {"log": [{"t": "0001-01-01T00:00:00+14:00", "k": "in", "ch": "email"}]},
    {"log": [{"t": "9999-12-31T23:00:00Z", "k": "in", "ch": "email"}]},
    {"log": [{**MAIL, "k": "sneeze"}]},
    {"log": [{**MAIL, "k": ["in"]}]},
    {"log": [{**MAIL, "ch": "pigeon"}]},
    {"log": [{**MAIL, "ch": None}]},
    {"log": [{**MAIL, "conv": 7}]},
    {"log": [{**MAIL, "ticket": {}}]},
    {"log": [{**MAIL, "known": utc("2025-06-03 08:00")}]},
    {"log": [{**MAIL, "k": "out"}]},
    {"log": [{**MAIL, "k": "out", "cls": "loud"}]},
    {"log": [{**MAIL, "k": "call", "outcome": "reached"}]},
    {"log": [{**MAIL, "k": "call", "outcome": "late", "direction": "in"}]},
    {"log": [{**MAIL, "k": "priority", "to": 3}]},
    {"log": [{**MAIL, "k": "state", "to": "asleep"}]},
    {"log": [{**MAIL, "k": "join", "ticket": "A", "into": "A"}]},
    {"log": [MAIL, {**MAIL, "k": "accept"}]},
    {"log": [{**MAIL, "k": "handoff", "team": "nobody"}]},
    {"log": [{**MAIL, "k": "handoff"}]},
    {"log": [MAIL], "options": 5},
    {"log": [MAIL], "options": {"holding": "perhaps"}},
    {"log": [MAIL], "options": {"resolution": {"calendar": "moon", "minutes": 5}}},
    {"log": [MAIL], "options": {"resolution": {"calendar": "care", "minutes": 1e308}}},
    {"log": [MAIL], "options": {"resolution": {"calendar": "care", "minutes": float("nan")}}},
    {"log": [MAIL], "options": {"resolution": {"calendar": "care", "minutes": True}}},
    {"log": [MAIL], "options": {"repeat": {"calendar": "care", "every": 1, "most": 10**9}}},
    {"log": [MAIL], "now": "tomorrow"},
    {"log": [MAIL], "now": "9999-12-31T23:59:59Z"},
]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_every_wrong_line_is_refused_and_the_others_are_answered(faden: Faden, folder: Path, database: str) -> None:
    good = {"id": "good", "log": [MAIL]}
    written = [json.dumps({"id": number, **line}) for number, line in enumerate(WRONG)]
    odd = ["kein JSON", "[]", "7", "null", "[" * 5000, '{"id": 1e999, "log": {}}']
    (folder / "lines.jsonl").write_text("\n".join([*written, *odd, json.dumps(good)]))
    (folder / "setup.json").write_text(json.dumps(SETUP))
    result = faden("sla", "replay", folder / "lines.jsonl", "--setup", folder / "setup.json", "--json")
    assert result.exit_code == 1
    *refused, answered = lines(result)
    assert [each for each in refused if set(each) != {"id", "error"}] == []
    assert [each["id"] for each in refused[: len(WRONG)]] == list(range(len(WRONG)))
    assert len(refused) == len(WRONG) + len(odd)
    assert answered["result"]["due"] == local("2025-06-03 13:00")


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
@pytest.mark.parametrize("text", ["kein JSON", "[]", "{}", '{"calendars": 5}', "[" * 5000])
def test_a_setup_that_cannot_be_right_is_wrong_usage(faden: Faden, folder: Path, database: str, text: str) -> None:
    (folder / "lines.jsonl").write_text(json.dumps({"id": "a", "log": [MAIL]}))
    (folder / "setup.json").write_text(text)
    assert faden("sla", "replay", folder / "lines.jsonl", "--setup", folder / "setup.json").exit_code == 2


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_an_explanation_is_given_on_request(faden: Faden, folder: Path, database: str) -> None:
    (folder / "lines.jsonl").write_text(json.dumps({"id": "a", "log": [MAIL]}))
    (folder / "setup.json").write_text(json.dumps(SETUP))
    asked = ["sla", "replay", folder / "lines.jsonl", "--setup", folder / "setup.json"]
    (plain,), (told_,) = lines(faden(*asked)), lines(faden(*asked, "--explain"))
    explanation = told_["result"]["obligations"][0].pop("explanation")
    assert "13:00" in explanation
    assert told_ == plain
