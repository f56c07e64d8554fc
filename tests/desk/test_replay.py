"""What is stored of clocks follows from what happened: after any acts, in any order, a fresh projection says the same."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.db import db
from app.desk import aims, joining, rulebook
from app.errors import Refused
from app.models import HoldingMode, Obligation
from tests import world as cast
from tests.desk.play import ACTS, NEUTRAL, Play
from tests.desk.voices import MINUTE, Page
from tests.world import MONDAY_NINE

steps = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 2), st.sampled_from([1, 7, 45, 200, 900])), min_size=4, max_size=12
)
plain_steps = st.lists(
    st.tuples(
        st.sampled_from(("writes", "writes", "answered_and_out", "held", "raised", "lowered", "waived", "promised")),
        st.integers(0, 2),
        st.sampled_from([3, 45, 200, 900]),
    ),
    min_size=2,
    max_size=7,
)
few = settings(
    max_examples=int(os.environ.get("PLAYS", "5")),
    # The suite plays the same plays each time; new ones are looked for with PLAYS=300.
    derandomize="PLAYS" not in os.environ,
    # Making a play smaller takes longer than reading what was done in it.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
Step = tuple[str, int, int]


@pytest.fixture(params=list(HoldingMode))
def mode(request: pytest.FixtureRequest) -> HoldingMode:
    """What a holding reply does in the shop."""
    found: HoldingMode = request.param
    return found


@pytest.fixture
def shop(page: Page, mode: HoldingMode) -> Page:
    """The shop with urgent targets on both channels, one more policy for important customers, and the phone."""
    calendar_id = aims.newest_hours(None).calendar_id
    for route, first in (("email", 240), ("messenger", 60), ("phone", 120)):
        for tag, minutes in ((None, first), ("vip", first // 2)):
            rulebook.write_policy(
                None,
                name=f"{route} {tag} {mode}",
                route=route,
                tag=tag,
                position=0,
                calendar_id=calendar_id,
                targets={
                    "first": {"normal": minutes, "urgent": minutes // 4},
                    "next": {"normal": minutes * 2, "urgent": minutes // 2},
                    "resolution": {"normal": minutes * 4, "urgent": minutes},
                    "update": {"normal": minutes * 2},
                },
                holding=mode,
                valid_from=aims.BEGINNING + timedelta(seconds=1),
                at=MONDAY_NINE,
            )
    return page


def played(shop: Page, acts: list[Step]) -> Play:
    play = Play(shop.world, shop)
    play.begin()
    for act in acts:
        play.act(*act)
        assert play.differences() == [], play.done
    return play


@few
@given(acts=steps)
def test_what_is_stored_is_what_a_fresh_projection_says(shop: Page, acts: list[Step]) -> None:
    assert played(shop, acts).differences() == []


followed_steps = st.lists(
    st.tuples(
        st.sampled_from(("writes", "raised", "lowered", "tagged", "untagged")),
        st.just(0),
        st.sampled_from([3, 45, 200, 900]),
    ),
    min_size=1,
    max_size=6,
)


@pytest.mark.parametrize("mode", [HoldingMode.OWN_CONVERSATION], indirect=True)
@few
@given(before=followed_steps, after=followed_steps)
def test_an_answer_that_was_lost_leaves_every_deadline_as_if_it_had_never_been_sent(
    shop: Page, mode: HoldingMode, before: list[Step], after: list[Step]
) -> None:
    lost, never = (
        played(shop, [*before, (answer, 0, 1), *after, (loss, 0, 1)])
        for answer, loss in (("answered", "fails"), ("noted", "noted"))
    )
    assert standing(lost) == standing(never), lost.done


def standing(play: Play) -> list[tuple[object, ...]]:
    """Return what is owed on the play's conversations, in an order that does not depend on when it was filed."""
    db.session.expire_all()
    rows = db.session.query(Obligation).filter(Obligation.conversation_id.in_(play.conversations)).all()
    seen = [
        (row.route, row.kind, row.opened_at, row.due_at, row.breach_at, row.state, row.settled_at, row.verdict)
        for row in rows
    ]
    return sorted(seen, key=str)


def with_neutral(acts: list[Step], chance: Random) -> list[Step]:
    """Put in what must not matter, in time that passes anyway."""
    found: list[Step] = []
    for what, which, minutes in acts:
        spent = min(minutes, 2)
        found += [(chance.choice(NEUTRAL), which, 0), (what, which, minutes), (chance.choice(NEUTRAL), spent, 0)]
    return found


@pytest.mark.parametrize("mode", [HoldingMode.OWN_CONVERSATION], indirect=True)
@few
@given(acts=plain_steps, chance=st.randoms(use_true_random=False))
def test_notes_automatic_messages_and_hand_overs_change_no_clock(
    shop: Page, mode: HoldingMode, acts: list[Step], chance: Random
) -> None:
    assert standing(played(shop, acts)) == standing(played(shop, with_neutral(acts, chance)))


@pytest.mark.parametrize("mode", [HoldingMode.OWN_CONVERSATION], indirect=True)
@few
@given(acts=plain_steps, joins=st.lists(st.integers(0, 2), min_size=1, max_size=4))
def test_joining_and_parting_in_any_order_restores_every_clock(
    shop: Page, mode: HoldingMode, acts: list[Step], joins: list[int]
) -> None:
    play = played(shop, acts)
    before, shown = standing(play), shown_on(play)
    homes = [play.ticket(which) for which in range(3)]
    for which in joins:
        play.act("joined", which, 1)
        assert standing(play) == before
        assert play.differences() == [], play.done
    for number in reversed([*homes, *homes]):
        with suppress(Refused):
            joining.unjoin(number, by=play.ada, at=play.now)
        db.session.rollback()
    assert [play.ticket(which) for which in range(3)] == homes
    assert (standing(play), shown_on(play)) == (before, shown)
    assert play.differences() == [], play.done


def shown_on(play: Play) -> list[tuple[object, ...]]:
    tickets = [cast.ticket(play.ticket(which)) for which in range(3)]
    return [(ticket.due_at, ticket.oldest_unanswered_at, ticket.state) for ticket in tickets]


@pytest.mark.parametrize("mode", [HoldingMode.OWN_CONVERSATION], indirect=True)
@few
@given(
    sent=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 600)), min_size=2, max_size=6, unique=True),
    drawing=st.data(),
)
def test_the_order_in_which_messages_arrive_does_not_matter(
    shop: Page, mode: HoldingMode, sent: list[tuple[int, int]], drawing: st.DataObject
) -> None:
    mixed = drawing.draw(st.permutations(sent))
    found = []
    for order in (sent, mixed):
        play = Play(shop.world, shop)
        play.begin()
        play.now += 700 * MINUTE
        for which, minute in order:
            play.writes(which, sent_at=MONDAY_NINE + minute * MINUTE)
        assert play.differences() == []
        found.append((standing(play), shown_on(play)))
    assert found[0] == found[1]
