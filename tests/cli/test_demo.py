"""The sample shop: all of it there, none of it left behind, nothing real touched."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from app.config import Settings
from tests.cli.conftest import Faden
from tests.cli.test_backup import content
from tests.cli.test_setting_up import can_log_in
from tests.fixtures.databases import Clock
from tests.runs.mails import mail

ONLY_SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)
MATTERS, FIRST_REAL = 33, 10034
"""How many tickets the sample shop has, and the number of the one that comes after them."""
REAL = '{"address": "service@nordlicht.example", "receipt": false}'


@pytest.fixture
def inside(settings: Settings) -> Callable[[Callable[[], Any]], Any]:
    """Ask the database something, in an application of its own."""
    from app.db import db
    from app.factory import create_core

    def ask(question: Callable[[], Any]) -> Any:
        with create_core(settings).app_context():
            answer = question()
            db.session.remove()
            db.engine.dispose()
        return answer

    return ask


@ONLY_SQLITE
@pytest.mark.parametrize(
    ("now", "late", "soon"),
    [("2026-11-25T11:20:00+01:00", 5, 1), ("2026-11-22T03:00:00+01:00", 3, 2), ("2027-01-01T12:00:00+01:00", 5, 1)],
)
def test_every_matter_stands_as_told_whenever_it_is_loaded(
    faden: Faden, clock: Clock, inside: Callable[[Callable[[], Any]], Any], now: str, late: int, soon: int
) -> None:
    at = clock.set(now)
    assert faden("demo", "load").exit_code == 0

    def look() -> tuple[list[Any], set[str]]:
        from app.db import db
        from app.models import Event, Ticket

        columns = (Ticket.state, Ticket.breach_at, Ticket.soon_at)
        rows = [tuple(row) for row in db.session.execute(select(*columns).order_by(Ticket.id))]
        return rows, set(db.session.scalars(select(Event.kind)))

    rows, kinds = inside(look)
    states = [state.value for state, _, _ in rows]
    assert (len(rows), states.count("resolved"), states.count("joined"), states.count("waiting")) == (MATTERS, 5, 3, 4)
    assert len([1 for _, breach_at, _ in rows if breach_at and breach_at <= at]) == late
    assert len([1 for _, breach_at, soon_at in rows if breach_at and soon_at <= at < breach_at]) == soon
    assert kinds >= {
        "opened",
        "received",
        "replied",
        "sent",
        "noted",
        "assigned",
        "resolved",
        "joined",
        "bounced",
        "warned",
        "breached",
    }


@ONLY_SQLITE
@pytest.mark.parametrize("now", ["2026-11-25T11:20:00+01:00", "2026-11-23T08:05:00+01:00"])
def test_whoever_opens_the_new_message_reads_at_once_what_is_owed_since_yesterday(
    faden: Faden, clock: Clock, inside: Callable[[Callable[[], Any]], Any], now: str
) -> None:
    """Her mail of yesterday, nine o'clock, is found; her namesake with a question of her own comes after it or not."""
    at = clock.set(now)
    faden("demo", "load")

    def look() -> list[tuple[str, Any]]:
        from app.db import db
        from app.models import Suggestion, Ticket

        opened = db.session.scalars(select(Ticket.id).where(Ticket.preview.like("%gestern früh eine E-Mail%"))).one()
        pairs = select(Ticket.subject, Ticket.oldest_unanswered_at).join(Suggestion, Suggestion.other_id == Ticket.id)
        found = db.session.execute(pairs.where(Suggestion.ticket_id == opened).order_by(Suggestion.points.desc()))
        return [(row[0], row[1]) for row in found]

    subject, since = inside(look)[0]
    assert subject == "Erstattung für NL-20931 steht aus"
    yesterday = at.astimezone(ZoneInfo("Europe/Berlin")) - timedelta(days=1)
    assert since.astimezone(ZoneInfo("Europe/Berlin")).isoformat() == f"{yesterday:%Y-%m-%d}T09:00:00+01:00"


