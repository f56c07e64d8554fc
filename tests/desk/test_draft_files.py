"""Files of a draft: kept at once, taken along by the answer, brought back with what is called back; nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest

from app import access
from app.db import db
from app.desk import assignment, draft_files, drafts, joining, replies
from app.desk.outbox import Enclosure
from app.errors import NotFound, Refused
from app.models import Attachment, Draft, DraftFile
from tests import world as cast
from tests.world import MONDAY_NINE, World

TEN = MONDAY_NINE + timedelta(hours=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def asked(world: World) -> tuple[int, int]:
    filed = cast.hear(world)
    return filed.ticket_id, cast.conversation_of(filed)


def file(name: str = "rechnung.pdf", size: int = 3) -> Enclosure:
    return Enclosure(name=name, type="application/pdf", size=size, digest="0" * 64)


def add(world: World, asked: tuple[int, int], *files: Enclosure) -> list[int]:
    begun = drafts.Begun(text="", conversation_id=asked[1])
    return draft_files.add(asked[0], files or [file()], begun, by=world.ada, at=TEN)


def kept() -> list[str]:
    db.session.expire_all()
    found = db.session.query(DraftFile.name).filter(DraftFile.draft_id.is_not(None)).order_by(DraftFile.id)
    return [name for (name,) in found]


def answer(world: World, asked: tuple[int, int], ids: Sequence[int], leaves_after: timedelta = HOUR) -> int:
    enclosures = draft_files.chosen(asked[0], ids, by=world.ada)
    return replies.reply(
        asked[1],
        text="Anbei.",
        enclosures=enclosures,
        is_drafted=True,
        leaves_after=leaves_after,
        by=world.ada,
        at=TEN,
    )


def attached(message_id: int) -> list[tuple[str, int, str]]:
    rows = db.session.query(Attachment.name, Attachment.size, Attachment.digest).filter_by(message_id=message_id)
    return [(row.name, row.size, row.digest) for row in rows.order_by(Attachment.id)]


def test_a_file_begins_a_draft_and_stays_when_its_text_is_taken_out(world: World, asked: tuple[int, int]) -> None:
    add(world, asked)
    drafts.keep(asked[0], "reply", drafts.Begun(text="Anbei", conversation_id=asked[1]), by=world.ada, at=TEN)

    drafts.keep(asked[0], "reply", drafts.Begun(text=" ", conversation_id=asked[1]), by=world.ada, at=TEN)

    assert kept() == ["rechnung.pdf"]


def test_a_file_changes_nothing_of_a_draft_that_is_there(world: World, asked: tuple[int, int]) -> None:
    drafts.keep(asked[0], "reply", drafts.Begun(text="Halb", conversation_id=asked[1]), by=world.ada, at=TEN)

    draft_files.add(asked[0], [file()], drafts.Begun(text="", is_public=True), by=world.ada, at=TEN + HOUR)

    draft = db.session.query(Draft).one()
    assert (draft.text, draft.is_public, draft.updated_at) == ("Halb", False, TEN)


def test_the_answer_takes_the_files_along_and_the_draft_is_gone(world: World, asked: tuple[int, int]) -> None:
    ids = add(world, asked, file("a.pdf"), file("b.pdf"))

    message_id = answer(world, asked, ids)

    assert attached(message_id) == [("a.pdf", 3, "0" * 64), ("b.pdf", 3, "0" * 64)]
    assert db.session.query(DraftFile).count() == db.session.query(Draft).count() == 0


def test_a_file_its_author_did_not_see_when_sending_stays_in_the_draft(world: World, asked: tuple[int, int]) -> None:
    seen, _unseen = add(world, asked, file("a.pdf"), file("vom telefon.pdf"))

    message_id = answer(world, asked, [seen])

    assert [name for name, *_ in attached(message_id)] == ["a.pdf"]
    assert kept() == ["vom telefon.pdf"]
    assert db.session.query(Draft.text).one() == ("",)


def test_an_answer_called_back_brings_its_files_and_goes_out_with_them_again(
    world: World, asked: tuple[int, int]
) -> None:
    message_id = answer(world, asked, add(world, asked, file("a.pdf"), file("b.pdf")))

    replies.call_back(message_id, by=world.ada, at=TEN + timedelta(seconds=9))

    assert kept() == ["a.pdf", "b.pdf"]
    again = answer(world, asked, [id_ for (id_,) in db.session.query(DraftFile.id)])
    assert attached(again) == attached(message_id)


def test_a_file_that_is_gone_is_not_left_out_in_silence(world: World, asked: tuple[int, int]) -> None:
    ids = add(world, asked, file("a.pdf"), file("b.pdf"))
    draft_files.remove(asked[0], ids[0], by=world.ada)

    with pytest.raises(Refused) as refusal:
        answer(world, asked, ids)

    assert (refusal.value.code, refusal.value.field) == ("file_gone", "files")
    assert kept() == ["b.pdf"]


def test_the_last_file_taken_out_of_an_empty_draft_ends_it_and_comes_back(world: World, asked: tuple[int, int]) -> None:
    ids = add(world, asked)
    draft_files.remove(asked[0], ids[0], by=world.ada)
    assert db.session.query(Draft).count() == 0

    draft_files.bring_back(
        asked[0], ids, drafts.Begun(text="", conversation_id=asked[1]), by=world.ada, at=TEN + timedelta(seconds=5)
    )

    assert kept() == ["rechnung.pdf"]


def test_a_draft_thrown_away_can_have_its_files_back_until_they_are_forgotten(
    world: World, asked: tuple[int, int]
) -> None:
    ids = add(world, asked)
    drafts.forget(asked[0], "reply", by=world.ada)
    assert kept() == []

    draft_files.add(asked[0], [file("neu.pdf")], drafts.Begun(text=""), by=world.ada, at=TEN + timedelta(days=2))

    assert db.session.query(DraftFile.id).filter(DraftFile.id.in_(ids)).all() == []


def test_nobody_else_takes_in_sends_or_reads_a_file_of_a_draft(world: World, asked: tuple[int, int]) -> None:
    ids = add(world, asked)
    begun = drafts.Begun(text="", conversation_id=asked[1])

    with pytest.raises(NotFound):
        access.draft_file(world.cleo, ids[0])
    with pytest.raises(Refused):
        draft_files.chosen(asked[0], ids, by=world.cleo)
    draft_files.remove(asked[0], ids[0], by=world.cleo)
    draft_files.bring_back(asked[0], ids, begun, by=world.cleo, at=TEN)

    assert access.draft_file(world.ada, ids[0]).agent_id == world.ada.id
    drafts.forget(asked[0], "reply", by=world.ada)
    draft_files.bring_back(asked[0], ids, begun, by=world.cleo, at=TEN)
    assert kept() == []
    with pytest.raises(NotFound):
        access.draft_file(world.ada, ids[0])


def test_nothing_begins_where_nothing_of_one_s_own_was_thrown_away(world: World, asked: tuple[int, int]) -> None:
    draft_files.bring_back(asked[0], [4711], drafts.Begun(text=""), by=world.ada, at=TEN)

    assert db.session.query(Draft).count() == 0


def test_an_empty_file_is_refused_by_its_name(world: World, asked: tuple[int, int]) -> None:
    with pytest.raises(Refused) as refusal:
        add(world, asked, file("leer.txt", size=0))

    assert str(refusal.value) == "„leer.txt“ ist leer."
    assert db.session.query(Draft).count() == 0


def test_a_file_is_read_where_its_conversation_went(world: World, asked: tuple[int, int]) -> None:
    social = cast.hear(world, subject="Noch etwas").ticket_id
    joining.join(asked[0], into=social, by=world.ada, at=TEN)
    begun = drafts.Begun(text="", conversation_id=asked[1])
    (file_id,) = draft_files.add(social, [file()], begun, by=world.ada, at=TEN)
    assignment.assign(social, assignee_id=None, team_id=world.social, by=world.max, at=TEN)

    joining.unjoin(asked[0], by=world.max, at=TEN)

    assert not access.sees(world.ada, social)
    assert access.draft_file(world.ada, file_id).name == "rechnung.pdf"


def test_more_than_one_answer_carries_is_refused_before_it_is_kept(world: World, asked: tuple[int, int]) -> None:
    add(world, asked, file(size=draft_files.MOST_BYTES - 1))

    with pytest.raises(Refused) as refusal:
        add(world, asked, file("zu.viel", size=2))

    assert refusal.value.code == "files_too_large"
    assert kept() == ["rechnung.pdf"]
