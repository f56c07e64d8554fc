"""Answering where it helps: which further ways lead to the same person, and why another one is not offered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.finders import other_ways
from app.finders.other_ways import Beyond
from app.finders.ticket import Thread, TicketPage
from app.web.formats import formats
from app.web.kinds import look_of, voice_of
from app.web.ways import Also, Way, is_group
from app.web.words import _
from channels.contract import Account, Exchange, Handle
from channels.speaking import capability_of

MAIL = "email"


def widen(found: list[Way], page: TicketPage) -> list[Way]:
    """Add the mailboxes of the customer that no thread leads to, and say of each private way what may go along."""
    known = {address.id for address in page.addresses}
    beyond = _beyond(page)
    proven = {thread.id: thread for thread in page.threads if _is_proven(thread, known)}
    begun = [_begun(each, found) for each in beyond]
    for way in found:
        if way.is_public or not way.can or way.id != str(way.conversation):
            continue
        others = [each for each in found if _is_beside(each, way)]
        if way.conversation in proven:
            way.also = [_also(each, proven[each.conversation]) for each in others if each.conversation in proven]
            way.also += [Also(value=f"n{each.opens}", words=_mail_words(each.to)) for each in begun]
        strangers = [each for each in others if way.conversation not in proven or each.conversation not in proven]
        if strangers and not way.also:
            way.also_reason = _(
                "Auch per %(channel)s geht erst, wenn belegt ist, dass es dieselbe Person ist.",
                channel=strangers[0].name,
            )
    return [*found, *begun]


def _is_beside(other: Way, way: Way) -> bool:
    """Say whether another private thread of the ticket could carry the same answer."""
    return not other.is_public and other.can and other.id == str(other.conversation) and other is not way


def _is_proven(thread: Thread, known: set[int]) -> bool:
    """Say whether a thread leads to the customer of the ticket: an address one of us typed must have answered."""
    is_theirs = thread.identity_id in known and not thread.is_public and not is_group(thread)
    return is_theirs and (thread.identity_evidence != other_ways.CLAIMED or thread.heard_at is not None)


def _also(way: Way, thread: Thread) -> Also:
    if thread.channel_kind == MAIL:
        return Also(value=f"c{way.conversation}", words=_mail_words(way.to))
    name = voice_of(thread.channel_kind, is_public=False).name
    return Also(value=f"c{way.conversation}", words=_("auch per %(channel)s an %(name)s", channel=name, name=way.to))


def _mail_words(address: str) -> str:
    return _("auch per E-Mail an %(address)s", address=address)


def _beyond(page: TicketPage) -> Sequence[Beyond]:
    """Ask for them only where the customer has a mail address that no thread of the ticket leads to."""
    with_thread = {thread.identity_id for thread in page.threads}
    if not any(address.kind == MAIL and address.id not in with_thread for address in page.addresses):
        return []
    return other_ways.beyond(page.head.number, page.head.customer_id, page.head.team_id)


def _begun(beyond: Beyond, found: Sequence[Way]) -> Way:
    """Return the way to an address by a conversation that begins with the answer."""
    account = Account(
        id=beyond.channel_id, kind=MAIL, name=beyond.channel_name, address=beyond.address, settings=beyond.settings
    )
    exchange = Exchange(recipient=Handle(kind=MAIL, value=beyond.value), is_public=False)
    capability = capability_of(account, exchange, now=formats().now)
    name = look_of(MAIL).name
    return Way(
        id=f"new-{beyond.channel_id}-{beyond.identity_id}",
        conversation=0,
        is_public=False,
        name=f"{name} · {beyond.value}" if any(way.name.startswith(name) for way in found) else name,
        icon=look_of(MAIL).icon,
        to=beyond.value,
        label=_("Antwort an %(name)s", name=beyond.value),
        can=capability.can_private,
        reason="" if capability.can_private else _("Auf diesem Weg ist keine Antwort möglich."),
        button=_("Senden"),
        finish=_("%(send)s & erledigen", send=_("Senden")),
        most=capability.max_length,
        unit="",
        most_files=capability.max_attachments,
        remark=_("Damit beginnt ein neues Gespräch per E-Mail in diesem Anliegen."),
        channel=beyond.channel_id,
        opens=f"{beyond.channel_id}:{beyond.identity_id}",
    )


def effect_of(page: TicketPage, promised: Sequence[str]) -> str:
    """Say what a whole answer does on whichever way it goes: to the clocks of all threads, and to what was promised."""
    return " ".join(_effects(page, promised))


def _effects(page: TicketPage, promised: Sequence[str]) -> Iterator[str]:
    owed = sorted(
        (thread for thread in page.threads if thread.owed_due_at),
        key=lambda thread: thread.owed_due_at or formats().now,
    )
    due_at, words = page.head.due_at, formats()
    if due_at is None or page.head.closed_at:
        return
    name = voice_of(owed[0].channel_kind, is_public=owed[0].is_public).name if owed else ""
    since = page.head.oldest_unanswered_at
    if due_at > words.now:
        yield _("beendet die Frist bis %(when)s", when=words.when(due_at)) + (f" ({name})" if name else "")
    elif name and since:
        when = words.when(since)
        yield _("beendet die überfällige Frist (%(channel)s, seit %(when)s)", channel=name, when=when)
    else:
        yield _("beendet die überfällige Frist")
    if len(owed) > 1:
        yield _("und %(count)s weitere", count=len(owed) - 1)
    if promised:
        yield _("und löst die Zusage %(until)s ein", until=promised[0])
