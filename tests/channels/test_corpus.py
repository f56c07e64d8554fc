"""Real payloads that no one here wrote: every fact the manifest names is heard, and nothing raises."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels import registry
from channels.contract import Account, Unreadable
from channels.explain import body_of, explained

pytestmark = pytest.mark.corpus
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
KINDS = ("messenger", "x", "phone")
COUNTED = {"messenger": 19, "x": 13, "phone": 6}
"""Of phone, only sipgate is spoken."""
TYPES = {
    "ignore": set(),
    "comment": {"comment", "edit", "delete"},
    "review": {"post"},
    "dm": {"message"},
    "mention": {"post"},
    "newCall": {"call"},
    "policy-enforcement": {"policy"},
}
WHERE: dict[str, tuple[str, ...]] = {
    "direction": ("direction",),
    "text": ("text",),
    "mid": ("external_id",),
    "comment_id": ("external_id",),
    "id": ("external_id",),
    "dm_event_id": ("external_id",),
    "sender": ("sender.value",),
    "author": ("sender.value",),
    "author_name": ("sender.name",),
    "page": ("recipient.value", "sender.value"),
    "caller": ("sender.value",),
    "called": ("recipient.value",),
    "customer": ("recipient.value",),
    "users": ("details.users",),
    "state": ("details.state",),
    "cause": ("details.cause",),
    "mids": ("details.mids",),
    "watermark": ("details.watermark",),
}
"""Where a fact stands; one that is not named here stands somewhere in the details or the attachments."""
NOT_FOR_MACHINES = {"event", "rule", "response", "item", "kind", "deleted"}


@pytest.fixture
def records() -> list[dict[str, Any]]:
    folder = Path(__file__).parents[3] / "shared/data/channels"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here")
    lines = (folder / "manifest.jsonl").read_text(encoding="utf-8").splitlines()
    found = [json.loads(line) for line in lines]
    return [{**record, "path": folder / record["file"]} for record in found]


def of_kind(records: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    prefix = "phone/sipgate" if kind == "phone" else f"{kind}/"
    return [record for record in records if record["file"].startswith(prefix)]


def heard(kind: str, raw: bytes) -> list[dict[str, Any]]:
    connector = registry.build(Account(id=0, kind=kind, name=kind, address="", settings={}))
    try:
        return [explained(each) for each in connector.parse(body_of(raw), received_at=NOW)]
    except Unreadable:
        return []


def leaves(tree: Any) -> Iterator[str]:
    if isinstance(tree, dict | list):
        for each in tree.values() if isinstance(tree, dict) else tree:
            yield from leaves(each)
    else:
        yield str(tree)


def at(event: dict[str, Any], path: str) -> Any:
    found: Any = event
    for step in path.split("."):
        found = (found or {}).get(step)
    return found


def has(event: dict[str, Any], name: str, wanted: Any) -> bool:
    if name in {"ts_ms", "ts_s"}:
        instant = datetime.fromisoformat(event["sent_at"]).timestamp()
        return bool(abs(instant - wanted / (1000 if name == "ts_ms" else 1)) < 0.001)
    if name in WHERE:
        return any(at(event, path) == wanted for path in WHERE[name])
    return wanted is None or str(wanted) in set(leaves([event["details"], event["attachments"]]))


def misses(record: dict[str, Any], events: list[dict[str, Any]]) -> list[str]:
    """Return the facts that no single event has all at once; the best event counts."""
    wanted = record["must_extract"]
    types = TYPES.get(wanted.get("event", ""), {wanted["event"]} if "event" in wanted else None)
    if types == set():
        return [f"heard {event['type']} where there is nothing" for event in events]
    facts = {name: each for name, each in wanted.items() if name not in NOT_FOR_MACHINES}
    if types is None and not facts:
        return []
    candidates = [
        [f"type {event['type']}"] * (types is not None and event["type"] not in types)
        + [f"{name} {each!r}" for name, each in facts.items() if not has(event, name, each)]
        for event in events
    ]
    return min(candidates, key=len, default=["nothing was heard"])


@pytest.mark.parametrize("kind", KINDS)
def test_every_fact_of_a_real_payload_is_heard(records: list[dict[str, Any]], kind: str) -> None:
    chosen = of_kind(records, kind)
    assert len(chosen) >= COUNTED[kind], "the corpus got smaller"
    missed = {
        record["file"]: lines
        for record in chosen
        if (lines := misses(record, heard(kind, record["path"].read_bytes())))
    }
    for file, lines in missed.items():
        print(f"{file}: {'; '.join(lines)}")  # noqa: T201 - what is missed is what one wants to read
    assert missed == {}


@pytest.mark.parametrize("kind", KINDS)
def test_payloads_of_other_platforms_are_no_messages(records: list[dict[str, Any]], kind: str) -> None:
    own = {record["file"] for record in of_kind(records, kind)}
    related = {"messenger": ("instagram/", "others/facebook_")}.get(kind, ("-",))
    """Instagram shares the hooks of Messenger and speaks the same language."""
    heard_from = {
        record["file"]: [event["type"] for event in heard(kind, record["path"].read_bytes())]
        for record in records
        if record["file"] not in own and not record["file"].startswith(related)
    }
    assert {file: types for file, types in heard_from.items() if set(types) - {"unsupported", "account"}} == {}
