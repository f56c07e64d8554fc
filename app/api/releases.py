"""Public answers by people who may not publish: asked for, let go, given back."""

from __future__ import annotations

from app import access, clock
from app.access import Person
from app.api import routes
from app.api.answered import ReleaseAnswered, ReleasesAnswered
from app.api.asked import RefusalAsked, ReleaseAsked, ReplyAsked
from app.desk import releases as desk
from app.desk.promises import Given
from app.errors import NotFound
from app.finders import releases as finder


@routes.get("/releases", answer=ReleasesAnswered)
def releases(*, person: Person) -> ReleasesAnswered:
    """List what waits on the tickets one may see, the oldest first."""
    return ReleasesAnswered(releases=[_standing(each.id) for each in finder.listed(person)])


@routes.post("/tickets/<id:number>/releases", answer=ReleaseAnswered, body=ReplyAsked, status=201)
def ask_release(*, person: Person, number: int, body: ReplyAsked) -> ReleaseAnswered:
    """Ask for a public answer to be let go; nothing is answered until then."""
    ticket_id = access.ticket(person, number).id
    if access.conversation(person, body.conversation).ticket_id != ticket_id:
        raise NotFound("Dieser Gesprächsfaden gehört nicht zu diesem Anliegen.")
    asked = desk.Asked(
        text=body.words,
        message_class=body.message_class,
        promise=Given(due_at=body.promise_at, text=body.promise_text) if body.promise_at else None,
        answers_id=body.answers,
        last_seen_id=body.last_seen,
        seen_threads=body.seen_conversations,
    )
    return _standing(desk.ask(body.conversation, asked, by=person, at=clock.now()))


@routes.post("/tickets/<id:number>/releases/<id:release>/release", answer=ReleaseAnswered, body=ReleaseAsked)
def let_go(*, person: Person, number: int, release: int, body: ReleaseAsked) -> ReleaseAnswered:
    """Let an answer go in its author's name; 409 `newer` where something came that nobody has read yet."""
    desk.release(_of(person, number, release), last_seen_id=body.last_seen, by=person, at=clock.now())
    return _standing(release)


@routes.post("/tickets/<id:number>/releases/<id:release>/decline", answer=ReleaseAnswered, body=RefusalAsked)
def decline_release(*, person: Person, number: int, release: int, body: RefusalAsked) -> ReleaseAnswered:
    """Give an answer back with a reason; its author is told."""
    desk.decline(_of(person, number, release), reason=body.reason, by=person, at=clock.now())
    return _standing(release)


@routes.delete("/tickets/<id:number>/releases/<id:release>", answer=ReleaseAnswered)
def withdraw_release(*, person: Person, number: int, release: int) -> ReleaseAnswered:
    """Take back what one has asked for."""
    desk.withdraw(_of(person, number, release), by=person, at=clock.now())
    return _standing(release)


def _of(person: Person, number: int, release_id: int) -> int:
    found = finder.one(release_id)
    if found is None or found.ticket != access.ticket(person, number).id:
        raise NotFound("Diese Freigabe gibt es nicht.")
    return release_id


def _standing(release_id: int) -> ReleaseAnswered:
    return ReleaseAnswered.model_validate(finder.one(release_id))
