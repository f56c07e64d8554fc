"""What other teams owe the person who writes here, in words: the banner above a ticket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.finders.debts import Debt
from app.web.formats import formats
from app.web.words import _

LONGEST_SAID = 70
_MOST_REASONS = 4
_ABOUT_THE_PERSON = frozenset({"also_theirs", "same_name", "namesake", "name_and_postcode"})
_SALUTATION = re.compile(
    r"^(hallo|hi|hey|moin|guten (tag|morgen|abend)|sehr geehrte|liebe)\b[^,.!?:]{0,60}[,.!:]\s*", re.IGNORECASE
)
_END_OF_CLAUSE = re.compile(r"[.:;!?](?=\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class DebtWords:
    """One matter beside this one; the addresses are empty where the viewer may not see it."""

    words: str
    suggestion: int
    owes: bool
    """Something is still to be answered there: whoever begins to write reads it once more."""
    is_proven: bool
    reasons: str
    standing: str
    number: int
    url: str
    join_url: str
    undo_url: str
    reject_url: str
    ask_url: str
    inquiry_url: str
    """Where the other side is asked; empty for whoever may join by themselves or has asked."""
    inquiry_words: str
    inquired: str
    """What was asked, by whom and when."""
    is_ours: bool
    """It was asked from here."""


def debt_words(ticket_id: int, debts: Iterable[Debt], *, query: str) -> list[DebtWords]:
    """Return the banner's lines, the likeliest matter first."""
    return [_words(ticket_id, debt, query) for debt in debts]


def _words(ticket_id: int, debt: Debt, query: str) -> DebtWords:
    younger = max(ticket_id, debt.number)
    here = f"/tickets/{ticket_id}/suggestions/{debt.suggestion}"
    return DebtWords(
        words=_owing(debt),
        suggestion=debt.suggestion,
        owes=debt.unanswered_since is not None,
        is_proven=debt.is_proven,
        reasons=", ".join(_reasons(debt)),
        standing=_standing(debt),
        number=debt.number,
        url=f"/tickets/{debt.number}{query}" if debt.is_visible else "",
        join_url=f"{here}/acceptance{query}" if debt.can_join else "",
        undo_url=f"/tickets/{younger}/separation{query}",
        reject_url=f"{here}/rejection{query}",
        ask_url=f"{here}/question{query}",
        inquiry_url="" if debt.can_join else f"{here}/inquiry{query}",
        inquiry_words=_("%(team)s fragen", team=debt.team or _("Das Team")),
        inquired=_inquired(debt, ticket_id),
        is_ours=debt.asked_from_id == ticket_id,
    )


def _inquired(debt: Debt, ticket_id: int) -> str:
    """Say who asked the other side, read from either of them."""
    if debt.asked_at is None:
        return ""
    when = formats().when(debt.asked_at)
    if debt.asked_from_id == ticket_id:
        return _(
            "%(team)s gefragt von %(name)s, %(when)s", team=debt.team or _("Das Team"), name=debt.asked_by, when=when
        )
    who = f"{debt.asked_by} ({debt.team})" if debt.team else debt.asked_by
    return _("%(who)s fragt, ob das dasselbe ist, %(when)s", who=who, when=when)


def _owing(debt: Debt) -> str:
    """Say who owes what since when; of a matter in which nothing is owed only that it is there."""
    team = debt.team or _("Ein Team")
    if debt.unanswered_since is not None:
        return _("%(team)s schuldet seit %(when)s eine Antwort", team=team, when=formats().when(debt.unanswered_since))
    if debt.is_closed:
        return _("%(team)s hat ein Anliegen kürzlich erledigt", team=team)
    return _("%(team)s hat ein offenes Anliegen", team=team)


def _standing(debt: Debt) -> str:
    """Say what is promised and by whom, who has it, and who looked at it last."""
    told, when = [], formats().when
    if debt.promised_until is not None and debt.promised_by:
        told.append(_("Zusage bis %(when)s von %(name)s", when=when(debt.promised_until), name=debt.promised_by))
    elif debt.promised_until is not None:
        told.append(_("Zusage bis %(when)s", when=when(debt.promised_until)))
    if debt.assignee:
        told.append(_("bei %(name)s", name=debt.assignee))
    if debt.opened_at is not None:
        told.append(_("zuletzt geöffnet von %(name)s, %(when)s", name=debt.opened_by, when=when(debt.opened_at)))
    return " · ".join(told)


def _reasons(debt: Debt) -> list[str]:
    """Say why; of somebody who is known nothing of the person, for that stands before it."""
    return reasons_in_words(
        reason for reason in debt.reasons if not (debt.is_proven and reason.get("why") in _ABOUT_THE_PERSON)
    )


def reasons_in_words(reasons: Iterable[Mapping[str, Any]]) -> list[str]:
    """Say why we think so, each reason once and what says most first: the writer's own words, then the name."""
    told: dict[str, str] = {}
    for reason in reasons:
        told.setdefault(str(reason.get("why")), str(reason.get("words") or ""))
    found: dict[str, None] = {}
    for why, name in _names().items():
        said = _gist(told.get(why, "")) if why == "says_so" else ""
        if why in told:
            found.setdefault(_("schreibt „%(words)s“", words=said) if said else name)
    return list(found)[:_MOST_REASONS]


def _gist(said: str) -> str:
    """Return the first clause of what somebody wrote, without the salutation, cut behind a whole word."""
    clause = _END_OF_CLAUSE.split(_SALUTATION.sub("", said), maxsplit=1)[0].strip()
    if len(clause) <= LONGEST_SAID:
        return clause
    return f"{clause[:LONGEST_SAID].rsplit(' ', 1)[0].rstrip(',;:–- ')} …"


def _names() -> Mapping[str, str]:
    """Return every reason in words, what says most first."""
    return {
        "says_so": _("schreibt, schon Kontakt gehabt zu haben"),
        "same_name": _("gleicher Name"),
        "namesake": _("gleicher Name"),
        "like_name": _("gleicher Nachname, gleicher Anfangsbuchstabe"),
        "name_and_postcode": _("gleicher Name und gleiche Postleitzahl"),
        "also_theirs": _("dieselbe Person"),
        "same_thread": _("gleicher Gesprächsfaden"),
        "same_reference": _("gleiche Bestell- oder Sendungsnummer"),
        "order_number": _("gleiche Bestell- oder Sendungsnummer"),
        "ordered": _("die Bestellung gehört zu dieser Adresse"),
        "mistaken_reference": _("aber eine andere Nummer"),
        "near_reference": _("fast die gleiche Nummer"),
        "same_number": _("nennt die gleiche Zahl"),
        "claimed_address": _("nennt diese Adresse"),
        "handle": _("nennt diesen Namen auf der Plattform"),
        "same_product": _("gleiche Datei"),
        "same_article": _("gleicher Gegenstand"),
        "fits_in_time": _("die Zeit passt"),
        "one_of_several": _("die Zeit passt zu mehreren"),
        "nearly": _("die Zeit passt ungefähr"),
        "similar_text": _("ähnlicher Text"),
    }
