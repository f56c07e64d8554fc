"""Hard mail that no one here wrote: nothing raises, and what is understood does not get less."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from channels.contract import Account, Unreadable
from channels.email.understand import contact, explain

pytestmark = pytest.mark.corpus
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
SHOP = Account(id=1, kind="email", name="E-Mail", address="support@shop.example", settings={})
RECORDS = 1184
WITHOUT_HEADERS = 5
FLOORS = {
    "from": 144, "from_name": 126, "to": 95, "subject": 163, "message_id": 45, "text": 136, "attachments": 62,
    "is_bounce": 518, "is_auto_reply": 7, "visible_text": 108,
}  # fmt: skip
"""How many fields are right at least; fields nobody's library reads (`hard`) do not count."""


def records(folder: Path) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield each record with its mail; bare bodies get the smallest mail around them."""
    for line in (folder / "open.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        raw = (folder / record["file"]).read_bytes()
        kind = {"reply-html": b"text/html", "tnef": b"application/ms-tnef"}.get(record["kind"], b"text/plain")
        head = b"From: a@kundin.example\nContent-Type: %s; charset=utf-8\n\n" % kind
        yield record, raw if record["kind"] == "mail" else head + raw


def bare(text: str | None) -> str:
    return "".join((text or "").split())


def right(record: dict[str, Any], found: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield each expected field and whether it came out right; texts are compared without white space."""
    expect = record["expect"]
    for name in ("message_id", "is_bounce", "is_auto_reply"):
        if name in expect:
            yield name, found[name] == expect[name]
    if "from" in expect:
        yield "from", found["from"] == (expect["from"] or "").lower()
    for name in ("from_name", "subject"):
        if name in expect:
            yield name, bare(found[name]) == bare(expect[name])
    if "to" in expect:
        yield "to", found["to"] == [each.lower() for each in expect["to"]]
    if "text_contains" in expect:
        yield "text", all(bare(each) in bare(found["text"]) for each in expect["text_contains"])
    if "visible_text" in expect:
        signature = found["signature"] if record.get("sig") == "kept" else ""
        yield "visible_text", bare(found["visible_text"] + signature) == bare(expect["visible_text"])
    if "attachments" in expect and record["kind"] == "mail":
        facts = ("name", "type", "size", "md5", "sha256")
        yield (
            "attachments",
            all(
                any(
                    all(each[fact] == wanted[fact] for fact in facts if fact in wanted) for each in found["attachments"]
                )
                for wanted in expect["attachments"]
            ),
        )


def test_hard_mail_is_read_as_well_as_before(corpus: Path) -> None:
    correct, asked, wrong = Counter[str](), Counter[str](), []
    for record, raw in records(corpus / "mail"):
        for name, is_right in right(record, explain(raw)):
            if name not in record.get("hard", ()):
                asked[name] += 1
                correct[name] += is_right
                wrong += [] if is_right else [f"{name} {record['file']}"]

    for name in FLOORS:
        print(f"{name}: {correct[name]} of {asked[name]} right")  # noqa: T201
    below = {name: correct[name] for name, floor in FLOORS.items() if correct[name] < floor}
    assert below == {}, "\n".join(each for each in wrong if each.split()[0] in below)


def test_no_mail_stops_the_intake(corpus: Path) -> None:
    refused = []
    count = 0
    for record, raw in records(corpus / "mail"):
        count += 1
        try:
            contact(raw, received_at=NOW, account=SHOP)
        except Unreadable:
            refused.append(record["file"])

    assert count == RECORDS
    assert len(refused) <= WITHOUT_HEADERS, refused
