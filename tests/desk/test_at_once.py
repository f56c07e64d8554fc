"""Eight at once file what a platform delivers, twice and in any order: each message once, each person one ticket."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from flask import Flask

from app.db import db
from app.desk import early, intake, status
from channels.contract import Contact
from tests.desk.voices import EVA, MINUTE, Page, dm, messages, own_dm, tickets
from tests.world import MONDAY_NINE, counted, counters

PEOPLE, EACH = 5, 8
SEED = 20


def burst() -> list[Contact]:
    """Return what five people and we write, a fifth of it twice, shuffled."""
    people = [replace(EVA, value=f"8{number}") for number in range(PEOPLE)]
    heard: list[Contact] = []
    for person in people:
        heard += [dm(sender=person, sent_at=MONDAY_NINE + n * MINUTE) for n in range(EACH)]
        heard += [own_dm(to=person, sent_at=MONDAY_NINE + 30 * MINUTE)]
    shuffled = random.Random(SEED)
    heard += shuffled.sample(heard, len(heard) // 5)
    shuffled.shuffle(heard)
    return heard


def file_all(core: Flask, page: Page, heard: list[Contact]) -> None:
    def file(contact: Contact) -> None:
        with core.app_context():
            intake.receive(contact, channel_id=page.channel, envelope_id=None, at=contact.sent_at + timedelta(hours=2))
            db.session.remove()

    db.session.rollback()
    with ThreadPoolExecutor(8) as filers:
        list(filers.map(file, heard))


def test_people_we_meet_get_one_ticket_each(core: Flask, page: Page) -> None:
    file_all(core, page, burst())
    early.catch_up(at=MONDAY_NINE)
    assert len(messages()) == PEOPLE * (EACH + 1)
    assert len(tickets()) == PEOPLE
    assert counters() == counted()


def test_somebody_who_returns_after_long_gets_one_new_ticket(core: Flask, page: Page) -> None:
    first = page.hear(dm())
    status.resolve(first.ticket_id, by=page.world.ben, at=MONDAY_NINE)
    later = MONDAY_NINE + timedelta(days=30)
    file_all(core, page, [dm(sent_at=later + n * MINUTE) for n in range(8)])
    assert len(tickets()) == 2
    assert len(messages()) == 9
