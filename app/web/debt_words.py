"""What other teams owe the person who writes here, in words: the banner above a ticket."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.finders.debts import Debt
from app.web.formats import formats
from app.web.words import _

_MOST_REASONS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtWords:
    """One matter beside this one; the addresses are empty where the viewer may not see it."""

    words: str
    is_proven: bool
    reasons: str
    standing: str
    number: int
    url: str
    join_url: str
    join_into: int
    undo_url: str
    reject_url: str
    ask_url: str


def debt_words(ticket_id: int, debts: Iterable[Debt], *, query: str) -> list[DebtWords]:
    """Return the banner's lines, the likeliest matter first."""
    return [_words(ticket_id, debt, query) for debt in debts]


def _words(ticket_id: int, debt: Debt, query: str) -> DebtWords:
    younger, older = max(ticket_id, debt.number), min(ticket_id, debt.number)
    here = f"/tickets/{ticket_id}/suggestions/{debt.suggestion}"
    return DebtWords(
        words=_owing(debt),
        is_proven=debt.is_proven,
        reasons=" · ".join(_reasons(debt)),
        standing=_standing(debt),
        number=debt.number,
        url=f"/tickets/{debt.number}{query}" if debt.is_visible else "",
        join_url=f"/tickets/{younger}/join{query}" if debt.is_visible else "",
        join_into=older,
        undo_url=f"/tickets/{younger}/separation{query}",
        reject_url=f"{here}/rejection{query}",
        ask_url=f"{here}/question{query}",
    )


def _owing(debt: Debt) -> str:
    """Say who owes what since when; of a matter in which nothing is owed only that it is there."""
    team = debt.team or _("Ein Team")
    if debt.unanswered_since is not None:
        return _("%(team)s schuldet seit %(when)s eine Antwort", team=team, when=formats().when(debt.unanswered_since))
    if debt.is_closed:
        return _("%(team)s hat ein Anliegen kürzlich erledigt", team=team)
    return _("%(team)s hat ein offenes Anliegen", team=team)


def _standing(debt: Debt) -> str:
    """Say what is promised and who has it."""
    told = []
    if debt.promised_until is not None:
        told.append(_("Zusage bis %(when)s", when=formats().when(debt.promised_until)))
    if debt.assignee:
        told.append(_("bei %(name)s", name=debt.assignee))
    return ", ".join(told)


def _reasons(debt: Debt) -> list[str]:
    return reasons_in_words(debt.reasons)


def reasons_in_words(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say why we think so, each reason once; the writer's own words say most."""
    names = _names()
    found: dict[str, None] = {}
    for reason in reasons:
        said = str(reason.get("words") or "")
        name = names.get(str(reason.get("why")), "")
        if reason.get("why") == "says_so" and said:
            name = _("schreibt „%(words)s“", words=said[:90])
        if name:
            found.setdefault(name)
    return list(found)[:_MOST_REASONS]


def _names() -> Mapping[str, str]:
    return {
        "says_so": _("schreibt, schon Kontakt gehabt zu haben"),
        "same_name": _("gleicher Name"),
        "same_reference": _("gleiche Bestell- oder Sendungsnummer"),
        "order_number": _("gleiche Bestell- oder Sendungsnummer"),
        "same_product": _("gleiche Datei"),
        "claimed_address": _("nennt diese Adresse"),
        "handle": _("nennt diesen Namen auf der Plattform"),
        "name_and_postcode": _("gleicher Name und gleiche Postleitzahl"),
        "fits_in_time": _("die Zeit passt"),
        "one_of_several": _("die Zeit passt zu mehreren"),
        "similar_text": _("ähnlicher Text"),
        "same_thread": _("gleicher Gesprächsfaden"),
    }
