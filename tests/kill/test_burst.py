"""Webhooks in a flood, with whoever files them killed -9: the exact number is stored, and no ticket is there twice.

`BURST=10000 python -m pytest tests/kill/test_burst.py -s -o faulthandler_timeout=0` is the long run, with five kills.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import statistics
import sys
import urllib.request
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import clock
from app.db import db
from app.models import Conversation, Direction, Envelope, EnvelopeState, Event, Identity, Message, Obligation, Ticket
from app.signin import issue_token
from tests import world as cast
from tests.fixtures.browser import Start
from tests.fixtures.databases import SECRET_KEY
from tests.kill.burst import Burst, Told, calls, filed, messages, pending
from tests.runs import pages
from tests.servers.product import Product
from tests.waiting import until

pytestmark = pytest.mark.e2e
TOTAL = int(os.environ.get("BURST", "0")) or 1000
KILLS = 5 if "BURST" in os.environ else 2
PEOPLE = 200 if "BURST" in os.environ else 40
REPEATED, SWAPPED = 0.2, 0.1
SEED = int(os.environ.get("SEED", "0")) or secrets.randbelow(1_000_000)


def test_a_flood_is_filed_to_the_last_call_and_nothing_twice(
    app: Flask, start_product: Start, folder: Path, database: str
) -> None:
    sys.stdout.write(f"SEED={SEED}\n")
    chance = random.Random(SEED)
    (folder / "secret.key").write_text(SECRET_KEY)
    world = cast.build()
    page = pages.add(world.social)
    token = issue_token(world.ben.id, name="burst", at=cast.MONDAY_NINE)
    told = messages(round(TOTAL * (1 - REPEATED)), people=PEOPLE, until_at=clock.now())
    db.session.rollback()
    product = start_product(FADEN_LOG="warning")
    burst = Burst(product, page, calls(told, total=TOTAL, swapped=SWAPPED, chance=chance))
    assert len(burst.bodies) == TOTAL
    senders = burst.send()
    marks = [round(len(told) * (number + 0.5) / (KILLS + 1)) for number in range(KILLS)]
    in_flight = [burst.kill_listener(after=mark) for mark in marks]
    for sender in senders:
        sender.join(600)
    until(lambda: filed() >= len(told) and not pending(), within=600, what="every call being filed")
    check(told)
    check_order(told, product, token)
    waits = sorted(burst.took)
    sys.stdout.write(
        f"{TOTAL} calls on {database}, {len(told)} messages of {PEOPLE} people, {KILLS} kills, {sum(in_flight)} with "
        f"work in flight; answered in {statistics.median(waits) * 1000:.0f} ms, 95 % in "
        f"{waits[int(len(waits) * 0.95)] * 1000:.0f} ms; repeated after {Counter(burst.failures)}\n"
    )
    assert sum(in_flight) * 2 >= KILLS


def check(told: list[Told]) -> None:
    """Every message is there once, on the one conversation of its person, and every counter fits."""
    db.session.rollback()
    heard = [row.external_id for row in db.session.query(Message.external_id).filter(Message.direction == Direction.IN)]
    assert Counter(heard) == Counter(each.mid for each in told)
    assert db.session.query(Envelope).filter(Envelope.state != EnvelopeState.FILED).count() == 0
    assert db.session.query(Ticket).count() == db.session.query(Conversation).count() == PEOPLE
    assert db.session.query(Identity).count() == PEOPLE
    kinds = Counter(row.kind for row in db.session.query(Event.kind).filter(Event.message_id.is_not(None)))
    assert (kinds["opened"], kinds["received"]) == (PEOPLE, len(told) - PEOPLE)
    owed = Counter(row.message_id for row in db.session.query(Obligation.message_id))
    assert set(owed.values()) <= {1}
    assert cast.counters() == cast.counted()


def check_order(told: list[Told], product: Product, token: str) -> None:
    """Whoever reads a conversation reads it in the order of the platform's time."""
    said: dict[str, list[str]] = {}
    for each in told:
        said.setdefault(each.person, []).append(each.text)
    rows = db.session.query(Conversation.ticket_id, Identity.value).join(
        Identity, Identity.id == Conversation.identity_id
    )
    for number, person in rows:
        (conversation,) = asked(product, token, f"/api/v1/tickets/{number}")["conversations"]
        assert [each["text"] for each in conversation["messages"]] == said[person]
        assert all(a["sent_at"] <= b["sent_at"] for a, b in pairwise(conversation["messages"]))


def asked(product: Product, token: str, path: str) -> dict[str, Any]:
    request = urllib.request.Request(f"{product.url}{path}", headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - always http://
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        return dict(json.load(answer))
