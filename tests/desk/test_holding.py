"""A holding reply: what it meets, what goes on running, and that it never makes a silence look answered."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.db import db
from app.desk import delivery, promise_acts, promise_rungs, replies, rulebook, status
from app.desk.promises import Given
from app.errors import Refused
from app.models import Conversation, HoldingMode, MessageClass, Notification, Obligation, Promise
from channels.contract import DeliveryError, DeliveryFault
from tests import world as cast
from tests.desk.holding import AT_TEN, HELD_AT, MINUTE, TOMORROW, Matter, arrive, differences, fail, matter
from tests.desk.voices import events
from tests.world import HOUR, MONDAY_NINE, World

OWN, STOPS, PAUSES, IGNORED = HoldingMode
NEXT_DAY_AT = HELD_AT + 24 * HOUR
ANSWERED_AT = TOMORROW + 30 * MINUTE


def _verdicts(found: tuple[Obligation, ...]) -> list[tuple[str, int]]:
    return [(owed.verdict, (owed.elapsed_seconds or 0) // 60) for owed in found]


def _promises() -> list[tuple[str, datetime]]:
    db.session.expire_all()
    return [(promise.state.value, promise.due_at) for promise in db.session.query(Promise).order_by(Promise.id)]


def _held(world: World, mode: HoldingMode) -> Matter:
    """Hold Eva off in her private messages at 10:12 until the next day at 10:12."""
    eva = matter(world, mode)
    arrive(eva.hold(eva.chat, at=HELD_AT, promise_at=NEXT_DAY_AT), at=HELD_AT)
    return eva


@pytest.mark.parametrize(
    ("mode", "verdicts", "promise"),
    [
        pytest.param(OWN, [("breached", 510), ("met", 12)], "kept", id="W3d"),
        pytest.param(STOPS, [("met", 72), ("met", 12)], "kept", id="W3"),
        pytest.param(PAUSES, [("breached", 510), ("breached", 450)], "kept", id="W4"),
        pytest.param(IGNORED, [("breached", 510), ("breached", 450)], "", id="W4b"),
    ],
)
def test_a_holding_reply_counts_by_its_mode(
    world: World, mode: HoldingMode, verdicts: list[tuple[str, int]], promise: str
) -> None:
    eva = _held(world, mode)
    assert cast.ticket(eva.number).oldest_unanswered_at == MONDAY_NINE

    arrive(eva.answer(eva.mail, at=ANSWERED_AT), at=ANSWERED_AT)

    assert _verdicts(eva.owed()) == verdicts
    assert _promises() == ([(promise, NEXT_DAY_AT)] if promise else [])
    assert cast.ticket(eva.number).oldest_unanswered_at is None
    assert cast.counters() == cast.counted()


@pytest.mark.parametrize("mode", list(HoldingMode))
def test_the_oldest_unanswered_message_is_moved_by_no_holding_reply(world: World, mode: HoldingMode) -> None:
    eva = matter(world, mode)

    for conversation in (eva.mail, eva.chat):
        arrive(eva.hold(conversation, at=HELD_AT, promise_at=TOMORROW), at=HELD_AT)

    assert cast.ticket(eva.number).oldest_unanswered_at == MONDAY_NINE
    assert cast.ticket(eva.number).answered_at is None


@pytest.mark.parametrize(("mode", "due"), [(OWN, 4), (STOPS, None), (PAUSES, 1.5), (IGNORED, 1.5)])
def test_the_earliest_that_is_left_is_due(world: World, mode: HoldingMode, due: float | None) -> None:
    eva = _held(world, mode)

    expected = NEXT_DAY_AT if due is None else MONDAY_NINE + timedelta(hours=due)
    assert cast.ticket(eva.number).due_at == expected


def test_held_is_shown_from_queueing_and_judged_at_acceptance(world: World) -> None:
    eva = matter(world, OWN)
    message_id = eva.hold(eva.chat, at=HELD_AT, promise_at=TOMORROW)
    assert cast.ticket(eva.number).due_at == MONDAY_NINE + 4 * HOUR

    arrive(message_id, at=HELD_AT + HOUR)

    assert _verdicts(eva.owed()[1:]) == [("breached", 72)]


@pytest.mark.parametrize("mode", list(HoldingMode))
def test_a_second_holding_reply_meets_no_further_answer(world: World, mode: HoldingMode) -> None:
    eva = _held(world, mode)
    arrive(eva.answer(eva.chat, at=HELD_AT + MINUTE), at=HELD_AT + MINUTE)
    eva.chat_on(at=HELD_AT + HOUR)

    arrive(eva.hold(eva.chat, at=HELD_AT + 2 * HOUR, promise_at=TOMORROW), at=HELD_AT + 2 * HOUR)

    last = cast.obligations(eva.number)[-1]
    assert (last.kind, last.state, last.answered_by_id) == ("next", "open", None)


@pytest.mark.parametrize(
    ("mode", "in_chat", "in_mail"),
    [(OWN, "next", "first"), (STOPS, "next", "next"), (PAUSES, "first", "first"), (IGNORED, "first", "first")],
)
def test_what_comes_after_a_holding_reply_is_a_further_question_only_where_it_counts(
    world: World, mode: HoldingMode, in_chat: str, in_mail: str
) -> None:
    eva = _held(world, mode)

    eva.chat_on(at=HELD_AT + HOUR)
    eva.write(at=HELD_AT + HOUR)

    assert [owed.kind for owed in cast.obligations(eva.number)[2:]] == [in_chat, in_mail]


def test_pausing_lets_no_rung_fire_before_the_promised_time(world: World) -> None:
    eva = _held(world, PAUSES)

    assert [(owed.muted_until, owed.rung_at) for owed in eva.owed()] == [(NEXT_DAY_AT, NEXT_DAY_AT)] * 2


@pytest.mark.parametrize("mode", list(HoldingMode))
def test_a_holding_reply_that_came_back_is_as_if_never_sent(world: World, mode: HoldingMode) -> None:
    eva = matter(world, mode)
    before = _standing(eva)
    message_id = eva.hold(eva.chat, at=HELD_AT, promise_at=TOMORROW)

    fail(message_id, at=HELD_AT + MINUTE)

    assert _standing(eva) == before
    assert [state for state, _ in _promises()] in ([], ["waived"])
    eva.chat_on(at=HELD_AT + HOUR)
    assert cast.obligations(eva.number)[-1].kind == "first"


def _standing(eva: Matter) -> list[object]:
    ticket = cast.ticket(eva.number)
    talks = db.session.query(Conversation.held_at).filter(Conversation.ticket_id == eva.number).all()
    owed = [
        (o.kind, o.due_at, o.state, o.answered_by_id, o.is_held, o.muted_until, o.rung_at)
        for o in cast.obligations(eva.number)
    ]
    return [ticket.due_at, ticket.oldest_unanswered_at, ticket.state, ticket.held_at, *talks, *owed]


def test_what_was_asked_after_a_lost_holding_reply_is_a_first_question_again(world: World) -> None:
    eva = matter(world, OWN)
    message_id = eva.hold(eva.chat, at=HELD_AT, promise_at=TOMORROW)
    eva.chat_on(at=HELD_AT + MINUTE)
    assert cast.obligations(eva.number)[-1].due_at == HELD_AT + 61 * MINUTE

    fail(message_id, at=HELD_AT + 2 * MINUTE)

    last = cast.obligations(eva.number)[-1]
    assert (last.kind, last.target_minutes, last.due_at) == ("first", 30, HELD_AT + 31 * MINUTE)


def test_a_lost_holding_reply_gives_back_the_promise_it_had_replaced(world: World) -> None:
    eva = matter(world, OWN)
    arrive(eva.hold(eva.chat, at=HELD_AT, promise_at=TOMORROW), at=HELD_AT)
    second = eva.hold(eva.chat, at=HELD_AT + HOUR, promise_at=TOMORROW + HOUR)
    assert [state for state, _ in _promises()] == ["replaced", "open"]

    fail(second, at=HELD_AT + 2 * HOUR)
    assert [state for state, _ in _promises()] == ["open", "waived"]

    replies.retry(second, by=world.ben, at=HELD_AT + 3 * HOUR)
    assert [state for state, _ in _promises()] == ["replaced", "open"]


def test_an_unsure_holding_reply_leaves_open_until_somebody_says_that_it_arrived(world: World) -> None:
    eva = matter(world, OWN)
    message_id = eva.hold(eva.chat, at=HELD_AT, promise_at=TOMORROW)
    delivery.claim(message_id, at=HELD_AT)
    delivery.fail(message_id, DeliveryError(DeliveryFault.UNSURE, is_permanent=False), at=HELD_AT)
    assert cast.ticket(eva.number).due_at == AT_TEN + 30 * MINUTE

    replies.confirm_sent(message_id, by=world.ben, at=HELD_AT + MINUTE)

    assert _verdicts(eva.owed()[1:]) == [("met", 12)]
    assert [state for state, _ in _promises()] == ["open"]


def test_an_answer_that_came_back_lets_the_held_question_wait_again(world: World) -> None:
    eva = _held(world, OWN)
    answer = eva.answer(eva.chat, at=ANSWERED_AT)
    assert cast.ticket(eva.number).oldest_unanswered_at is None

    fail(answer, at=ANSWERED_AT)

    assert cast.ticket(eva.number).oldest_unanswered_at == MONDAY_NINE
    assert _verdicts(eva.owed()[1:]) == [("met", 12)]
    assert _promises() == [("open", NEXT_DAY_AT)]


@pytest.mark.parametrize(
    ("promise_at", "code"),
    [
        (None, "promise_needed"),
        (HELD_AT, "promise_past"),
        (MONDAY_NINE - HOUR, "promise_past"),
        # Four days of service from 10:12 on Monday.
        (HELD_AT + 4 * 24 * HOUR + MINUTE, "promise_too_late"),
    ],
)
def test_a_holding_reply_needs_a_time_that_the_policy_allows(
    world: World, promise_at: datetime | None, code: str
) -> None:
    eva = matter(world, OWN)

    with pytest.raises(Refused) as refusal:
        replies.reply(
            eva.chat,
            text="Wir kümmern uns.",
            message_class=MessageClass.HOLDING,
            promise=Given(due_at=promise_at) if promise_at else None,
            by=world.ben,
            at=HELD_AT,
        )

    assert (refusal.value.field, refusal.value.code) == ("promise_at", code)
    assert events(eva.number).count("held") == 0


def test_the_last_time_the_policy_allows_is_allowed(world: World) -> None:
    eva = matter(world, OWN)

    eva.hold(eva.chat, at=HELD_AT, promise_at=HELD_AT + 4 * 24 * HOUR)

    assert _promises() == [("open", HELD_AT + 4 * 24 * HOUR)]


def test_an_automatic_message_settles_nothing(world: World) -> None:
    eva = matter(world, OWN)
    before = _standing(eva)

    replies.reply(eva.chat, text="Danke!", message_class=MessageClass.AUTO, by=world.ben, at=HELD_AT)

    assert _standing(eva) == before


def test_an_answer_may_carry_a_promise_that_it_does_not_keep_itself(world: World) -> None:
    eva = _held(world, OWN)

    arrive(eva.answer(eva.mail, at=ANSWERED_AT, promise_at=ANSWERED_AT + HOUR), at=ANSWERED_AT)

    assert _promises() == [("kept", NEXT_DAY_AT), ("open", ANSWERED_AT + HOUR)]
    assert cast.ticket(eva.number).due_at == ANSWERED_AT + HOUR


def test_the_third_promise_in_a_row_is_told_to_the_leads(world: World) -> None:
    eva = matter(world, OWN)

    for hours in range(3):
        arrive(eva.hold(eva.chat, at=HELD_AT + hours * HOUR, promise_at=TOMORROW), at=HELD_AT + hours * HOUR)

    told = db.session.query(Notification).filter(Notification.kind == "promised_again").all()
    assert {each.agent_id for each in told} == {world.cleo.id}
    assert [promise.count for promise in db.session.query(Promise).order_by(Promise.id)] == [1, 2, 3]


def test_an_answer_between_begins_the_count_of_promises_anew(world: World) -> None:
    eva = matter(world, OWN)
    for hours in range(2):
        eva.hold(eva.chat, at=HELD_AT + hours * HOUR, promise_at=TOMORROW)

    eva.answer(eva.mail, at=HELD_AT + 2 * HOUR, promise_at=TOMORROW)

    assert [promise.count for promise in db.session.query(Promise).order_by(Promise.id)] == [1, 2, 1]


def test_a_promise_is_passed_only_to_who_sees_the_ticket_and_they_are_told(world: World) -> None:
    eva = matter(world, OWN)
    eva.hold(eva.chat, at=HELD_AT, promise_at=TOMORROW)
    promise = db.session.query(Promise.id).scalar()

    with pytest.raises(Refused):
        promise_acts.pass_on(promise, to=world.zoe.id, by=world.ada, at=HELD_AT + MINUTE)
    promise_acts.pass_on(promise, to=world.cleo.id, by=world.ada, at=HELD_AT + MINUTE)

    told = db.session.query(Notification).filter(Notification.kind == "promise_passed").all()
    assert {each.agent_id for each in told} == {world.cleo.id}


def test_every_rung_of_a_promise_is_waited_for(world: World) -> None:
    ladder = rulebook.write_ladder(
        None,
        name="Früh",
        rungs=[{"at": 50, "to": ["lead"], "via": ["inbox"]}, {"at": "breach", "to": ["lead"], "via": ["inbox"]}],
        at=MONDAY_NINE,
    )
    eva = matter(world, OWN, ladder_id=ladder)

    eva.hold(eva.chat, at=HELD_AT, promise_at=HELD_AT + 4 * HOUR)

    assert db.session.query(Promise.rung_at).scalar() == HELD_AT + 2 * HOUR


def test_a_promise_climbs_its_ladder_as_it_is_now(world: World) -> None:
    rungs = [{"at": "breach", "to": ["lead"], "via": ["inbox"]}]
    ladder = rulebook.write_ladder(None, name="Wieder", rungs=rungs, at=MONDAY_NINE)
    eva = matter(world, OWN, ladder_id=ladder)
    eva.hold(eva.chat, at=HELD_AT, promise_at=HELD_AT + 4 * HOUR)

    rulebook.write_ladder(ladder, name="Wieder", rungs=[{**rungs[0], "at": 50}, *rungs], at=HELD_AT + HOUR)

    instants = [HELD_AT + hours * HOUR for hours in (1, 2, 4)]
    assert [promise_rungs.fire(id_, at=at) for at in instants for id_ in promise_rungs.due(at=at)] == [
        "",
        "50",
        "breach",
    ]


@pytest.mark.parametrize("is_answer", [True, False])
def test_a_promise_in_a_message_opens_a_closed_ticket_again(world: World, is_answer: bool) -> None:  # noqa: FBT001
    eva = matter(world, OWN)
    arrive(eva.answer(eva.mail, at=HELD_AT), at=HELD_AT)
    status.resolve(eva.number, by=world.ada, at=HELD_AT + HOUR)

    say = eva.answer if is_answer else eva.hold
    arrive(say(eva.mail, at=HELD_AT + 2 * HOUR, promise_at=TOMORROW), at=HELD_AT + 2 * HOUR)

    ticket = cast.ticket(eva.number)
    assert (ticket.closed_at, ticket.resolved_at, ticket.due_at) == (None, None, TOMORROW)
    assert events(eva.number).count("reopened") == 1
    assert cast.counters() == cast.counted()
    assert differences(eva.number) == []


def test_a_promise_whose_keeping_came_back_opens_its_closed_ticket(world: World) -> None:
    eva = _held(world, STOPS)
    answer = eva.answer(eva.mail, at=HELD_AT + HOUR)
    status.resolve(eva.number, by=world.ada, at=HELD_AT + 2 * HOUR)

    fail(answer, at=HELD_AT + 3 * HOUR)

    assert _promises() == [("open", NEXT_DAY_AT)]
    assert (cast.ticket(eva.number).closed_at, cast.ticket(eva.number).due_at) == (None, NEXT_DAY_AT)
    assert cast.counters() == cast.counted()
    assert differences(eva.number) == []
