"""The ticket page and the pieces of it that are fetched by themselves."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote as quoted

from flask import Blueprint, g, render_template, request, url_for

from app import access, clock
from app.finders import debts, drafts, message, ticket
from app.finders.ticket import TicketPage
from app.web.debt_words import debt_words
from app.web.door import person
from app.web.draft_words import draft_words
from app.web.formats import formats, initials
from app.web.handover_words import bars
from app.web.inbox import view_of
from app.web.marks import file
from app.web.numbers import row_number
from app.web.promise_words import promise_lines, unneeded
from app.web.release_words import waiting_lines
from app.web.sheet import assignment_of, composer_words, ticket_words
from app.web.side import side_tickets, side_words
from app.web.timeline import timeline
from app.web.words import _

bp = Blueprint("ticket", __name__)


@bp.get("/tickets/<int:number>")
def show(number: int) -> str:
    """The page; only its pane where the list stands beside it already."""
    return render(ticket.page(person(), number), asked_number=number)


@bp.get("/tickets/<int:number>/timeline")
def older(number: int) -> str:
    page = ticket.page(person(), number, before=request.args.get("before", 0, row_number))
    return render_template("ticket/_timeline.html", timeline=timeline(page, query=query()))


@bp.get("/messages/<int:message_id>/quote")
def quote(message_id: int) -> str:
    """The folded part of a message, as plain text."""
    access.message(person(), message_id)
    return render_template("ticket/_quote.html", text=message.quote(message_id))


@bp.get("/messages/<int:message_id>/revisions")
def revisions(message_id: int) -> str:
    """What a message said before it was edited."""
    access.message(person(), message_id)
    earlier = [(formats().when(one.until), one.text) for one in message.revisions(message_id)]
    return render_template("ticket/_revisions.html", earlier=earlier)


@bp.get("/messages/<int:message_id>/removed")
def removed(message_id: int) -> str:
    """What a message said before it was taken back, with its files."""
    text = access.message(person(), message_id).text
    return render_template("ticket/_removed.html", text=text, files=[file(each) for each in message.files(message_id)])


@bp.get("/tickets/<int:number>/assignment")
def assignment(number: int) -> str:
    return render_assignment(number)


@bp.get("/tickets/<int:number>/join")
def join(number: int) -> str:
    return render_join(number)


def is_fragment() -> bool:
    """Say whether the script asks for a pane, not for a page."""
    return request.headers.get("HX-Request-Type") == "partial"


def query() -> str:
    """Return the view that the list beside the ticket shows, as it goes along in every address."""
    slug = request.args.get("view", "next")
    g.view = slug if view_of(slug) else "next"
    return f"?view={quoted(g.view)}"


def render(page: TicketPage, *, asked_number: int, chosen: dict[str, Any] | None = None, **forms: Any) -> str:
    """Write the ticket; `forms` are the composer's forms after a refusal, `chosen` the way an answer was to go."""
    where = query()
    promised = promise_lines(page, query=where)
    composer = composer_words(page, promised=[each.until for each in promised], **(chosen or {}))
    for name, kept in forms.items():
        form = getattr(composer, name)
        form.text, form.error = kept
        composer.reply.is_hidden, composer.note.is_hidden = name != "reply", name != "note"
    return render_template(
        "ticket/show.html" if is_fragment() else "ticket/index.html",
        ticket=ticket_words(page, composer.ways, asked_number=asked_number, query=where),
        timeline=timeline(page, query=where),
        handovers=bars(page),
        releases=waiting_lines(page),
        promises=promised,
        unneeded=unneeded(page),
        debts=debt_words(page.head.number, debts.of(page.head.number, person()), query=where),
        drafts=draft_words(page.head.number, drafts.of(page.head.number, person(), now=clock.now())),
        composer=composer,
        side=side_words(page, query=where),
        person_id=person().id,
        list_url=url_for("inbox.pane", slug=g.view),
        list_page_url=url_for("inbox.index", slug=g.view),
    )


def render_assignment(number: int, *, error: str = "") -> str:
    """Write the form that gives a ticket to somebody; the people are those of its team."""
    head = ticket.head(person(), number)
    me = person().id
    people = [
        (one.id, one.name, initials(one.name), _("Sie") if one.id == me else "")
        for one in ticket.colleagues(head.team_id)
    ]
    return render_template(
        "ticket/_assignment.html",
        number=head.number,
        url=f"/tickets/{head.number}/assignment{query()}",
        before=assignment_of(head),
        teams=ticket.team_choices(),
        people=sorted(people, key=lambda one: one[0] != me),
        error=error,
    )


def render_join(number: int, *, into: str = "", error: str = "", people: tuple[str, str] | None = None) -> str:
    """Write the form that joins a ticket with another one; what may be the same is proposed with its reasons.

    `people`: whose the two are, where they are two people's; then it must be said once more.
    """
    page = ticket.page(person(), number)
    where = query()
    found = debt_words(page.head.number, debts.of(page.head.number, person()), query=where)
    likely = [each for each in found if each.url]
    known = {each.number for each in likely}
    return render_template(
        "ticket/_join.html",
        number=page.head.number,
        url=f"/tickets/{page.head.number}/join{where}",
        undo_url=f"/tickets/{page.head.number}/separation{where}",
        likely=likely,
        others=[other for other in side_tickets(page, query=where) if other.is_open and other.number not in known],
        people=people,
        into=into,
        error=error,
    )
