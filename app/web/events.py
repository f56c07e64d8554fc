"""One sentence for every kind of event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.finders.ticket import Happened, TicketPage
from app.web import matter_events, person_events, release_words, rung_events
from app.web.event_words import EventWords, by
from app.web.formats import formats
from app.web.words import _


def tell_event(event: Happened, page: TicketPage) -> EventWords:
    """Return the words of an event; a kind nobody wrote words for shows its own name."""
    teller = _TELLERS.get(event.kind)
    return teller(event, page) if teller else EventWords(text=event.kind)


def _assigned(event: Happened, _page: TicketPage) -> EventWords:
    assignee, team = str(event.details.get("assignee", "")), str(event.details.get("team", ""))
    if assignee and assignee == event.actor_name:
        text = _("%(name)s hat übernommen.", name=assignee)
    elif assignee:
        text = _("%(by)s hat an %(name)s zugewiesen.", by=event.actor_name, name=assignee)
    else:
        text = _("%(by)s hat freigegeben: nicht zugewiesen.", by=event.actor_name)
    return EventWords(text=f"{text} {_('Team: %(team)s.', team=team)}" if team else text, icon="person")


def _resolved(event: Happened, _page: TicketPage) -> EventWords:
    cause = str(event.details.get("cause", ""))
    why = _("Ursache: %(cause)s", cause=cause) if cause else ""
    return EventWords(bold=_("Erledigt"), text=f"{by(event)} {why}".strip(), icon="check")


def _cause(event: Happened, _page: TicketPage) -> EventWords:
    cause = str(event.details.get("cause", ""))
    bold = _("Ursache: %(cause)s", cause=cause) if cause else _("Doch ohne Ursache")
    return EventWords(bold=bold, text=by(event), icon="note")


def _reopened(event: Happened, _page: TicketPage) -> EventWords:
    if event.details.get("by") == "customer":
        return EventWords(bold=_("Wieder geöffnet,"), text=_("weil die Kundschaft geschrieben hat."), icon="swap")
    return EventWords(bold=_("Wieder geöffnet"), text=by(event), icon="swap")


def _rung(kind: str) -> Callable[[Happened, TicketPage], EventWords]:
    def tell(event: Happened, _page: TicketPage) -> EventWords:
        words = rung_events.TELLERS[kind](event.details)
        return EventWords(bold=words.bold, text=words.text, icon="bell", look=words.look)

    return tell


def _waits(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Wartet auf %(whom)s,", whom=event.details.get("for", "")), text=by(event), icon="clock")


def _waits_no_more(event: Happened, _page: TicketPage) -> EventWords:
    whom = event.details.get("for", "")
    return EventWords(bold=_("Wartet nicht mehr auf %(whom)s,", whom=whom), text=by(event), icon="clock")


def _failed(event: Happened, _page: TicketPage) -> EventWords:
    text = str(event.details.get("words", "")) or _("Grund unbekannt")
    return EventWords(bold=_("Nicht gesendet:"), text=text, icon="alert")


def _unsure(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Versand unsicher:"), text=str(event.details.get("words", "")), icon="alert")


def _bounced(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Unzustellbar:"), text=str(event.details.get("words", "")), icon="alert", look="late")


def _retried(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Erneut gesendet"), text=by(event), icon="swap")


def _confirmed(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Als gesendet markiert"), text=by(event), icon="check")


def _given_up(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Versand aufgegeben"), text=by(event), icon="alert")


def _called_back(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Antwort zurückgeholt"), text=by(event), icon="swap")


def _not_hidden(event: Happened, _page: TicketPage) -> EventWords:
    words = str(event.details.get("words", "")) or _("Grund unbekannt")
    return EventWords(bold=_("Nicht verborgen:"), text=words, icon="alert", look="late")


def _hiding_asked(event: Happened, _page: TicketPage) -> EventWords:
    reason = {"insult": _("Beleidigung"), "third_party": _("Daten Dritter"), "advertising": _("Werbung")}
    why = reason.get(str(event.details.get("reason", "")), _("ohne Grund"))
    text = _("%(name)s lässt einen Kommentar verbergen. Grund: %(why)s.", name=event.actor_name, why=why)
    return EventWords(text=text, icon="eye-off")


def _showing_asked(event: Happened, _page: TicketPage) -> EventWords:
    text = _("%(name)s lässt einen Kommentar wieder zeigen.", name=event.actor_name)
    return EventWords(text=text, icon="eye")


def _told(icon: str, look: str = "") -> Callable[[Happened, TicketPage], EventWords]:
    """Tell an event by the sentence that it brought along."""
    return lambda event, _page: EventWords(text=_(str(event.details.get("words", ""))), icon=icon, look=look)


def _promised(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Zusage:"), text=_promise(event), icon="hand", look="promise")


def _promise_passed(event: Happened, _page: TicketPage) -> EventWords:
    text = _("%(name)s steht jetzt dafür ein.", name=event.details.get("to", ""))
    return EventWords(bold=_("Zusage:"), text=text, icon="hand", look="promise")


def _promise_waived(event: Happened, _page: TicketPage) -> EventWords:
    why = event.details.get("reason", "")
    text = _("%(name)s: %(why)s", name=event.actor_name, why=why)
    return EventWords(bold=_("Zusage erledigt."), text=text, icon="hand")


def _promise_unwaived(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Zusage gilt wieder"), text=by(event), icon="hand", look="promise")


def _waived(event: Happened, _page: TicketPage) -> EventWords:
    why = str(event.details.get("reason", ""))
    known = {"thanks": _("nur ein Dank"), "spam": _("Spam"), "duplicate": _("doppelt")}
    text = _("%(name)s: %(why)s", name=event.actor_name, why=known.get(why, why))
    return EventWords(bold=_("Keine Antwort nötig."), text=text, icon="check")


def _unwaived(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Antwort doch nötig"), text=by(event), icon="swap")


def _promise(event: Happened) -> str:
    try:
        due_at = datetime.fromisoformat(str(event.details.get("due_at", "")))
    except ValueError:
        due_at = None
    text = str(event.details.get("text", ""))
    if due_at is None or due_at.tzinfo is None:
        return text
    by = _("bis %(when)s, zugesagt von %(name)s.", when=formats().when(due_at), name=event.actor_name)
    return f"{by} {text}".strip()


def _call_asked(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Rückruf:"), text=str(event.details.get("reason", "")), icon="phone", look="soon")


def _call_given(event: Happened, _page: TicketPage) -> EventWords:
    name = str(event.details.get("to", ""))
    if not name:
        return EventWords(text=_("%(by)s hat den Rückruf freigegeben.", by=event.actor_name), icon="phone")
    if name == event.actor_name:
        return EventWords(text=_("%(name)s ruft zurück.", name=name), icon="phone")
    return EventWords(text=_("%(by)s lässt %(name)s zurückrufen.", by=event.actor_name, name=name), icon="phone")


def _call_done(event: Happened, _page: TicketPage) -> EventWords:
    reason = str(event.details.get("reason", ""))
    if reason:
        words = _("%(by)s: kein Anruf mehr nötig – %(reason)s", by=event.actor_name, reason=reason)
        return EventWords(text=words, icon="phone")
    return EventWords(bold=_("Rückruf erledigt"), text=by(event), icon="phone")


def _call_reopened(event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Rückruf wieder offen"), text=by(event), icon="phone")


def _handed_over(event: Happened, _page: TicketPage) -> EventWords:
    team, agent = str(event.details.get("team", "")), str(event.details.get("agent", ""))
    to = f"{team}, {agent}" if agent else team
    values = {"name": event.actor_name, "team": to, "reason": event.details.get("reason", "")}
    text = _("%(name)s bittet %(team)s zu übernehmen: „%(reason)s“", **values)
    return EventWords(bold=_("Übergabe:"), text=text, icon="swap", look="hand")


def _handover(event: Happened, _page: TicketPage) -> EventWords:
    """Tell how a hand-over went on."""
    values = {"name": event.actor_name or "", "team": event.details.get("team", "")}
    text = {
        "handover_accepted": _("%(name)s (%(team)s) hat die Übergabe angenommen."),
        "handover_unaccepted": _("%(name)s (%(team)s) hat die Annahme rückgängig gemacht."),
        "handover_declined": _("%(name)s (%(team)s) hat die Übergabe abgelehnt:"),
        "handover_returned": _("Niemand von %(team)s hat die Übergabe angenommen: Sie ist zurück."),
        "handover_withdrawn": _("Die Übergabe an %(team)s ist zurückgenommen."),
    }[event.kind]
    reason = str(event.details.get("reason", ""))
    is_quoted = event.kind == "handover_declined"
    return EventWords(text=f"{text % values} „{reason}“" if is_quoted else text % values, icon="swap", look="hand")


def _prioritised(event: Happened, _page: TicketPage) -> EventWords:
    is_urgent = event.details.get("to") == "urgent"
    text = _("Priorität: eilig") if is_urgent else _("Priorität: normal")
    pieces = [by(event), _moved_by(event)]
    if event.details.get("eased_late"):
        pieces.append(_("Es war weniger als ein Viertel der Frist übrig."))
    return EventWords(
        bold=text, text=" ".join(piece for piece in pieces if piece), icon="bell" if is_urgent else "dots"
    )


def _tagged(event: Happened, _page: TicketPage) -> EventWords:
    bold = _("Schlagwort entfernt:") if event.kind == "untagged" else _("Schlagwort:")
    pieces = (
        [f"{event.details.get('tag', '')},", by(event)] if event.actor_name else [str(event.details.get("tag", ""))]
    )
    return EventWords(bold=bold, text=" ".join([*pieces, _moved_by(event)]).strip(), icon="dots")


def _grouped(event: Happened, _page: TicketPage) -> EventWords:
    group = str(event.details.get("to", "")) or _("keine")
    return EventWords(bold=_("Kundengruppe:"), text=f"{group} {by(event)} {_moved_by(event)}".strip(), icon="person")


def _moved_by(event: Happened) -> str:
    """Say to when deadlines moved by an act; empty where none did."""
    dues = [due for each in event.details.get("moved", ()) if (due := _instant(each.get("to")))]
    return _("Neue Frist: %(when)s.", when=formats().when(min(dues))) if dues else ""


def _moved(event: Happened, _page: TicketPage) -> EventWords:
    before, after = _instant(event.details.get("from")), _instant(event.details.get("to"))
    if before is None or after is None:
        return EventWords(bold=_("Frist verschoben"), icon="bell", text="")
    name = str(event.details.get("name", ""))
    values = {"before": formats().when(before), "after": formats().when(after), "name": name}
    text = _("von %(before)s auf %(after)s: Die Servicezeit „%(name)s“ wurde geändert.", **values)
    return EventWords(bold=_("Frist verschoben"), text=text, icon="bell")


def _instant(written: object) -> datetime | None:
    try:
        at = datetime.fromisoformat(str(written))
    except ValueError:
        return None
    return at if at.tzinfo else None


_TELLERS: dict[str, Callable[[Happened, TicketPage], EventWords]] = {
    **{kind: _rung(kind) for kind in rung_events.TELLERS},
    **matter_events.TELLERS,
    "assigned": _assigned,
    "cause": _cause,
    "resolved": _resolved,
    "reopened": _reopened,
    **person_events.TELLERS,
    **release_words.TELLERS,
    "failed": _failed,
    "unsure": _unsure,
    "bounced": _bounced,
    "retried": _retried,
    "confirmed": _confirmed,
    "given_up": _given_up,
    "called_back": _called_back,
    "hiding_asked": _hiding_asked,
    "showing_asked": _showing_asked,
    "not_hidden": _not_hidden,
    "referred": _told("link"),
    "thread_moved": _told("swap"),
    "channel_told": _told("bell", "soon"),
    "waits": _waits,
    "waits_no_more": _waits_no_more,
    "handed_over": _handed_over,
    "handover_accepted": _handover,
    "handover_unaccepted": _handover,
    "handover_declined": _handover,
    "handover_returned": _handover,
    "handover_withdrawn": _handover,
    "prioritised": _prioritised,
    "tagged": _tagged,
    "untagged": _tagged,
    "grouped": _grouped,
    "moved": _moved,
    "promised": _promised,
    "promise_passed": _promise_passed,
    "promise_waived": _promise_waived,
    "promise_unwaived": _promise_unwaived,
    "waived": _waived,
    "unwaived": _unwaived,
    "call_asked": _call_asked,
    "call_given": _call_given,
    "call_done": _call_done,
    "call_reopened": _call_reopened,
}