@ONLY_SQLITE
def test_nobody_gets_a_mail_about_the_past(faden: Faden, inside: Callable[[Callable[[], Any]], Any]) -> None:
    faden("demo", "load")

    def waiting() -> int:
        from app.db import db
        from app.models import Message, MessageState, Notification, NotificationState

        messages = db.session.query(Message).filter(Message.state.in_([MessageState.QUEUED, MessageState.SENDING]))
        is_over = Notification.state.in_([NotificationState.SENT, NotificationState.WITHDRAWN])
        notices = db.session.query(Notification).filter(~is_over)
        return messages.count() + notices.count()

    assert inside(waiting) == 0


@ONLY_SQLITE
def test_every_log_in_works_and_differs(faden: Faden, settings: Settings) -> None:
    log_ins = [line.split("\t") for line in faden("demo", "load").stdout.splitlines()]
    assert len({password for _, password in log_ins}) == len(log_ins) == 9
    assert can_log_in(settings, *log_ins[0])
    assert can_log_in(settings, *log_ins[-1])


@ONLY_SQLITE
def test_the_badges_are_right(faden: Faden, inside: Callable[[Callable[[], Any]], Any]) -> None:
    from tests import world

    faden("demo", "load")
    assert inside(world.counters) == inside(world.counted) != {}


@ONLY_SQLITE
def test_it_is_not_loaded_twice(faden: Faden, settings: Settings, folder: Path) -> None:
    faden("demo", "load")
    before = content(settings.database_url, folder)
    result = faden("demo", "load")
    assert (result.exit_code, "schon geladen" in result.stderr) == (1, True)
    assert content(settings.database_url, folder) == before


def compare() -> None:
    """Look for the same matter among all tickets, as the tick does by itself."""
    from app import clock
    from app.runs import comparing

    comparing.compare_new(at=clock.now())


def test_clearing_removes_all_of_it_and_only_it(
    faden: Faden, settings: Settings, folder: Path, inside: Callable[[Callable[[], Any]], Any]
) -> None:
    """What is real stays row by row, the counters included."""
    faden("db", "upgrade")
    faden("team", "add", "Werkstatt")
    faden("agent", "add", "ada@shop.example", "--name", "Ada", "--role", "admin", "--team", "Werkstatt")
    faden("channel", "add", "email", "--name", "Echt", "--team", "Werkstatt", "--settings", REAL)
    (folder / "1.eml").write_bytes(mail(1))
    faden("mail", "import", folder / "1.eml", "--channel", "Echt")
    inside(compare)
    before = content(settings.database_url, folder)
    faden("demo", "load")
    assert len(content(settings.database_url, folder)["ticket"]) == MATTERS + 1
    assert faden("demo", "clear").exit_code == 0
    assert content(settings.database_url, folder) == before
    assert faden("demo", "clear").stdout == "There is no sample shop.\n"


def hand_over_and_wait() -> None:
    """Somebody asks another team to take a matter, and takes the second one over."""
    from app import clock, signin
    from app.db import db
    from app.desk import handovers, tags
    from app.models import Agent, Role, Team, Ticket

    at = clock.now()
    admin = signin.person_by_id(db.session.scalars(select(Agent.id).where(Agent.role == Role.ADMIN)).first() or 0)
    assert admin is not None
    social = db.session.scalars(select(Team.id).where(Team.name == "Social Media")).one()
    subjects = ("Stehlampe Polaris flackert", "Wo bleibt NL-20817?")
    numbers = [db.session.scalars(select(Ticket.id).where(Ticket.subject == subject)).one() for subject in subjects]
    for number in numbers:
        handovers.hand_over(number, to_team_id=social, reason="Bitte öffentlich antworten", by=admin, at=at)
        tags.add(number, name="Presse", by=admin, at=at)
    handovers.accept(numbers[1], by=admin, at=at)


