"""The doors that change a ticket: each calls one verb and shows the ticket again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import quote as quoted

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import assignment, drafts, joining, notes, releases, replies, suggestions, unseen, wider
from app.errors import Discloses, NotFound, Refused
from app.finders import matters
from app.finders import ticket as finder
from app.web.disclosure_words import disclosed_words
from app.web.door import person
from app.web.draft_files import keep_sent
from app.web.drafts import built_on
from app.web.enclosing import enclosed
from app.web.forms import without_nul
from app.web.numbers import row_number
from app.web.promise_field import given
from app.web.ticket import query, render, render_assignment, render_join
from app.web.ways import told_line
from app.web.words import _, said

bp = Blueprint("writing", __name__)
NOBODY = 0


@bp.post("/tickets/<int:number>/replies")
def reply(number: int) -> ResponseReturnValue:
    """Queue an answer in one conversation of the ticket."""
    conversation_id = 0 if request.form.get("opens") else _conversation_id(number)
    text, seen = without_nul(request.form.get("text", "")), request.form.get("seen", type=row_number)
    is_public = _publicity()
    weight: dict[str, Any] = {"is_public": is_public, "message_class": _weight()}
    try:
        _refuse_another_way(conversation_id, is_public=is_public)
        weight |= {"promise": given(), "enclosures": enclosed(number), "last_seen_id": seen}
        weight |= {"seen_threads": request.form.get("seen_threads", type=row_number)}
        weight |= {"leaves_after": timedelta(seconds=current_app.config["FADEN"].undo_seconds), "is_drafted": True}
        weight |= {"draft_kept_at": built_on()}
        _send(number, conversation_id, replies.Answer(text=text, public_line=_public_line(), **weight))
    except Refused as refused:
        return _refuse(number, "reply", text, refused, chosen={"conversation": conversation_id, "is_public": is_public})
    return shown(number)


@bp.post("/tickets/<int:number>/notes")
def note(number: int) -> ResponseReturnValue:
    text = without_nul(request.form.get("text", ""))
    try:
        ticket_id = _ticket_id(number)
        notes.note(ticket_id, text=text, by=person(), at=clock.now())
        drafts.settle(ticket_id, "note", drafts.Become(text=text, built_on=built_on()), by=person())
    except Refused as refused:
        return _refuse(number, "note", text, refused)
    return shown(number)


@bp.post("/tickets/<int:number>/assignment")
def assign(number: int) -> ResponseReturnValue:
    """Give the ticket to a person, to nobody (0), or to a team."""
    assignee = request.form.get("assignee", NOBODY, row_number) or None
    team = request.form.get("team", NOBODY, row_number) or None
    try:
        assignment.assign(_ticket_id(number), assignee_id=assignee, team_id=team, by=person(), at=clock.now())
    except Refused as refused:
        words = said(refused)
        return form_again(lambda: render_assignment(number, error=words))
    return shown(number)


@bp.post("/tickets/<int:number>/join")
def join(number: int) -> ResponseReturnValue:
    """Join this ticket into another one, which is shown afterwards."""
    wanted = request.form.get("into", "").strip().lstrip("#")
    try:
        into = access.ticket(person(), row_number(wanted)).id if wanted.isdecimal() else _no_number()
        ticket_id = _ticket_id(number)
        names = None if request.form.get("sure") else matters.two_people(ticket_id, into)
        if names is not None:
            return form_again(lambda: render_join(number, into=wanted, people=names))
        joining.join(ticket_id, into=into, by=person(), at=clock.now())
    except (Refused, NotFound) as refused:
        words = said(refused)
        return form_again(lambda: render_join(number, into=wanted, error=words))
    return shown(into)


@bp.post("/tickets/<int:number>/separation")
def unjoin(number: int) -> ResponseReturnValue:
    """Undo a join: the ticket of this number has its conversations back."""
    whole = access.ticket(person(), number).id
    joining.unjoin(number, by=person(), at=clock.now())
    if (asked := request.form.get("suggestion", type=int)) is not None:
        # Whoever takes a yes back has not said no: the banner asks as before.
        suggestions.other(number, asked)
        suggestions.take_back(asked, by=person(), at=clock.now())
    # What came from another team may be out of one's sight now.
    return shown(number if access.sees(person(), number) else whole)


@bp.post("/tickets/<int:number>/parts")
def part(number: int) -> ResponseReturnValue:
    """Take one conversation out of the ticket."""
    joining.part(_conversation_id(number), by=person(), at=clock.now())
    return shown(number)


@bp.post("/messages/<int:message_id>/retry")
def retry(message_id: int) -> ResponseReturnValue:
    number = _number_of(message_id)
    replies.retry(message_id, by=person(), at=clock.now())
    return shown(number)


@bp.post("/messages/<int:message_id>/confirmation")
def confirm(message_id: int) -> ResponseReturnValue:
    """Somebody found out that an unsure message did arrive."""
    number = _number_of(message_id)
    replies.confirm_sent(message_id, by=person(), at=clock.now())
    return shown(number)


@bp.post("/messages/<int:message_id>/recall")
def call_back(message_id: int) -> ResponseReturnValue:
    """Take an answer back that has not left; with `reopened` also the resolution that came with it."""
    number = _number_of(message_id)
    replies.call_back(message_id, opens_again="reopened" in request.form, by=person(), at=clock.now())
    return shown(number)


def _send(number: int, conversation_id: int, answer: replies.Answer) -> None:
    """Let the answer go the ways that are chosen, or ask for its release."""
    ways = _ways(conversation_id)
    if answer.is_public and not person().can_publish:
        _ask_for_release(conversation_id, answer)
    elif len(ways) > 1 or not conversation_id:
        wider.answer(_ticket_id(number), ways, answer, by=person(), at=clock.now())
    else:
        replies.reply_with(conversation_id, answer, by=person(), at=clock.now())


def _ways(conversation_id: int) -> list[wider.Way]:
    """Return the way the form is on, and those that are ticked beside it; raises `NotFound` for anything else."""
    opens = request.form.get("opens", "")
    own = wider.Way(conversation_id=conversation_id) if conversation_id else _way(f"n{opens}")
    return [own, *(_way(each) for each in dict.fromkeys(request.form.getlist("also")))]


def _way(value: str) -> wider.Way:
    channel, _colon, identity = value[1:].partition(":")
    if value[:1] == "c" and channel.isdecimal():
        return wider.Way(conversation_id=access.conversation(person(), row_number(channel)).id)
    if value[:1] == "n" and channel.isdecimal() and identity.isdecimal():
        return wider.Way(channel_id=row_number(channel), identity_id=row_number(identity))
    raise NotFound("Diesen Antwortweg gibt es nicht.")


def _ask_for_release(conversation_id: int, answer: replies.Answer) -> None:
    """Let somebody who may publish decide about a public answer of somebody who may not."""
    asked = releases.Asked(
        text=answer.text,
        message_class=answer.message_class,
        promise=answer.promise,
        last_seen_id=answer.last_seen_id,
        seen_threads=answer.seen_threads,
        enclosures=answer.enclosures,
        draft_kept_at=answer.draft_kept_at,
    )
    releases.ask(conversation_id, asked, by=person(), at=clock.now())


def _public_line() -> str:
    """Return what is to be said in public once a private answer has arrived; only who may publish says anything."""
    return told_line() if request.form.get("public_line") and person().can_publish else ""


def _weight() -> str:
    """Return the class of the answer; only the choice of a person makes a holding reply of it."""
    return "holding" if request.form.get("class") == "holding" else "substantive"


def _publicity() -> bool | None:
    """Return whether the answer is meant for everybody; a form that does not say it leaves it as the thread is."""
    wanted = request.form.get("public")
    return None if wanted is None else wanted == "1"


def _refuse_another_way(conversation_id: int, *, is_public: bool | None) -> None:
    """Refuse a text that was written for another way than it was sent on; a form without a script says nothing."""
    meant = request.form.get("meant", "")
    if meant and meant != f"{conversation_id}:{'1' if is_public else ''}":
        raise Refused(
            "Der Antwortweg ist ein anderer als der, auf dem Sie zu schreiben begonnen haben. Bitte prüfen Sie ihn.",
            field="text",
            code="another_way",
        )


def _ticket_id(number: int) -> int:
    return access.ticket(person(), number).id


def _conversation_id(number: int) -> int:
    """Return the conversation the form names, if it lies under this ticket."""
    found = access.conversation(person(), request.form.get("conversation", 0, row_number))
    if found.ticket_id != number:
        raise NotFound("Dieser Gesprächsfaden gehört zu einem anderen Anliegen.")
    return found.id


def _number_of(message_id: int) -> int:
    message = access.message(person(), message_id)
    return access.conversation(person(), message.conversation_id).ticket_id


def _no_number() -> int:
    raise Refused(_("Bitte geben Sie die Nummer eines Anliegens ein."), field="into")


def shown(number: int) -> Response:
    """Answer with the ticket as it is now; the script follows and puts the pane in place."""
    return make_response(redirect(f"/tickets/{number}{query()}", 303))


def _refuse(
    number: int, form: str, text: str, refused: Refused, *, chosen: dict[str, Any] | None = None
) -> ResponseReturnValue:
    """Say beside the field what is wrong: the script keeps what was written, a plain form gets it back."""
    words = said(refused)
    if request.headers.get("HX-Request"):
        if refused.code == unseen.NEWER:
            return _newer(number, words)
        if isinstance(refused, Discloses):
            return _marked(text, refused)
        response = make_response(render_template("ticket/_problem.html", words=words), 422)
        response.headers["HX-Retarget"], response.headers["HX-Reswap"] = f"#{form}-problem", "innerHTML"
        return response
    keep_sent(number)
    if isinstance(refused, Discloses):
        words = f"{words} {'; '.join(spot.words for spot in refused.spots)}"
    page = finder.page(person(), number)
    code = 409 if refused.code == unseen.NEWER else 422
    return render(page, asked_number=number, chosen=chosen, **{form: (text, words)}), code


def _marked(text: str, refused: Discloses) -> Response:
    """Show below the field what of a public text may not be public."""
    disclosed = disclosed_words(text, refused.spots)
    response = make_response(render_template("ticket/_spots.html", disclosed=disclosed, is_refused=True), 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#reply-spots", "innerHTML"
    return response


def _newer(number: int, words: str) -> Response:
    """Tell the script what came meanwhile, and up to which message its author has read with this."""
    page = finder.page(person(), number)
    response = make_response(words, 409)
    response.headers["X-Faden-Newer"] = str(max((each.id for each in page.messages), default=0))
    response.headers["X-Faden-Threads"] = str(len(page.threads))
    response.headers["X-Faden-Words"] = quoted(words)
    return response


def form_again(form: Callable[[], str]) -> Response:
    """Show the dialog's form again with its error."""
    response = make_response(form(), 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response
