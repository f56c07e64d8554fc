"""A first message from us on a ticket: on which way, to whom, and what to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import Blueprint, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app import access, clock
from app.desk import opening
from app.errors import NotFound, Refused
from app.finders import first
from app.finders import ticket as finder
from app.finders.first import Known, Open, Spoken
from app.web.door import person
from app.web.enclosing import enclosures
from app.web.formats import formats
from app.web.forms import Form, without_nul
from app.web.kinds import look_of
from app.web.numbers import row_number
from app.web.ticket import query
from app.web.words import _, said
from channels.contract import Account, Exchange, Handle
from channels.speaking import capability_of

bp = Blueprint("first", __name__)
TYPED = {"email": "", "x": "@"}
"""Kinds whose addresses people can type, and how such an address begins."""
NOBODY = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One way: `channel:identity`, or `channel:0` for an address that is typed."""

    id: str
    words: str
    channel: str
    icon: str
    reason: str = ""
    is_chosen: bool = False


@bp.get("/tickets/<int:number>/conversations")
def show(number: int) -> str:
    return _form(number, Form(), error="")


@bp.post("/tickets/<int:number>/conversations")
def write(number: int) -> ResponseReturnValue:
    """Send the message; the composer's other threads stay as they are."""
    form = Form.of(request.form, "to", "subject", "way")
    form.values["text"] = without_nul(request.form.get("text", ""))
    ticket_id = access.ticket(person(), number).id
    try:
        channel_id, identity_id = _way(ticket_id, form["way"])
        typed = {name: form[name] for name in ("to", "subject", "text")}
        opening.write_first(
            channel_id=channel_id,
            identity_id=identity_id,
            **typed,
            enclosures=enclosures(),
            ticket_id=ticket_id,
            by=person(),
            at=clock.now(),
        )
    except (Refused, NotFound) as refused:
        return _again(number, form, refused)
    return redirect(f"/tickets/{number}{query()}", 303)


def _way(ticket_id: int, chosen: str) -> tuple[int, int | None]:
    """Return channel and identity of a choice; the identity must be one of this ticket's customer."""
    channel, _colon, identity = chosen.partition(":")
    if not channel.isdecimal() or not identity.isdecimal():
        raise Refused("Bitte wählen Sie einen Weg.", field="way")
    known = {each.id for each in first.addresses(finder.head(person(), ticket_id).customer_id)}
    identity_id = row_number(identity)
    if identity_id and identity_id not in known:
        raise NotFound("Diese Adresse gehört nicht zu diesem Anliegen.")
    return row_number(channel), identity_id or None


def _again(number: int, form: Form, refused: Refused | NotFound) -> ResponseReturnValue:
    response = make_response(_form(number, form, error=said(refused)), 422)
    response.headers["HX-Retarget"], response.headers["HX-Reswap"] = "#sheet", "innerHTML"
    return response


def _form(number: int, form: Form, *, error: str) -> str:
    head = finder.head(person(), number)
    return render_template(
        "ticket/_first.html",
        number=head.number,
        url=f"/tickets/{head.number}/conversations{query()}",
        choices=list(_choices(head.customer_id, chosen=form["way"])),
        kept={name: form[name] for name in ("to", "text")} | {"subject": form["subject"] or head.subject},
        error=error,
    )


def _choices(customer_id: int, *, chosen: str) -> Iterator[Choice]:
    """Yield every address we know on a channel of ours, then the channels on which one may be typed."""
    open_, known = first.channels(), first.addresses(customer_id)
    spoken = first.spoken([address.id for address in known])
    for channel in open_:
        for address in known:
            if address.kind == channel.kind and address.scope in {"", channel.address}:
                id_ = f"{channel.id}:{address.id}"
                reason = _obstacle(channel, _handle(address), spoken.get((channel.id, address.id)))
                yield Choice(
                    id=id_,
                    words=address.name if channel.kind not in TYPED and address.name else address.value,
                    channel=channel.name,
                    icon=look_of(channel.kind).icon,
                    reason=reason,
                    is_chosen=id_ == chosen,
                )
    for channel in open_:
        if channel.kind in TYPED and not _obstacle(channel, Handle(kind=channel.kind, value=TYPED[channel.kind]), None):
            id_ = f"{channel.id}:{NOBODY}"
            yield Choice(
                id=id_,
                words=_("Andere Adresse"),
                channel=channel.name,
                icon=look_of(channel.kind).icon,
                is_chosen=id_ == chosen,
            )


def _handle(address: Known) -> Handle:
    return Handle(kind=address.kind, value=address.value, name=address.name, scope=address.scope)


def _obstacle(channel: Open, handle: Handle, spoken: Spoken | None) -> str:
    """Say why we may not begin on this way; empty where we may."""
    account = Account(
        id=channel.id, kind=channel.kind, name=channel.name, address=channel.address, settings=channel.settings
    )
    exchange = Exchange(
        recipient=handle,
        is_public=False,
        conversation_key=spoken.key if spoken else "",
        heard_at=spoken.heard_at if spoken else None,
        details=spoken.details if spoken else {},
    )
    capability = capability_of(account, exchange, now=formats().now)
    if capability.can_private:
        return ""
    return _(capability.reason) if capability.reason else _("Auf diesem Weg ist keine Antwort möglich.")
