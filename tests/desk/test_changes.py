"""What happens to messages afterwards: nothing of it loses a word, and reports may come twice or in any order."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest

from app.db import db
from app.desk import changes
from app.desk.intake import Filed
from app.models import Conversation, Reaction, Revision, TicketState
from channels.contract import Change, ChangeType
from tests.desk.voices import EVA, MINUTE, OTTO_IN_PUBLIC, US, Page, comment, dm, events, own_dm
from tests.world import HOUR, MONDAY_NINE, conversation_of, message, obligations, ticket


def change(type_: ChangeType, about: str, **values: Any) -> Change:
    """Return a report; its id is made of what it says, as the connectors do it."""
    sent_at = values.setdefault("sent_at", MONDAY_NINE + MINUTE)
    values.setdefault("external_id", f"{type_}:{about}:{sent_at.isoformat()}")
    return Change(type=type_, about=about, **values)


def edit(about: str, text: str, *, minute: int = 1) -> Change:
    return change(ChangeType.EDIT, about, text=text, sent_at=MONDAY_NINE + minute * MINUTE)


def apply(page: Page, *reports: Change) -> None:
    for report in reports:
        changes.apply(report, channel_id=page.channel, at=MONDAY_NINE + HOUR)


def revisions() -> list[str]:
    db.session.expire_all()
    return [each.text for each in db.session.query(Revision).order_by(Revision.until)]


def reactions() -> list[tuple[str, str, bool]]:
    db.session.expire_all()
    rows = db.session.query(Reaction).order_by(Reaction.author_value)
    return [(each.author_value, each.emoji, each.removed_at is not None) for each in rows]


@pytest.fixture
def filed(page: Page) -> Filed:
    return page.hear(dm(external_id="m1", text="Wo ist meine Lape?"))


def test_an_edit_keeps_both_texts(page: Page, filed: Filed) -> None:
    apply(page, edit("m1", "Wo ist meine Lampe?"))
    edited = message(filed.message_id)
    assert (edited.text, edited.edited_at, revisions()) == (
        "Wo ist meine Lampe?",
        MONDAY_NINE + MINUTE,
        ["Wo ist meine Lape?"],
    )
    assert ticket(filed.ticket_id).preview == "Wo ist meine Lampe?"
    assert events(filed.ticket_id) == ["opened", "edited"]


def test_a_repeated_report_of_an_edit_changes_nothing(page: Page, filed: Filed) -> None:
    report = edit("m1", "Wo ist meine Lampe?")
    apply(page, report, edit("m1", "Wo bleibt sie?", minute=2), report)
    assert message(filed.message_id).text == "Wo bleibt sie?"
    assert events(filed.ticket_id) == ["opened", "edited", "edited"]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1)])
def test_edits_in_any_order_leave_the_same_texts(page: Page, filed: Filed, order: tuple[int, ...]) -> None:
    reports = [edit("m1", f"Text {minute}", minute=minute) for minute in (1, 2, 3)]
    apply(page, *(reports[n] for n in order))
    assert message(filed.message_id).text == "Text 3"
    assert revisions() == ["Wo ist meine Lape?", "Text 1", "Text 2"]


@pytest.mark.parametrize("order", [(1, 2), (2, 1), (2, 1, 2, 1)])
def test_a_post_heard_in_its_versions_keeps_all_texts_in_any_order(page: Page, order: tuple[int, ...]) -> None:
    first = comment(external_id="c_9", text="Betrüger!")
    second = replace(first, text="Entschuldigung, alles gut", details={"is_edited": True})
    for version in order:
        page.hear(second if version == 2 else first)
        if version == 2:
            apply(page, edit("c_9", second.text))
    filed = page.hear(first)
    assert revisions() == ["Betrüger!"]
    said = message(filed.message_id)
    assert (said.text, said.edited_at, said.sent_at) == (second.text, MONDAY_NINE + MINUTE, MONDAY_NINE)


def test_an_edit_that_changes_no_word_leaves_no_line(page: Page, filed: Filed) -> None:
    apply(page, edit("m1", "Wo ist meine Lape?"))
    assert events(filed.ticket_id) == ["opened"]
    assert revisions() == []


def test_a_removed_message_keeps_its_text_and_is_still_owed(page: Page, filed: Filed) -> None:
    apply(page, change(ChangeType.REMOVAL, "m1"), change(ChangeType.REMOVAL, "m1", external_id="again"))
    removed = message(filed.message_id)
    assert (removed.text, removed.removed_at) == ("Wo ist meine Lape?", MONDAY_NINE + MINUTE)
    assert [owed.state for owed in obligations(filed.ticket_id)] == ["open"]
    assert ticket(filed.ticket_id).state is TicketState.OPEN
    assert events(filed.ticket_id) == ["opened", "removed"]


def test_a_hidden_comment_can_be_seen_again(page: Page) -> None:
    filed = page.hear(comment(external_id="c1"))
    apply(page, change(ChangeType.HIDING, "c1"))
    assert message(filed.message_id).hidden_at == MONDAY_NINE + MINUTE
    apply(page, change(ChangeType.SHOWING, "c1", sent_at=MONDAY_NINE + 2 * MINUTE))
    assert message(filed.message_id).hidden_at is None
    assert events(filed.ticket_id) == ["opened", "hidden", "shown"]


@pytest.mark.parametrize("order", list(permutations((1, 2, 3))))
def test_the_newest_of_hiding_and_showing_stands_in_any_order(page: Page, order: tuple[int, ...]) -> None:
    hidden, shown, again = (page.hear(comment(external_id=id_)) for id_ in ("c1", "c2", "c3"))
    for minute in order:
        moment = {"sent_at": MONDAY_NINE + minute * MINUTE}
        odd, even = (ChangeType.HIDING, ChangeType.SHOWING) if minute % 2 else (ChangeType.SHOWING, ChangeType.HIDING)
        apply(page, change(odd, "c1", **moment), change(even, "c2", **moment))
        if minute > 1:
            apply(page, change(even, "c3", **moment))
    seen = [message(filed.message_id).hidden_at for filed in (hidden, shown, again)]
    assert [each is not None for each in seen] == [True, False, False]


def test_a_hiding_that_is_known_is_no_news(page: Page) -> None:
    filed = page.hear(comment(external_id="c1"))
    apply(page, change(ChangeType.HIDING, "c1"), change(ChangeType.HIDING, "c1", external_id="another"))
    assert events(filed.ticket_id) == ["opened", "hidden"]


def test_each_person_has_one_reaction_and_the_newest_stands(page: Page) -> None:
    filed = page.hear(comment(external_id="c1"))
    later = {"sent_at": MONDAY_NINE + 2 * MINUTE, "sender": EVA, "text": "👍"}
    first = change(ChangeType.REACTION, "c1", sender=EVA, text="😡")
    apply(page, change(ChangeType.REACTION, "c1", **later), first)
    apply(page, change(ChangeType.REACTION, "c1", external_id="otto", sender=OTTO_IN_PUBLIC, text="❤"))
    assert reactions() == [("552", "❤", False), ("771", "👍", False)]
    assert events(filed.ticket_id) == ["opened", "reacted", "reacted"]


def test_a_reaction_can_be_taken_back_even_before_it_is_heard(page: Page, filed: Filed) -> None:
    back = change(ChangeType.UNREACTION, "m1", sender=EVA, sent_at=MONDAY_NINE + 2 * MINUTE)
    apply(page, back, change(ChangeType.REACTION, "m1", sender=EVA, text="👍"))
    assert reactions() == [("771", "", True)]


def test_her_reaction_keeps_the_private_window_open_and_ours_does_not(page: Page, filed: Filed) -> None:
    page.hear(own_dm(external_id="m2", sent_at=MONDAY_NINE + MINUTE))
    ours = change(ChangeType.REACTION, "m1", sender=US, text="👍", sent_at=MONDAY_NINE + 3 * MINUTE)
    hers = change(ChangeType.REACTION, "m2", sender=EVA, text="👍", sent_at=MONDAY_NINE + 2 * MINUTE)
    apply(page, ours, hers)
    db.session.expire_all()
    thread = db.session.get_one(Conversation, conversation_of(filed))
    assert thread.heard_at == MONDAY_NINE + 2 * MINUTE


def test_a_change_that_comes_before_its_message_waits_for_it(page: Page) -> None:
    apply(page, edit("m9", "Danke!"), change(ChangeType.REMOVAL, "m9", sent_at=MONDAY_NINE + 2 * MINUTE))
    filed = page.hear(dm(external_id="m9", text="Dnake!"))
    late = message(filed.message_id)
    assert (late.text, late.removed_at) == ("Danke!", MONDAY_NINE + 2 * MINUTE)
    assert revisions() == ["Dnake!"]
    assert events(filed.ticket_id) == ["opened", "edited", "removed"]


def test_a_change_of_another_channels_message_touches_nothing(page: Page, filed: Filed) -> None:
    report = replace(edit("m1", "anders"), external_id="foreign")
    changes.apply(report, channel_id=page.world.channel, at=MONDAY_NINE)
    assert message(filed.message_id).text == "Wo ist meine Lape?"
