"""Hand-overs: the list of both sides, the dialogs, and the doors that ask, accept, decline and take back."""

from __future__ import annotations

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import handover_clocks, handovers
from app.errors import DeskError, NotFound, Refused
from app.finders import directory, ticket
from app.finders import handovers as finder
from app.web.door import person
from app.web.formats import formats
from app.web.forms import without_nul
from app.web.handover_words import line
from app.web.numbers import row_number
from app.web.ticket import query
from app.web.words import _, said

bp = Blueprint("handovers", __name__)
NOBODY = 0


@bp.get("/handovers")
def index() -> str:
    """What is asked of us and what we ask, with what still waits first."""
    g.view = "handovers"
    return render_template("handovers/index.html", sections=_sections())


@bp.get("/handovers/rows")
def rows() -> str:
    return render_template("handovers/_rows.html", sections=_sections())


@bp.get("/handovers/badges")
def badges() -> str:
    """The views of the rail with their counts, for a page that heard of a hand-over."""
    g.view = request.args.get("view", "")
    return render_template("_views.html")


def _sections() -> list[dict[str, object]]:
    found = finder.listed(person(), now=clock.now())
    to_us = [line(each, found.came_back, is_to_us=True) for each in found.to_us]
    if person().is_admin:
        return [
            {"name": _("Alle Übergaben"), "id": "all", "lines": to_us, "empty": _("Niemand übergibt gerade etwas.")}
        ]
    from_us = [line(each, found.came_back, is_to_us=False) for each in found.from_us]
    return [
        {"name": _("An uns"), "id": "to", "lines": to_us, "empty": _("Niemand will Ihnen gerade etwas übergeben.")},
        {
            "name": _("Von uns"),
            "id": "from",
            "lines": from_us,
            "empty": _("Sie haben in letzter Zeit nichts übergeben."),
        },
    ]


@bp.get("/tickets/<int:number>/handover")
def dialog(number: int) -> str:
    return _dialog(number)


def _dialog(number: int, *, error: str = "") -> str:
    """Write the form; the target is proposed, what was typed stays."""
    head = ticket.head(person(), number)
    # Who takes part beside the team that has it may ask just that team to say yes.
    is_ours = head.team_id is None or head.team_id in person().team_ids or not person().team_ids
    proposed = finder.target(head.number, head.team_id) if is_ours else head.team_id
    chosen = request.form.get("team", NOBODY, row_number) or proposed
    until = handover_clocks.acceptable_until(at=clock.now())
    teams = [
        (id_, name, formats().when(until[id_]) if id_ in until else "")
        for id_, name in ticket.team_choices()
        if not is_ours or id_ != head.team_id
    ]
    people: dict[str, list[tuple[int, str]]] = {name: [] for _id, name, _until in teams}
    for agent in directory.agents():
        for id_, name, _until in teams:
            if id_ in agent.team_ids:
                people[name].append((agent.id, agent.name))
    return render_template(
        "ticket/_handover.html",
        number=head.number,
        url=f"/tickets/{head.number}/handover{query()}",
        undo_url=f"/tickets/{head.number}/handover/withdrawal{query()}",
        teams=teams,
        chosen=chosen,
        people={name: found for name, found in people.items() if found},
        agent=request.form.get("agent", NOBODY, row_number),
        reason=request.form.get("reason", ""),
        longest=handovers.LONGEST_REASON,
        error=error,
    )


@bp.post("/tickets/<int:number>/handover")
def hand_over(number: int) -> ResponseReturnValue:
    """Ask another team to take the ticket."""
    ticket_id = access.ticket(person(), number).id
    try:
        handovers.hand_over(
            ticket_id,
            to_team_id=request.form.get("team", NOBODY, row_number),
            to_agent_id=request.form.get("agent", NOBODY, row_number) or None,
            reason=without_nul(request.form.get("reason", "")),
            by=person(),
            at=clock.now(),
        )
    except (Refused, NotFound) as refused:
        return _again(_dialog(number, error=said(refused)))
    return _shown(ticket_id)


@bp.post("/tickets/<int:number>/handover/acceptance")
def accept(number: int) -> Response:
    """Take over what one is asked to take."""
    ticket_id = access.ticket(person(), number).id
    handovers.accept(ticket_id, by=person(), at=clock.now())
    return _shown(ticket_id)


@bp.post("/tickets/<int:number>/handover/undo")
def unaccept(number: int) -> Response:
    ticket_id = access.ticket(person(), number).id
    handovers.take_back_acceptance(ticket_id, by=person(), at=clock.now())
    return _shown(ticket_id)


@bp.post("/tickets/<int:number>/handover/withdrawal")
def withdraw(number: int) -> Response:
    """Ask no longer."""
    ticket_id = access.ticket(person(), number).id
    handovers.withdraw(ticket_id, by=person(), at=clock.now())
    return _shown(ticket_id)


@bp.get("/tickets/<int:number>/handover/refusal")
def refusal(number: int) -> str:
    return _refusal(access.ticket(person(), number).id)


@bp.post("/tickets/<int:number>/handover/refusal")
def decline(number: int) -> ResponseReturnValue:
    """Say no, and why; the ticket is out of one's sight then, so the list is shown."""
    ticket_id = access.ticket(person(), number).id
    reason = without_nul(request.form.get("reason", ""))
    try:
        handovers.decline(ticket_id, reason=reason, by=person(), at=clock.now())
    except Refused as refused:
        if refused.code:
            raise
        return _again(_refusal(ticket_id, error=refused))
    response = make_response(redirect(url_for("handovers.index"), 303))
    if request.headers.get("HX-Request"):
        response = make_response("", 200)
        response.headers["HX-Redirect"] = url_for("handovers.index")
    return response


def _refusal(number: int, *, error: DeskError | None = None) -> str:
    return render_template(
        "ticket/_refusal.html",
        number=number,
        url=f"/tickets/{number}/handover/refusal",
        longest=handovers.LONGEST_REASON,
        error=said(error) if error else "",
    )


def _shown(number: int) -> Response:
    return make_response(redirect(f"/tickets/{number}{query()}", 303))


def _again(form: str) -> Response:
    """Show the dialog's form again with its error."""
    response = make_response(form, 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response
