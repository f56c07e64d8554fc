"""The floor of the pages: a bare Flask with SQLAlchemy's `text()` and compiled templates, on the same rows.

    FADEN_DATABASE_URL=... gunicorn bench.floor_pages:app

No log-in, no rights, no CSRF, no languages, no deadlines in words. `pad` asks for pages as long as ours.
"""

import os
import uuid
from datetime import UTC, datetime

from flask import Flask, redirect, render_template, request
from sqlalchemy import create_engine, text
from werkzeug.wrappers import Response

engine = create_engine(os.environ["FADEN_DATABASE_URL"], pool_size=8)
app = Flask(__name__)

LIST = text(
    "SELECT t.id, t.subject, t.state, t.priority, a.name, t.customer_name, t.preview, t.preview_at, t.channel_kind, "
    "t.due_at FROM ticket t LEFT JOIN agent a ON a.id = t.assignee_id "
    "WHERE t.team_id = :team AND t.closed_at IS NULL ORDER BY t.queue_at, t.id LIMIT 50"
)
BADGES = text("SELECT key, count FROM counter")
TICKET = text(
    "SELECT t.*, m.name AS team, a.name AS assignee FROM ticket t JOIN customer c ON c.id = t.customer_id "
    "LEFT JOIN team m ON m.id = t.team_id LEFT JOIN agent a ON a.id = t.assignee_id WHERE t.id = :number"
)
MESSAGES = text(
    "SELECT m.id, m.direction, m.author_name, m.author_address, m.sent_at, m.state, m.text FROM message m "
    "JOIN conversation c ON c.id = m.conversation_id WHERE c.ticket_id = :number ORDER BY m.id LIMIT 30"
)
CONVERSATION = text(
    "SELECT c.id, c.channel_id, c.subject, t.team_id, t.assignee_id FROM conversation c "
    "JOIN ticket t ON t.id = c.ticket_id WHERE c.ticket_id = :number FOR UPDATE OF t"
)
MESSAGE = text(
    "INSERT INTO message (conversation_id, channel_id, external_id, direction, state, message_class, is_automatic, "
    "is_bounce, author_id, author_name, author_address, subject, text, quoted_text, html, has_quote, has_html, "
    "attachment_count, details, sent_at, stored_at, attempts, fault, fault_words, kind, is_public, is_elsewhere, "
    "progress) VALUES (:conversation, :channel, "
    ":external, 'out', 'queued', 'substantive', false, false, :agent, 'Ada', 'service@nordlicht.example', :subject, "
    ":words, '', '', false, false, 0, '{}', :now, :now, 0, '', '', 'message', false, false, '') RETURNING id"
)
ANSWERED = text(
    "UPDATE obligation SET answered_by_id = :message WHERE conversation_id = :conversation AND state = 'open'"
)
UPDATED = text(
    "UPDATE ticket SET state = 'waiting', due_at = NULL, soon_at = NULL, breach_at = NULL, "
    "oldest_unanswered_at = NULL, queue_at = :never, answered_at = :now, updated_at = :now, assignee_id = :agent "
    "WHERE id = :number"
)
EVENT = text(
    "INSERT INTO event (ticket_id, kind, at, actor_id, message_id, details) "
    "VALUES (:number, 'replied', :now, :agent, :message, '{}')"
)
COUNT = text(
    "INSERT INTO counter (key, count) VALUES (:free, -1), (:own, 1) "
    "ON CONFLICT (key) DO UPDATE SET count = counter.count + excluded.count"
)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)
AGENT = 1


def filler() -> str:
    return "x" * request.args.get("pad", 0, int)


@app.get("/inbox/<int:team>")
def inbox(team: int) -> str:
    with engine.connect() as connection:
        tickets = connection.execute(LIST, {"team": team}).all()
        badges = connection.execute(BADGES).all()
    return render_template("list.html", tickets=tickets, badges=badges, filler=filler())


@app.get("/tickets/<int:number>")
def ticket(number: int) -> str:
    with engine.connect() as connection:
        head = connection.execute(TICKET, {"number": number}).one()
        messages = connection.execute(MESSAGES, {"number": number}).all()
    return render_template("ticket.html", ticket=head, messages=messages, filler=filler())


@app.post("/tickets/<int:number>/replies")
def reply(number: int) -> Response:
    now = datetime.now(UTC)
    with engine.begin() as connection:
        found = connection.execute(CONVERSATION, {"number": number}).one()
        message = connection.execute(
            MESSAGE,
            {
                "conversation": found.id,
                "channel": found.channel_id,
                "external": f"faden.{uuid.uuid4().hex}@nordlicht.example",
                "agent": AGENT,
                "subject": found.subject,
                "words": request.form["text"],
                "now": now,
            },
        ).scalar_one()
        connection.execute(ANSWERED, {"message": message, "conversation": found.id})
        agent = found.assignee_id or AGENT
        connection.execute(UPDATED, {"never": NEVER, "now": now, "agent": agent, "number": number})
        connection.execute(EVENT, {"number": number, "now": now, "agent": AGENT, "message": message})
        if found.assignee_id is None:
            connection.execute(COUNT, {"free": f"unassigned:{found.team_id}", "own": f"agent:{AGENT}"})
    return redirect(f"/tickets/{number}", 303)
