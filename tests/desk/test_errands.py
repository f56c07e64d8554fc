"""What is asked of a platform after filing: once, with patience, and written down where people see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.db import db, transaction
from app.desk import channels, comparing, errands, fetched
from app.desk.errands import Task
from app.desk.intake import Filed
from app.desk.outbox import Enclosure
from app.models import Attachment, Customer, Errand, ErrandKind, ErrandState, Identity
from app.runs import comparing as runs
from channels.contract import Parent, RemoteAttachment
from tests.desk.voices import EVA, MINUTE, Page, comment, dm, events
from tests.world import MONDAY_NINE, message, ticket

PICTURE = RemoteAttachment(type="image", url="https://cdn.test/1.jpg")


def claimed() -> Task:
    """Take the one errand there is."""
    (errand_id,) = errands.waiting(at=MONDAY_NINE + 60 * MINUTE)
    task = errands.claim(errand_id, at=MONDAY_NINE + 60 * MINUTE)
    assert task is not None
    return task


def errand() -> Errand:
    db.session.expire_all()
    return db.session.scalars(select(Errand)).one()


def picture() -> Attachment:
    db.session.expire_all()
    return db.session.scalars(select(Attachment)).one()


def ask(page: Page, kind: ErrandKind, subject_id: int) -> None:
    with transaction() as afterwards:
        errands.ask(kind, channel_id=page.channel, subject_id=subject_id, at=MONDAY_NINE, afterwards=afterwards)


@pytest.fixture
def nameless(page: Page) -> Filed:
    return page.hear(dm(sender=replace(EVA, name="")))


def test_a_name_reaches_everything_that_shows_it(page: Page, nameless: Filed) -> None:
    task = claimed()
    assert task.handle == replace(EVA, name="")
    fetched.named(task, EVA, at=MONDAY_NINE)
    assert ticket(nameless.ticket_id).customer_name == "Eva Kundin"
    assert message(nameless.message_id).author_name == "Eva Kundin"
    assert db.session.scalars(select(Identity.name)).all() == ["Eva Kundin"]
    assert db.session.scalars(select(Customer.name)).all() == ["Eva Kundin"]
    assert (errand().state, events(nameless.ticket_id)) == (ErrandState.DONE, ["opened", "completed"])


def test_with_the_name_it_is_looked_anew_whose_matter_it_is(page: Page, nameless: Filed) -> None:
    runs.compare_new(at=MONDAY_NINE)
    assert comparing.uncompared() == []
    fetched.named(claimed(), EVA, at=MONDAY_NINE)
    assert comparing.uncompared() == [nameless.ticket_id]


def test_a_platform_that_tells_no_name_is_not_asked_again(page: Page, nameless: Filed) -> None:
    fetched.named(claimed(), None, at=MONDAY_NINE)
    page.hear(dm(sender=replace(EVA, name=""), sent_at=MONDAY_NINE + MINUTE))
    assert errand().state is ErrandState.DONE
    assert ticket(nameless.ticket_id).customer_name == "771"


def test_a_post_is_kept_with_the_message_that_answers_it(page: Page) -> None:
    filed = page.hear(comment(parent=Parent(external_id="p1")))
    task = claimed()
    assert task.external_id == "p1"
    fetched.parent_found(task, Parent(external_id="p1", text="Neue Lampen"), at=MONDAY_NINE)
    assert message(filed.message_id).details["parent"]["text"] == "Neue Lampen"


def test_a_post_that_is_gone_says_so(page: Page) -> None:
    filed = page.hear(comment(parent=Parent(external_id="p1", url="https://x.test/p1")))
    fetched.parent_found(claimed(), None, at=MONDAY_NINE)
    parent = message(filed.message_id).details["parent"]
    assert (parent["is_gone"], parent["url"]) == (True, "https://x.test/p1")


def test_a_file_is_complete_once_its_bytes_are_here(page: Page) -> None:
    filed = page.hear(dm(remote=(PICTURE,)))
    task = claimed()
    assert task.url == PICTURE.url
    fetched.file_fetched(task, Enclosure(name="1.jpg", type="image/jpeg", size=12, digest="d" * 64), at=MONDAY_NINE)
    file = picture()
    assert (file.name, file.type, file.size, file.digest) == ("1.jpg", "image/jpeg", 12, "d" * 64)
    assert events(filed.ticket_id) == ["opened", "completed"]


def test_a_file_that_is_gone_leaves_words(page: Page) -> None:
    page.hear(dm(remote=(PICTURE,)))
    fetched.file_fetched(claimed(), None, at=MONDAY_NINE)
    assert picture().fault_words == "Die Datei ist nicht mehr abrufbar."


def test_what_does_not_work_is_tried_again_later_and_given_up_in_the_end(page: Page) -> None:
    page.hear(dm(remote=(PICTURE,)))
    at = MONDAY_NINE
    for attempt in range(errands.PATIENCE):
        task = errands.claim(errand().id, at=at)
        assert task is not None
        fetched.gave_up(task, words="antwortet nicht", is_permanent=False, at=at)
        assert errands.claim(errand().id, at=at) is None, attempt
        at += timedelta(hours=2)
    assert errand().state is ErrandState.FAILED
    assert picture().fault_words == "Die Datei ließ sich nicht abrufen: antwortet nicht"
    assert errands.waiting(at=at + timedelta(days=9)) == []


def test_what_never_will_work_is_not_tried_again(page: Page) -> None:
    page.hear(dm(remote=(PICTURE,)))
    fetched.gave_up(claimed(), words="verboten", is_permanent=True, at=MONDAY_NINE)
    assert errand().state is ErrandState.FAILED


def test_an_errand_is_taken_once(page: Page, nameless: Filed) -> None:
    task = claimed()
    assert errands.claim(task.id, at=MONDAY_NINE) is None


def test_an_errand_whose_worker_died_is_queued_again(page: Page, nameless: Filed) -> None:
    claimed()
    errands.lose_track(lease=-60)
    assert errand().state is ErrandState.QUEUED


def test_a_paused_channel_is_asked_nothing(page: Page, nameless: Filed) -> None:
    channels.pause(page.channel, is_paused=True)
    assert errands.waiting(at=MONDAY_NINE) == []
    assert errands.claim(errand().id, at=MONDAY_NINE) is None


def test_a_comment_is_hidden_once_the_platform_has_said_so(page: Page) -> None:
    filed = page.hear(comment(external_id="c1"))
    ask(page, ErrandKind.HIDE, filed.message_id)
    assert message(filed.message_id).hidden_at is None
    task = claimed()
    assert task.external_id == "c1"
    fetched.moderated(task, at=MONDAY_NINE + MINUTE)
    assert message(filed.message_id).hidden_at == MONDAY_NINE + MINUTE
    assert events(filed.ticket_id) == ["opened", "hidden"]


def test_a_comment_can_be_shown_again_and_hidden_again(page: Page) -> None:
    filed = page.hear(comment())
    for kind in (ErrandKind.HIDE, ErrandKind.SHOW, ErrandKind.HIDE):
        ask(page, kind, filed.message_id)
        fetched.moderated(claimed(), at=MONDAY_NINE)
    assert events(filed.ticket_id) == ["opened", "hidden", "shown", "hidden"]


def test_of_two_wishes_about_one_comment_the_newest_is_fulfilled(page: Page) -> None:
    filed = page.hear(comment())
    ask(page, ErrandKind.HIDE, filed.message_id)
    running = claimed()
    ask(page, ErrandKind.SHOW, filed.message_id)
    fetched.moderated(running, at=MONDAY_NINE)
    assert (errand().kind, errand().state) == (ErrandKind.SHOW, ErrandState.QUEUED)


def test_a_comment_that_cannot_be_hidden_says_why(page: Page) -> None:
    filed = page.hear(comment())
    ask(page, ErrandKind.HIDE, filed.message_id)
    fetched.gave_up(claimed(), words="Das darf diese Seite nicht.", is_permanent=True, at=MONDAY_NINE)
    assert message(filed.message_id).hidden_at is None
    assert events(filed.ticket_id) == ["opened", "not_hidden"]
