"""Who somebody is, in words: the values of the page „Wer ist das?“."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.finders.acquaintance import Acquaintance, Address, Apart, Asked, Joined, Matter
from app.finders.relatives import Relative
from app.web.formats import formats, initials
from app.web.kinds import look_of
from app.web.proof_words import evidence_words, hint_words, proof_words
from app.web.side import NAMELESS
from app.web.words import _
from channels.numbers import shown


class AddressWords(NamedTuple):
    icon: str
    channel: str
    value: str
    is_verified: bool
    evidence: str
    since: str


class MatterWords(NamedTuple):
    number: int
    subject: str
    state: str
    is_open: bool
    channel: str
    icon: str
    when: str


class RelativeWords(NamedTuple):
    id: int
    name: str
    initials: str
    is_suspected: bool
    reasons: str
    channels: str
    can_ask: bool
    """A mail address of theirs is known, so that they can be asked."""


class PastWords(NamedTuple):
    """One line of the history; `undo` is the path below the page that takes it back, `other` whom it is about."""

    at: str
    bold: str
    text: str
    undo: str = ""
    other: int = 0
    is_undone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonWords:
    id: int
    name: str
    initials: str
    names: str
    language: str
    group: str
    first: str
    last: str
    hidden: str
    addresses: list[AddressWords]
    orders: list[tuple[str, str, str]]
    named: list[str]
    """Numbers of orders they named that are not known to be theirs: their owner can be asked."""
    matters: list[MatterWords]
    relatives: list[RelativeWords]
    more_relatives: str
    past: list[PastWords]


def person_words(known: Acquaintance, relatives: Sequence[Relative], hidden_relatives: int) -> PersonWords:
    """Return everything the page shows."""
    words = formats()
    first = min((matter.created_at for matter in known.matters), default=None)
    last = max((matter.last_at for matter in known.matters), default=None)
    return PersonWords(
        id=known.id,
        name=name_of(known.name, known.addresses),
        initials=initials(name_of(known.name, known.addresses)),
        names=", ".join(known.names),
        language=language_words(known.language),
        group=known.group,
        first=words.full(first) if first else "",
        last=words.full(last) if last else "",
        hidden=_hidden(known.hidden),
        addresses=[_address(each, known.merges) for each in known.addresses],
        orders=[
            (each.number, words.date_of(each.placed_at) if each.placed_at else "", each.customer_reference)
            for each in known.orders
        ],
        named=[each.number for each in known.named],
        matters=[_matter(each) for each in known.matters],
        relatives=[_relative(each) for each in relatives],
        more_relatives=_hidden_people(hidden_relatives),
        past=_past(known),
    )


def name_of(name: str, addresses: Sequence[Address]) -> str:
    """Return what somebody is called, or else an address of theirs."""
    return name or (address_value(addresses[0]) if addresses else "") or _("Unbekannt")


def address_value(address: Address) -> str:
    """Return an address as people know it; figures that mean nothing to them give way to the name."""
    if address.value.startswith("unknown:"):
        return address.name or _("Unbekannt")
    if address.kind in NAMELESS or (address.kind == "x" and address.value.isdecimal()):
        return address.name or address.value
    return shown(address.value) if address.value.startswith("+") else address.value


def language_words(language: str) -> str:
    return {"de": _("Deutsch"), "en": _("Englisch")}.get(language, language)


def _hidden(count: int) -> str:
    if count == 1:
        return _("Ein weiteres Anliegen liegt bei einem anderen Team.")
    return _("%(count)s weitere Anliegen liegen bei anderen Teams.", count=count) if count else ""


def _hidden_people(count: int) -> str:
    if count == 1:
        return _("Eine weitere Person könnte dieselbe sein; ihre Anliegen liegen bei einem anderen Team.")
    if not count:
        return ""
    return _("%(count)s weitere Personen könnten dieselbe sein; ihre Anliegen liegen bei anderen Teams.", count=count)


def _address(address: Address, merges: Sequence[Joined]) -> AddressWords:
    look = look_of(address.kind)
    brought = next((each for each in merges if each.undone_at is None and address.id in each.identities), None)
    evidence = evidence_words(address.evidence)
    if brought is not None:
        evidence = f"{evidence}. {_how(brought)}"
    return AddressWords(
        look.icon, look.name, address_value(address), address.is_verified, evidence, formats().date_of(address.since)
    )


def _how(merge: Joined) -> str:
    """Say what made two people one."""
    if merge.proof == "colleague":
        reason = merge.evidence.get("reason", "")
        return _("%(name)s steht dafür ein: %(reason)s", name=merge.by, reason=reason)
    order = merge.evidence.get("order", "")
    which = _("Bestellung %(order)s", order=order) if order else ""
    return f"{proof_words(merge.proof)} {which}".strip()


def _matter(matter: Matter) -> MatterWords:
    names = {"open": _("offen"), "waiting": _("wartet auf Kundschaft"), "resolved": _("erledigt")}
    look, state = look_of(matter.channel_kind), matter.state.value
    return MatterWords(
        matter.number,
        matter.subject or _("Ohne Betreff"),
        names.get(state, state),
        state != "resolved",
        look.name,
        look.icon,
        formats().time(matter.created_at),
    )


def _relative(relative: Relative) -> RelativeWords:
    name = relative.name or relative.address or _("Unbekannt")
    return RelativeWords(
        relative.id,
        name,
        initials(name),
        relative.is_suspected,
        " · ".join(hint_words(reason) for reason in relative.reasons),
        ", ".join(look_of(kind).name for kind in relative.kinds),
        bool(relative.address) and relative.is_suspected,
    )


def _past(known: Acquaintance) -> list[PastWords]:
    lines = [(each.at, _merged(each, known)) for each in known.merges]
    lines += [(each.undone_at, _unmerged(each, known)) for each in known.merges if each.undone_at]
    lines += [(each.sent_at, _asked(each)) for each in known.links]
    lines += [(each.at, _apart(each)) for each in known.apart]
    return [line for _at, line in sorted(lines, key=lambda each: each[0], reverse=True)]


def _merged(merge: Joined, known: Acquaintance) -> PastWords:
    with_whom = _("dieselbe wie %(name)s", name=_other(merge, known))
    return PastWords(
        formats().full(merge.at),
        _("Zusammengeführt"),
        f"{with_whom}. {_how(merge)}",
        "" if merge.undone_at else f"merges/{merge.id}/undo",
        is_undone=merge.undone_at is not None,
    )


def _unmerged(merge: Joined, known: Acquaintance) -> PastWords:
    whom = _("%(by)s: doch nicht dieselbe wie %(name)s", by=merge.undone_by, name=_other(merge, known))
    return PastWords(formats().full(merge.undone_at or merge.at), _("Wieder getrennt"), whom)


def _other(merge: Joined, known: Acquaintance) -> str:
    return (merge.kept_name if merge.absorbed_id == known.id else merge.absorbed_name) or _("eine andere Person")


def _apart(told: Apart) -> PastWords:
    name = told.other_name or _("eine andere Person")
    who = told.by or _("wem die Adresse gehört")
    text = _("nicht dieselbe wie %(name)s, sagt %(who)s", name=name, who=who)
    return PastWords(formats().full(told.at), _("Zwei Personen"), text, "distinctions/undo", told.other_id)


def masked(address: str) -> str:
    """Return an address of which one can tell which is meant: whoever reads this may not know its owner."""
    local, _at, host = address.rpartition("@")
    return f"{local[:1]}…@{host}"


def _asked(link: Asked) -> PastWords:
    words = formats()
    if link.is_confirmed:
        how = _("bestätigt %(when)s", when=words.when(link.answered_at or link.sent_at))
    elif link.is_confirmed is False:
        how = _("verneint %(when)s", when=words.when(link.answered_at or link.sent_at))
    elif link.expires_at <= words.now:
        how = _("nicht beantwortet")
    else:
        how = _("noch nicht beantwortet, gilt bis %(when)s", when=words.when(link.expires_at))
    text = _("an %(address)s von %(by)s, %(how)s", address=masked(link.address), by=link.by or "Faden", how=how)
    return PastWords(words.full(link.sent_at), _("Bestätigungslink"), text)
