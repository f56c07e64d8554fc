"""Who may not publish asks; somebody who may lets it go, and until then nothing is answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.access import Person
from app.db import db, transaction
from app.desk import closing, drafts, promise_acts, releases, replies, status
from app.desk.intake import Filed
from app.desk.promises import Given
from app.errors import Discloses, Refused
from app.finders import releases as finder
from app.models import Agent, Notification, Release, ReleaseState
from tests.desk.answers import asked_in_public, below, sent
from tests.desk.voices import MINUTE, Page, dm, events, messages
from tests.world import HOUR, MONDAY_NINE, conversation_of, message, ticket

AT = MONDAY_NINE + MINUTE
TEXT = "Das tut uns leid! Schicken Sie uns bitte eine Direktnachricht."


def apprentice(page: Page) -> Person:
    """Ben of Social Media may not publish from now on."""
    with transaction():
        db.session.get_one(Agent, page.world.ben.id).can_publish = False
    return replace(page.world.ben, may_publish=False)


def asked(page: Page, filed: Filed, ben: Person, **more: object) -> int:
    return releases.ask(conversation_of(filed), releases.Asked(text=TEXT, **more), by=ben, at=AT)  # type: ignore[arg-type]


def release(release_id: int) -> Release:
    db.session.expire_all()
    return db.session.get_one(Release, release_id)


def told(agent_id: int) -> list[str]:
    return list(db.session.scalars(select(Notification.kind).where(Notification.agent_id == agent_id).distinct()))


def test_who_may_not_publish_is_refused_in_public_and_not_in_private(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)

    with pytest.raises(Refused) as refusal:
        replies.reply(conversation_of(filed), text=TEXT, by=ben, at=AT)

    assert refusal.value.code == "release_needed"
    assert not message(replies.reply(conversation_of(filed), text=TEXT, is_public=False, by=ben, at=AT)).is_public


def test_until_it_is_let_go_nothing_is_answered(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    due_at = ticket(filed.ticket_id).due_at

    release_id = asked(page, filed, ben)

    assert release(release_id).state is ReleaseState.ASKED
    assert (ticket(filed.ticket_id).due_at, ticket(filed.ticket_id).answered_at) == (due_at, None)
    assert [each.direction for each in messages()] == ["in"]
    assert events(filed.ticket_id)[-1] == "release_asked"


def test_a_released_answer_goes_out_in_the_name_of_who_wrote_it(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)

    message_id = releases.release(release_id, by=page.world.max, at=AT + MINUTE)

    ours = message(message_id)
    assert (ours.author_id, ours.is_public, ours.details["released_by"]) == (ben.id, True, page.world.max.name)
    assert ticket(filed.ticket_id).due_at is None
    assert (release(release_id).state, release(release_id).message_id) == (ReleaseState.RELEASED, message_id)
    assert told(ben.id) == ["release_released"]
    sent(message_id, "c_ours")


def test_whoever_may_let_it_go_is_told(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)

    asked(page, filed, ben)

    assert "release_asked" in told(page.world.max.id)
    assert "release_asked" not in told(ben.id)


def test_what_came_since_stops_the_release_until_it_was_read(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)
    newer = below(page, "900100_2", minute=5)

    with pytest.raises(Refused) as refusal:
        releases.release(release_id, by=page.world.max, at=AT + HOUR)

    assert refusal.value.code == "newer"
    assert releases.release(release_id, last_seen_id=newer.message_id, by=page.world.max, at=AT + HOUR)


def test_what_has_become_private_meanwhile_is_found_when_it_is_let_go(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    words = "Der Lampenschirm aus Messing ist leider wieder gesprungen und flackert nachts."
    release_id = releases.ask(conversation_of(filed), releases.Asked(text=words), by=ben, at=AT)
    private = page.hear(dm(text=words, sent_at=AT))
    with transaction():
        ticket(private.ticket_id).customer_id = ticket(filed.ticket_id).customer_id
    newest = max(each.id for each in messages())

    with pytest.raises(Discloses):
        releases.release(release_id, last_seen_id=newest, by=page.world.max, at=AT + HOUR)

    assert release(release_id).state is ReleaseState.ASKED


def test_an_answer_that_discloses_is_not_even_asked_for(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)

    with pytest.raises(Discloses):
        releases.ask(conversation_of(filed), releases.Asked(text="Ihre Bestellung 4711889 ist da."), by=ben, at=AT)

    assert finder.on_ticket(filed.ticket_id) == []


def test_a_declined_answer_comes_back_as_a_draft_with_its_reason(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)

    releases.decline(release_id, reason="Bitte freundlicher.", by=page.world.max, at=AT + MINUTE)

    assert (release(release_id).state, release(release_id).reason) == (ReleaseState.DECLINED, "Bitte freundlicher.")
    assert told(ben.id) == ["release_declined"]
    draft = drafts.of(filed.ticket_id, "reply", by_id=ben.id)
    assert draft is not None
    assert (draft.text, draft.is_public) == (TEXT, True)
    assert ticket(filed.ticket_id).due_at is not None


def test_who_asked_takes_it_back_and_nobody_else_without_the_right(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)

    with pytest.raises(Refused) as refusal:
        releases.withdraw(release_id, by=replace(page.world.ada, may_publish=False), at=AT)

    assert refusal.value.code == "not_yours"
    releases.withdraw(release_id, by=ben, at=AT)
    assert release(release_id).state is ReleaseState.WITHDRAWN


def test_only_who_may_publish_lets_go_or_declines(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)

    with pytest.raises(Refused) as on_release:
        releases.release(release_id, by=ben, at=AT)
    with pytest.raises(Refused) as on_decline:
        releases.decline(release_id, reason="Nein", by=ben, at=AT)

    assert (on_release.value.code, on_decline.value.code) == ("no_right", "no_right")


def test_what_is_decided_is_decided_once(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)
    releases.decline(release_id, reason="Nein", by=page.world.max, at=AT)

    with pytest.raises(Refused) as refusal:
        releases.release(release_id, by=page.world.max, at=AT)

    assert refusal.value.code == "release_settled"


def test_a_second_answer_waits_for_the_first_to_be_decided(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    asked(page, filed, ben)

    with pytest.raises(Refused) as refusal:
        asked(page, filed, ben)

    assert refusal.value.code == "release_pending"


def test_a_holding_reply_keeps_its_weight_and_its_promise_through_the_release(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    promise = Given(due_at=AT + HOUR)
    release_id = asked(page, filed, ben, message_class="holding", promise=promise)

    message_id = releases.release(release_id, by=page.world.max, at=AT + timedelta(minutes=5))

    assert message(message_id).message_class == "holding"
    assert message(message_id).details["promise_at"] == (AT + HOUR).isoformat()


def test_what_waits_is_listed_for_those_who_see_its_ticket(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)

    release_id = asked(page, filed, ben)

    assert [each.id for each in finder.listed(page.world.max)] == [release_id]
    assert finder.listed(page.world.zoe) == []
    assert [each.id for each in finder.on_ticket(filed.ticket_id)] == [release_id]


def test_somebody_else_s_answer_meanwhile_stops_the_release(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)
    replies.reply(conversation_of(filed), text="Wir sind dran!", by=page.world.max, at=AT)

    with pytest.raises(Refused) as refusal:
        releases.release(release_id, by=page.world.max, at=AT + MINUTE)

    assert refusal.value.code == "newer"


def test_what_comes_back_stands_beside_what_was_begun_since(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)
    begun = drafts.Begun(text="Schon weiter", conversation_id=conversation_of(filed), is_public=True)
    drafts.keep(filed.ticket_id, "reply", begun, by=ben, at=AT)

    releases.decline(release_id, reason="Kürzer bitte", by=page.world.max, at=AT + MINUTE)

    draft = drafts.of(filed.ticket_id, "reply", by_id=ben.id)
    assert draft is not None
    assert (draft.text, draft.is_public) == (f"{TEXT}\n\nSchon weiter", True)


def test_what_comes_back_never_makes_a_private_draft_public(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)
    begun = drafts.Begun(text="Ihre Bestellung ist da", conversation_id=conversation_of(filed), is_public=False)
    drafts.keep(filed.ticket_id, "reply", begun, by=ben, at=AT)

    releases.withdraw(release_id, by=ben, at=AT + MINUTE)

    draft = drafts.of(filed.ticket_id, "reply", by_id=ben.id)
    assert draft is not None
    assert (draft.text, draft.is_public) == (f"Ihre Bestellung ist da\n\n{TEXT}", False)


def test_class_and_promise_come_back_too(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    promise = Given(due_at=AT + HOUR)
    release_id = asked(page, filed, ben, message_class="holding", promise=promise)

    releases.decline(release_id, reason="Nein", by=page.world.max, at=AT + MINUTE)

    draft = drafts.of(filed.ticket_id, "reply", by_id=ben.id)
    assert draft is not None
    assert (draft.details["class"], draft.details["promise"]) == ("holding", (AT + HOUR).isoformat())


def test_on_a_resolved_ticket_nothing_is_let_go(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    status.resolve(filed.ticket_id, by=page.world.max, at=AT)
    release_id = asked(page, filed, ben)

    with pytest.raises(Refused) as refusal:
        releases.release(release_id, by=page.world.max, at=AT + MINUTE)

    assert refusal.value.code == "closed"
    status.reopen(filed.ticket_id, by=page.world.max, at=AT + MINUTE)
    assert releases.release(release_id, by=page.world.max, at=AT + MINUTE)


def test_resolving_asks_what_becomes_of_an_answer_that_waits(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)

    with pytest.raises(Refused) as refusal:
        status.resolve(filed.ticket_id, by=page.world.max, at=AT + MINUTE)

    assert refusal.value.code == "release_waiting"
    assert (ticket(filed.ticket_id).closed_at, release(release_id).state) == (None, ReleaseState.ASKED)


def test_resolving_may_give_it_back_to_its_author_who_is_told(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)

    status.resolve(
        filed.ticket_id, terms=closing.Terms(withdraws=True), by=page.world.max, at=AT + timedelta(minutes=3)
    )

    assert ticket(filed.ticket_id).closed_at is not None
    assert release(release_id).state is ReleaseState.WITHDRAWN
    draft = drafts.of(filed.ticket_id, "reply", by_id=ben.id)
    assert draft is not None
    assert draft.text == TEXT
    assert told(ben.id) == ["release_withdrawn"]
    assert events(filed.ticket_id)[-2:] == ["release_withdrawn", "resolved"]


def test_whoever_stands_for_a_promise_leaves_the_answer_waiting(page: Page) -> None:
    filed, ben = asked_in_public(page), apprentice(page)
    release_id = asked(page, filed, ben)
    promise_acts.give(filed.ticket_id, given=Given(due_at=AT + HOUR, text="Wir melden uns"), by=page.world.max, at=AT)

    terms = closing.Terms(promised=closing.Promised.TAKEN)
    assert not status.resolve(filed.ticket_id, terms=terms, by=page.world.max, at=AT + MINUTE)

    assert release(release_id).state is ReleaseState.ASKED