def test_what_was_done_with_the_sample_shop_goes_with_it(
    faden: Faden, settings: Settings, folder: Path, inside: Callable[[Callable[[], Any]], Any]
) -> None:
    faden("db", "upgrade")
    before = content(settings.database_url, folder)
    faden("demo", "load")
    inside(hand_over_and_wait)
    assert faden("demo", "clear").exit_code == 0
    assert content(settings.database_url, folder) == before


def touch_by_a_demo_person() -> None:
    """Mara of the sample shop notes, takes, joins and answers the real matter."""
    from app import clock, signin
    from app.db import db
    from app.desk import assignment, joining, notes, replies
    from app.models import Agent, Conversation, Team

    at = clock.now()
    mara = signin.person_by_id(db.session.scalars(select(Agent.id).where(Agent.name == "Mara Lindner")).one())
    assert mara is not None
    thread = db.session.scalars(select(Conversation.id).where(Conversation.ticket_id == FIRST_REAL)).one()
    team = db.session.scalars(select(Team.id).where(Team.name == "Kundenservice")).one()
    notes.note(FIRST_REAL, text="Echte Notiz", by=mara, at=at)
    assignment.assign(FIRST_REAL, assignee_id=mara.id, team_id=team, by=mara, at=at)
    joining.join(10002, into=FIRST_REAL, by=mara, at=at)
    replies.reply(thread, text="Echte Antwort", by=mara, at=at)


def what_is_left() -> dict[str, Any]:
    from app.db import db
    from app.models import Agent, Conversation, Customer, Message, Note, Team, Ticket
    from tests import world

    ticket = db.session.query(Ticket).one()
    assert world.counters() == world.counted() != {}
    return {
        "ticket": (ticket.id, db.session.get_one(Team, ticket.team_id).name, ticket.assignee_id),
        "notes": [note.text for note in db.session.query(Note)],
        "messages": [message.text.strip() for message in db.session.query(Message).order_by(Message.id)],
        "agents": [(agent.name, agent.is_active, agent.password_hash) for agent in db.session.query(Agent)],
        "conversations": db.session.query(Conversation).count(),
        "demo customers": [customer.is_demo for customer in db.session.query(Customer)],
    }


def test_a_real_matter_that_touched_the_sample_shop_stays(
    faden: Faden, folder: Path, inside: Callable[[Callable[[], Any]], Any]
) -> None:
    """A demo agent answered, noted and took it; a demo customer wrote it; a demo matter was joined to it.

    Its deadline was reckoned by a policy of the sample shop, so that one and its team stay as well.
    """
    faden("demo", "load")
    faden("channel", "add", "email", "--name", "Echt", "--team", "Kundenservice", "--settings", REAL)
    (folder / "1.eml").write_bytes(mail(1, sender="annette.vogel@post.example"))
    faden("mail", "import", folder / "1.eml", "--channel", "Echt")
    inside(touch_by_a_demo_person)
    assert faden("demo", "clear").exit_code == 0
    assert inside(what_is_left) == {
        "ticket": (FIRST_REAL, "Kundenservice", None),
        "notes": ["Echte Notiz"],
        "messages": ["Guten Tag, das ist die Frage 1.", "Echte Antwort"],
        "agents": [("Mara Lindner", False, "")],
        "conversations": 1,
        "demo customers": [False],
    }


@ONLY_SQLITE
def test_a_day_passes_in_a_second_and_then_the_clock_is_right_again(faden: Faden, clock: Clock) -> None:
    result = faden("demo", "day", "--hours", "24", "--seconds", "1")
    hours = [line.split()[1] for line in result.stdout.splitlines() if line.endswith("UTC")]
    assert len(set(hours)) >= 3
    assert not clock.file.exists()
    assert faden("demo", "day", FADEN_CLOCK_FILE="").exit_code == 2
