"""„Wer ist das?“: the page of a person, making one of two, and saying that they are two."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import distinctions, merging, unmerging
from app.errors import NotFound, Refused
from app.finders import acquaintance, merges, relatives, whereabouts
from app.web.customer_words import language_words, name_of, person_words
from app.web.door import person
from app.web.formats import formats, initials
from app.web.forms import without_nul
from app.web.numbers import row_number
from app.web.search import known_words
from app.web.ticket import is_fragment
from app.web.words import _, said
from routing.identity import Proof

bp = Blueprint("customers", __name__, url_prefix="/customers")
NOBODY = 0


@bp.get("/<int:customer>")
def show(customer: int) -> ResponseReturnValue:
    """The page; who was merged into somebody else leads there."""
    owner_id = access.customer(person(), customer)
    return _page(owner_id) if owner_id == customer else redirect(url_for("customers.show", customer=owner_id), 302)


def _page(customer: int) -> str:
    known = acquaintance.of(person(), customer)
    found, hidden = relatives.of(person(), customer)
    shown = person_words(known, found, hidden)
    return render_template("customers/_page.html" if is_fragment() else "customers/index.html", who=shown)


@bp.get("/<int:customer>/merge")
def choose(customer: int) -> str:
    """The dialog: look for the other person first, then choose field by field."""
    owner_id, other = _seen(customer), request.args.get("other", NOBODY, row_number)
    return _side_by_side(owner_id, _seen(other)) if other else _choice(owner_id)


def _choice(customer: int) -> str:
    found, _hidden = relatives.of(person(), customer)
    return render_template(
        "customers/_choice.html", who=_brief(customer), likely=[each for each in found if each.is_suspected], hits=[]
    )


@bp.get("/<int:customer>/merge/hits")
def hits(customer: int) -> str:
    """Whom the words may mean, but for the person themselves."""
    owner_id = _seen(customer)
    q = without_nul(request.args.get("q", "")).strip()[:200]
    found = whereabouts.people(person(), q, zone=formats().zone, today=formats().today)
    people = [(each.id, known_words(each)) for each in found if each.id != owner_id]
    return render_template("customers/_hits.html", customer=owner_id, people=people, q=q)


@bp.post("/<int:customer>/merge")
def merge(customer: int) -> Response:
    """Make one of two; the page goes on as it is called now."""
    owner_id, other_id = _seen(customer), _seen(request.form.get("other", NOBODY, row_number))
    taken = [name for name in merging.FIELDS if request.form.get(name) == "other"]
    reason = without_nul(request.form.get("reason", ""))
    try:
        merging.merge(
            owner_id,
            other_id,
            proof=Proof.COLLEAGUE,
            evidence={"reason": reason},
            taken=taken,
            by=person(),
            at=clock.now(),
        )
    except Refused as refused:
        return _again(_side_by_side(owner_id, other_id, error=said(refused), reason=reason))
    return _shown(owner_id)


@bp.post("/<int:customer>/merge/undo")
def undo_newest(customer: int) -> Response:
    """Take back the merge with `other` that was made last: what the bar offers for a moment."""
    owner_id = _seen(customer)
    found = merges.newest(owner_id, request.form.get("other", NOBODY, row_number))
    unmerging.undo(found, by=person(), at=clock.now())
    return _shown(owner_id)


@bp.post("/<int:customer>/merges/<int:merge_id>/undo")
def undo(customer: int, merge_id: int) -> Response:
    """Take back any merge that made this person what they are, however long ago."""
    owner_id = _seen(customer)
    unmerging.undo(merges.of(owner_id, merge_id), by=person(), at=clock.now())
    return _shown(owner_id)


@bp.post("/<int:customer>/distinctions")
def tell_apart(customer: int) -> Response:
    """They are two people: nobody is asked again."""
    owner_id, other_id = _seen(customer), _seen(request.form.get("other", NOBODY, row_number))
    distinctions.tell_apart(owner_id, other_id, by=person(), at=clock.now())
    return _shown(owner_id)


@bp.post("/<int:customer>/distinctions/undo")
def no_longer_apart(customer: int) -> Response:
    owner_id = _seen(customer)
    found = merges.distinction(owner_id, request.form.get("other", NOBODY, row_number))
    distinctions.take_back(found, by=person(), at=clock.now())
    return _shown(owner_id)


def _seen(customer: int) -> int:
    return access.customer(person(), customer)


def _brief(customer: int) -> dict[str, Any]:
    known = acquaintance.of(person(), customer)
    name = name_of(known.name, known.addresses)
    return {
        "id": customer,
        "name": name,
        "initials": initials(name),
        "fields": {"name": known.name, "language": language_words(known.language), "group": known.group},
        "addresses": len(known.addresses),
        "matters": len(known.matters) + known.hidden,
    }


def _side_by_side(customer: int, other: int, *, error: str = "", reason: str = "") -> str:
    """Write the form: what both say of each field, the person's own chosen first."""
    if customer == other:
        raise NotFound("Das ist schon dieselbe Person.")
    kept, absorbed = _brief(customer), _brief(other)
    names = {"name": _("Name"), "language": _("Sprache"), "group": _("Kundengruppe")}
    fields = [(name, words, kept["fields"][name], absorbed["fields"][name]) for name, words in names.items()]
    return render_template(
        "customers/_merge.html",
        kept=kept,
        absorbed=absorbed,
        fields=fields,
        chosen={name: request.form.get(name, "kept") for name in names},
        are_apart=merges.are_apart(customer, other),
        longest=merging.LONGEST_REASON,
        reason=reason,
        error=error,
    )


def _shown(customer: int) -> Response:
    return make_response(redirect(url_for("customers.show", customer=customer), 303))


def _again(form: str) -> Response:
    """Show the dialog's form again with its error."""
    response = make_response(form, 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response
