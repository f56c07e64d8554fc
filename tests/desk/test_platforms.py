"""What a message or a comment on a platform becomes: its ticket, its clock, what it is remembered with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.db import db
from app.desk import status
from app.desk.intake import Outcome
from app.models import (
    Attachment,
    Conversation,
    Direction,
    Errand,
    ErrandKind,
    Message,
    MessageClass,
    MessageKind,
    Publicity,
    TicketState,
)
from channels.contract import ContactType, Handle, Parent, RemoteAttachment
from tests.desk.voices import (
    EVA,
    EVA_IN_PUBLIC,
    MINUTE,
    OTTO,
    OTTO_IN_PUBLIC,
    Page,
    comment,
    dm,
    events,
    messages,
    own_dm,
    tickets,
)
from tests.world import HOUR, MONDAY_NINE, conversation_of, counted, counters, message, obligations, ticket

KINDS = [
    (ContactType.MESSAGE, MessageKind.MESSAGE),
    (ContactType.COMMENT, MessageKind.COMMENT),
    (ContactType.POST, MessageKind.POST),
    (ContactType.POSTBACK, MessageKind.POSTBACK),
    (ContactType.UNKNOWN, MessageKind.UNKNOWN),
]


def conversation(filed_in: int) -> Conversation:
    db.session.expire_all()
    return db.session.get_one(Conversation, filed_in)


def asked() -> list[tuple[ErrandKind, int]]:
    return [(errand.kind, errand.subject_id) for errand in db.session.query(Errand).order_by(Errand.id)]


def test_a_private_message_opens_a_ticket_with_its_clock(page: Page) -> None:
    filed = page.hear(dm())
    opened = ticket(filed.ticket_id)
    assert (opened.state, opened.team_id, opened.customer_name) == (TicketState.OPEN, page.world.social, "Eva Kundin")
    assert (opened.due_at, opened.publicity, opened.channel_kind) == (MONDAY_NINE + HOUR, None, "messenger")
    assert (opened.subject, events(opened.id)) == ("Wann kommt meine Lampe?", ["opened"])
    assert counters() == counted()


def test_a_comment_is_public_from_its_message_to_its_ticket(page: Page) -> None:
    filed = page.hear(comment())
    assert ticket(filed.ticket_id).publicity is Publicity.PUBLIC
    assert ticket(filed.ticket_id).due_at == MONDAY_NINE + 2 * HOUR
    assert message(filed.message_id).is_public
    assert conversation(conversation_of(filed)).is_public


@pytest.mark.parametrize(("type_", "kind"), KINDS)
def test_every_type_of_contact_is_filed_as_what_it_is_and_owed_an_answer(
    page: Page, type_: ContactType, kind: MessageKind
) -> None:
    filed = page.hear(dm(type=type_, text=""))
    assert message(filed.message_id).kind is kind
    assert len(obligations(filed.ticket_id)) == 1


def test_no_platform_gets_a_receipt(page: Page) -> None:
    page.hear(dm())
    page.hear(comment())
    assert not db.session.query(Message).filter(Message.message_class == MessageClass.AUTO).count()


def test_a_further_message_continues_the_thread_and_its_facts(page: Page) -> None:
    first = page.hear(dm(details={"a": 1}))
    second = page.hear(dm(sent_at=MONDAY_NINE + HOUR, details={"b": 2}))
    assert (second.ticket_id, conversation_of(second)) == (first.ticket_id, conversation_of(first))
    thread = conversation(conversation_of(first))
    assert (thread.heard_at, thread.details) == (MONDAY_NINE + HOUR, {"b": 2})
    assert message(first.message_id).details == {"a": 1}


def test_a_late_message_moves_neither_the_window_nor_the_preview_back(page: Page) -> None:
    first = page.hear(dm(text="neu", details={"b": 2}))
    page.hear(dm(text="alt", sent_at=MONDAY_NINE - HOUR, details={"a": 1}))
    thread = conversation(conversation_of(first))
    assert (thread.heard_at, thread.details) == (MONDAY_NINE, {"b": 2})
    assert ticket(first.ticket_id).preview == "neu"
    assert [each.text for each in messages()] == ["alt", "neu"]


def test_the_same_message_is_filed_once(page: Page) -> None:
    heard = dm()
    first, second = page.hear(heard), page.hear(replace(heard, text="anders"))
    assert (second.outcome, second.ticket_id, second.message_id) == (
        Outcome.DUPLICATE,
        first.ticket_id,
        first.message_id,
    )


def test_two_people_never_share_a_private_thread(page: Page) -> None:
    first, second = page.hear(dm()), page.hear(dm(sender=OTTO))
    assert first.ticket_id != second.ticket_id


def test_the_same_number_on_two_pages_is_two_people(page: Page) -> None:
    page.hear(dm())
    page.hear(dm(sender=replace(EVA, scope="900200"), conversation_key="anders"))
    assert len({each.customer_id for each in tickets()}) == 2


def test_a_reply_under_a_comment_lies_with_it_whoever_wrote_it(page: Page) -> None:
    first = page.hear(comment(external_id="c1"))
    second = page.hear(
        comment(sender=OTTO_IN_PUBLIC, replies_to=("c1",), conversation_key="c1", sent_at=MONDAY_NINE + MINUTE)
    )
    assert second.ticket_id == first.ticket_id
    assert len(obligations(first.ticket_id)) == 2


def test_two_people_in_one_public_thread_have_a_matter_each_where_neither_answers_the_other(page: Page) -> None:
    first = page.hear(comment(conversation_key="t1"))
    second = page.hear(comment(conversation_key="t1", sender=OTTO_IN_PUBLIC))
    assert first.ticket_id != second.ticket_id


def test_a_private_message_never_continues_a_public_thread(page: Page) -> None:
    first = page.hear(comment(external_id="c1"))
    second = page.hear(dm(replies_to=("c1",), conversation_key="c1"))
    assert second.ticket_id != first.ticket_id
    assert not message(second.message_id).is_public


def test_a_reply_that_comes_before_its_comment_meets_it_in_their_thread(page: Page) -> None:
    second = page.hear(comment(external_id="c2", replies_to=("c1",), conversation_key="c1", sent_at=MONDAY_NINE))
    first = page.hear(comment(external_id="c1", sent_at=MONDAY_NINE - MINUTE))
    assert first.ticket_id == second.ticket_id


def test_a_reply_of_somebody_else_that_comes_before_its_comment_shares_its_ticket(page: Page) -> None:
    second = page.hear(comment(sender=OTTO_IN_PUBLIC, replies_to=("c1",), conversation_key="c1", sent_at=MONDAY_NINE))
    first = page.hear(comment(external_id="c1", sent_at=MONDAY_NINE - MINUTE))
    assert first.ticket_id == second.ticket_id


def test_a_resolved_ticket_opens_again_within_a_fortnight(page: Page) -> None:
    first = page.hear(dm())
    status.resolve(first.ticket_id, by=page.world.ben, at=MONDAY_NINE + HOUR)
    second = page.hear(dm(sent_at=MONDAY_NINE + timedelta(days=13)))
    assert second.ticket_id == first.ticket_id
    assert ticket(first.ticket_id).state is TicketState.OPEN


def test_after_a_fortnight_the_same_thread_is_a_new_matter(page: Page) -> None:
    first = page.hear(dm(external_id="m1"))
    status.resolve(first.ticket_id, by=page.world.ben, at=MONDAY_NINE + HOUR)
    later = MONDAY_NINE + timedelta(days=15)
    second = page.hear(dm(sent_at=later, replies_to=("m1",)))
    third = page.hear(dm(sent_at=later + HOUR, replies_to=("m1",)))
    assert second.ticket_id == third.ticket_id != first.ticket_id
    assert ticket(first.ticket_id).state is TicketState.RESOLVED


def test_an_automatic_message_starts_no_clock(page: Page) -> None:
    filed = page.hear(dm(is_automatic=True))
    assert obligations(filed.ticket_id) == []


def test_a_hit_of_listening_is_overheard_and_owed_an_answer_in_public(page: Page) -> None:
    filed = page.hear(comment(listening_term="Nordlicht", type=ContactType.POST))
    assert ticket(filed.ticket_id).publicity is Publicity.OVERHEARD
    assert message(filed.message_id).details["term"] == "Nordlicht"
    assert [each.route for each in obligations(filed.ticket_id)] == ["public"]


def test_a_message_remembers_what_it_answers_and_what_was_odd_about_it(page: Page) -> None:
    parent = Parent(
        external_id="p1", author=EVA_IN_PUBLIC, text="Neue Lampen", sent_at=MONDAY_NINE, url="https://x.test/1"
    )
    filed = page.hear(comment(parent=parent, is_standby=True, warnings=("gekürzt",), details={"rating": 1}))
    assert message(filed.message_id).details == {
        "rating": 1,
        "warnings": ["gekürzt"],
        "standby": True,
        "parent": {
            "external_id": "p1",
            "author": "Eva Kundin",
            "author_value": "551",
            "text": "Neue Lampen",
            "sent_at": MONDAY_NINE.isoformat(),
            "url": "https://x.test/1",
        },
    }
    assert asked() == []


def test_files_that_lie_with_the_platform_are_written_down_and_asked_for(page: Page) -> None:
    picture = RemoteAttachment(type="image", url="https://cdn.test/1.jpg", name="1.jpg", media_type="image/jpeg")
    place = RemoteAttachment(type="location", url="", name="Laden", details={"lat": 48.1, "long": 11.5})
    link = RemoteAttachment(type="link", url="https://nordlicht.example/lampe")
    filed = page.hear(dm(remote=(picture, place, link)))
    db.session.expire_all()
    one, two, _three = db.session.query(Attachment).order_by(Attachment.id)
    assert (one.kind, one.digest, one.source_url, one.type) == ("image", "", "https://cdn.test/1.jpg", "image/jpeg")
    assert (two.kind, two.name, two.details) == ("location", "Laden", {"lat": 48.1, "long": 11.5})
    assert message(filed.message_id).attachment_count == 3
    assert asked() == [(ErrandKind.MEDIA, one.id)]


def test_a_person_without_a_name_is_asked_for_once(page: Page) -> None:
    nameless = replace(EVA, name="")
    filed = page.hear(dm(sender=nameless))
    page.hear(dm(sender=nameless, sent_at=MONDAY_NINE + MINUTE))
    identity = conversation(conversation_of(filed)).identity_id
    assert asked() == [(ErrandKind.PROFILE, identity)]
    assert ticket(filed.ticket_id).customer_name == "771"


def test_a_name_that_comes_later_is_taken_up(page: Page) -> None:
    filed = page.hear(dm(sender=replace(EVA, name="")))
    page.hear(dm(sent_at=MONDAY_NINE + MINUTE))
    assert ticket(filed.ticket_id).customer_name == "Eva Kundin"


def test_an_author_whom_the_platform_does_not_tell_is_nobody_twice(page: Page) -> None:
    nobody = Handle(kind="facebook", value="unknown:c9", scope="900100")
    filed = page.hear(comment(external_id="c9", sender=nobody))
    assert ticket(filed.ticket_id).customer_name == ""
    assert asked() == []


def test_a_parent_without_a_text_is_asked_for(page: Page) -> None:
    filed = page.hear(comment(parent=Parent(external_id="p1")))
    assert asked() == [(ErrandKind.PARENT, filed.message_id)]


def test_a_message_of_ours_opens_no_ticket(page: Page) -> None:
    filed = page.hear(own_dm())
    assert (filed.outcome, filed.ticket_id, filed.message_id) == (Outcome.FILED, 0, 0)
    assert tickets() == []


def test_an_id_of_any_length_is_one_message(page: Page) -> None:
    long = dm(external_id="m" * 3000, conversation_key="k" * 3000)
    assert page.hear(long).outcome is Outcome.FILED
    assert page.hear(long).outcome is Outcome.DUPLICATE
    assert [each.direction for each in messages()] == [Direction.IN]
