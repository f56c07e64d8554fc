"""Sentences about what a matter consists of: tickets joined and parted, messages taken out, teams that take part."""

from __future__ import annotations

from collections.abc import Callable

from app.finders.ticket import Happened, TicketPage
from app.web.debt_words import reasons_in_words
from app.web.event_words import EventWords
from app.web.words import _


def _joined(event: Happened, page: TicketPage) -> EventWords:
    number = int(event.details.get("ticket", 0))
    is_here = any(thread.home_ticket_id == number for thread in page.threads)
    text = _("Anliegen #%(number)s ist nachweislich dasselbe.", number=number)
    if event.actor_name:
        text = _("%(name)s hat Anliegen #%(number)s hierher geholt.", name=event.actor_name, number=number)
    return EventWords(
        bold=_("Verbunden:"),
        text=f"{text} {_why(event)}".strip(),
        icon="link",
        part_url=f"/tickets/{number}/separation" if is_here else "",
        undo_url=f"/tickets/{number}/join",
        undo_values={"into": page.head.number, "sure": 1},
    )


def _why(event: Happened) -> str:
    """Say why the two were taken for one, and how certain that was; nothing where nothing had suggested it."""
    if "is_proven" not in event.details:
        return ""
    how = _("bestätigt") if event.details["is_proven"] else _("vermutet")
    why = ", ".join(reasons_in_words(event.details.get("why", ())))
    return _("Grund (%(how)s): %(why)s.", how=how, why=why) if why else f"({how})"


def _parted(event: Happened, _page: TicketPage) -> EventWords:
    number = event.details.get("ticket", "")
    text = _("%(name)s hat hieraus Anliegen #%(number)s gelöst.", name=event.actor_name, number=number)
    return EventWords(bold=_("Getrennt:"), text=text, icon="link")


def _split(event: Happened, page: TicketPage) -> EventWords:
    messages = event.details.get("messages", ())
    number = event.details.get("ticket", "")
    text = _(
        "%(name)s hat %(n)s Nachrichten in Anliegen #%(number)s gelegt.",
        name=event.actor_name,
        n=len(messages),
        number=number,
    )
    if len(messages) == 1:
        text = _("%(name)s hat eine Nachricht in Anliegen #%(number)s gelegt.", name=event.actor_name, number=number)
    back = {
        id_ for each in page.events if each.kind == "unsplit" and each.id > event.id for id_ in each.details["messages"]
    }
    is_out = bool(messages) and not back.intersection(messages)
    return EventWords(
        bold=_("Herausgelöst:"),
        text=text,
        icon="link",
        part_url=f"/messages/{messages[0]}/split/undo" if is_out else "",
        part_words=_("Zurückholen"),
        part_told=_("Zurückgeholt."),
    )


def _split_away(event: Happened, _page: TicketPage) -> EventWords:
    number = event.details.get("from", "")
    text = _("%(name)s hat aus Anliegen #%(number)s etwas hierher gelegt.", name=event.actor_name, number=number)
    return EventWords(bold=_("Herausgelöst:"), text=text, icon="link")


def _unsplit(event: Happened, _page: TicketPage) -> EventWords:
    number = event.details.get("ticket", "")
    text = _(
        "%(name)s hat aus Anliegen #%(number)s zurückgeholt, was herausgelöst war.",
        name=event.actor_name,
        number=number,
    )
    return EventWords(bold=_("Zurückgeholt:"), text=text, icon="link")


def _unsplit_away(event: Happened, _page: TicketPage) -> EventWords:
    number = event.details.get("from", "")
    text = _("%(name)s hat es wieder in Anliegen #%(number)s gelegt.", name=event.actor_name, number=number)
    return EventWords(bold=_("Zurückgeholt:"), text=text, icon="link")


def _took_part(event: Happened, _page: TicketPage) -> EventWords:
    team = event.details.get("team", "")
    text = _("%(name)s hat %(team)s beteiligt.", name=event.actor_name, team=team)
    return EventWords(text=text, icon="users")


def _left(event: Happened, _page: TicketPage) -> EventWords:
    team = event.details.get("team", "")
    text = _("%(name)s hat die Beteiligung von %(team)s beendet.", name=event.actor_name, team=team)
    return EventWords(text=text, icon="users")


def _join_asked(event: Happened, _page: TicketPage) -> EventWords:
    details = event.details
    values = {"name": event.actor_name, "team": details.get("team", ""), "asked": details.get("asked", "")}
    text = _("%(name)s hat %(asked)s gefragt, ob ein Anliegen von dort dasselbe ist.", **values)
    if not details.get("is_ours"):
        text = _("%(name)s (%(team)s) fragt, ob ein Anliegen von dort dasselbe ist.", **values)
    question = f" „{details['question']}“" if details.get("question") else ""
    return EventWords(bold=_("Dasselbe?"), text=f"{text}{question}", icon="link")


def _join_unasked(_event: Happened, _page: TicketPage) -> EventWords:
    return EventWords(bold=_("Dasselbe?"), text=_("Die Frage ist zurückgenommen."), icon="link")


TELLERS: dict[str, Callable[[Happened, TicketPage], EventWords]] = {
    "joined": _joined,
    "parted": _parted,
    "split": _split,
    "split_away": _split_away,
    "unsplit": _unsplit,
    "unsplit_away": _unsplit_away,
    "join_asked": _join_asked,
    "join_unasked": _join_unasked,
    "team_took_part": _took_part,
    "team_left": _left,
}
