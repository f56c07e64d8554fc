"""The calls of a platform that follow from filing, against the emulated page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import select

from app import blobs, clock
from app.db import db, transaction
from app.desk import channels, errands
from app.models import Attachment, Errand, ErrandKind, ErrandState
from app.runs import errands as running
from channels.contract import Parent, RemoteAttachment
from tests import world as cast
from tests.desk import voices
from tests.desk.voices import EVA, Page, comment, dm
from tests.emulators.graph import APP_SECRET, PAGE_TOKEN, VERIFY_TOKEN, GraphEmulator
from tests.world import message, ticket


@pytest.fixture
def facebook() -> Iterator[GraphEmulator]:
    emulator = GraphEmulator(page=voices.PAGE, app_id="1")
    emulator.start()
    yield emulator
    emulator.stop()


@pytest.fixture
def page(core: Flask, facebook: GraphEmulator) -> Page:
    """The page in the shop, set up for the emulator."""
    world = cast.build()
    channel = channels.add(
        "messenger",
        name="Seite",
        address=voices.PAGE,
        settings={"app_id": "1", "api_base": facebook.url},
        secrets={"app_secret": APP_SECRET, "verify_token": VERIFY_TOKEN, "page_token": PAGE_TOKEN},
        team_id=world.social,
    )
    return Page(world=world, channel=channel)


def run_all() -> None:
    for errand_id in errands.waiting(at=clock.now()):
        running.run(errand_id)
    db.session.expire_all()


def only(kind: ErrandKind) -> Errand:
    return db.session.scalars(select(Errand).where(Errand.kind == kind)).one()


def test_a_name_is_asked_of_the_platform(page: Page, facebook: GraphEmulator) -> None:
    facebook.customer_writes(EVA.value, "Hallo", name="Eva Kundin")
    filed = page.hear(dm(sender=replace(EVA, name="")))
    run_all()
    assert ticket(filed.ticket_id).customer_name == "Eva Kundin"


def test_a_post_is_fetched_for_the_comment_under_it(page: Page, facebook: GraphEmulator) -> None:
    post = facebook.posts("551", "Neue Lampen sind da.")
    filed = page.hear(comment(parent=Parent(external_id=post)))
    run_all()
    assert message(filed.message_id).details["parent"]["text"] == "Neue Lampen sind da."


def test_a_file_is_fetched_into_the_store(page: Page, facebook: GraphEmulator, core: Flask) -> None:
    url = facebook.keep("lampe.jpg", b"ein Bild", "image/jpeg")
    page.hear(dm(remote=(RemoteAttachment(type="image", url=url),)))
    run_all()
    file = db.session.scalars(select(Attachment)).one()
    assert (file.type, file.size, file.fault_words) == ("image/jpeg", 8, "")
    assert blobs.at(core.config["FADEN"].blobs_url).get(file.digest) == b"ein Bild"


def test_a_file_that_is_gone_says_so(page: Page, facebook: GraphEmulator) -> None:
    page.hear(dm(remote=(RemoteAttachment(type="image", url=f"{facebook.url}/files/weg.jpg"),)))
    run_all()
    assert db.session.scalars(select(Attachment.fault_words)).one() == "Die Datei ist nicht mehr abrufbar."


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/geheim", "https://127.0.0.1:9/geheim", "file:///etc/passwd"])
def test_no_file_is_fetched_from_inside_our_own_net(page: Page, url: str) -> None:
    page.hear(dm(remote=(RemoteAttachment(type="image", url=url),)))
    run_all()
    assert only(ErrandKind.MEDIA).state is ErrandState.FAILED
    assert db.session.scalars(select(Attachment.digest)).one() == ""


def test_a_comment_is_hidden_on_the_platform(page: Page, facebook: GraphEmulator) -> None:
    id_ = facebook.comments("551", "Unfug")
    filed = page.hear(comment(external_id=id_))
    with transaction() as afterwards:
        errands.ask(
            ErrandKind.HIDE,
            channel_id=page.channel,
            subject_id=filed.message_id,
            at=clock.now(),
            afterwards=afterwards,
        )
    run_all()
    assert facebook.public[id_].is_hidden
    assert message(filed.message_id).hidden_at is not None


def refused(facebook: GraphEmulator) -> None:
    facebook.refuses_next(2)


def gone(facebook: GraphEmulator) -> None:
    facebook.stop()


@pytest.mark.parametrize("trouble", [refused, gone])
def test_a_platform_in_trouble_is_asked_again_later(
    page: Page, facebook: GraphEmulator, trouble: Callable[[GraphEmulator], None]
) -> None:
    page.hear(dm(sender=replace(EVA, name="")))
    trouble(facebook)
    run_all()
    errand = only(ErrandKind.PROFILE)
    assert (errand.state, errand.attempts) == (ErrandState.QUEUED, 1)
    assert errand.retry_at is not None
    assert errand.fault_words


def test_a_platform_that_cannot_be_asked_closes_the_errand(page: Page) -> None:
    mail = replace(page, channel=page.world.channel)
    mail.hear(dm(sender=replace(EVA, name="")))
    run_all()
    assert only(ErrandKind.PROFILE).state is ErrandState.DONE
