"""Say something to one person: text and every file are messages of their own.

If one of them breaks off, the message is unsure, and a later attempt looks first which of them are there.
Source: developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages (2026-05-05).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from channels.contract import DeliveryError, DeliveryFault, Outgoing, OutgoingAttachment, Sent
from channels.meta.faults import GraphError
from channels.meta.graph import Graph, speaking
from channels.meta.messaging import OWN_MARK, PART_MARK
from channels.meta.reading import identifier, mapping, mappings, moment, words

WINDOW = timedelta(hours=24)
"""After the customer's last act anything may be said."""
HUMAN_WINDOW = timedelta(days=7)
"""And so long what a person typed; automation in it breaks the platform's policy."""
RESPONSE = {"messaging_type": "RESPONSE"}
HUMAN = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
OWN_ANSWER = "Ist schon angekommen; es wurde nichts zweimal geschickt."

_NO_RIGHT = frozenset({10, *range(200, 300)})
_NO_REVIEW = "Nach 24 Stunden braucht die App die Freigabe „Human Agent“ von Facebook; die hat sie nicht."
Part = str | OutgoingAttachment
_CLOCKS_DIFFER = timedelta(minutes=5)
_MEDIA = ("image", "audio", "video")
_SEEN = "messages.limit(25){id,message,from,created_time,attachments{name,size,mime_type}}"


def to_person(outgoing: Outgoing, graph: Graph, page: str, *, platform: str) -> Sent:
    """Speak within the window; raises `DeliveryError`."""
    tag = tag_of(outgoing)
    person = outgoing.recipient.value
    here = _already_there(outgoing, graph, page, platform) if outgoing.is_unsure else {}
    ids: list[str] = []
    parts = list(_parts(outgoing))
    for number, part in enumerate(parts):
        if number in here:
            ids.append(here[number])
            continue
        mark = OWN_MARK if number == len(parts) - 1 else PART_MARK
        try:
            ids.append(_said(outgoing, part, mark, tag, graph, page))
        except DeliveryError as error:
            raise _in_part(error, number) if ids else error from error
    remark = OWN_ANSWER if len(here) == len(ids) else ""
    return Sent(external_id=ids[0], remark=remark, conversation_key=person, details={"parts": ids} if ids[1:] else {})


def tag_of(outgoing: Outgoing) -> dict[str, str]:
    """Return what the platform wants to know of the window; nothing automatic goes out after 24 hours."""
    heard_at = outgoing.exchange.heard_at if outgoing.exchange else None
    if heard_at is None:
        raise closed("Die Kundin oder der Kunde muss zuerst schreiben; eine private Antwort öffnet kein Gespräch.")
    age = outgoing.sent_at - heard_at
    if age < WINDOW:
        return RESPONSE
    if age >= HUMAN_WINDOW:
        raise closed("Seit über 7 Tagen hat niemand geschrieben; es wird keine Antwort mehr angenommen.")
    if outgoing.is_automatic:
        raise closed("Nach 24 Stunden wird nur noch angenommen, was ein Mensch selbst schreibt.")
    return HUMAN


def said(
    part: Part, metadata: str, recipient: Mapping[str, str], tag: Mapping[str, str], graph: Graph, page: str
) -> dict[str, Any]:
    """Send one message and return the answer; `metadata` comes back with its echo."""
    if isinstance(part, str):
        message: dict[str, object] = {"text": part, "metadata": metadata}
        return graph.post(f"{page}/messages", {"recipient": recipient, **tag, "message": message})
    type_ = part.type.partition("/")[0]
    attachment = {"type": type_ if type_ in _MEDIA else "file", "payload": {"is_reusable": False}}
    message = {"attachment": attachment, "metadata": metadata}
    files = [("filedata", (part.name, part.content, part.type))]
    return graph.post(f"{page}/messages", {"recipient": recipient, **tag, "message": message}, files=files)


def _said(outgoing: Outgoing, part: Part, mark: str, tag: dict[str, str], graph: Graph, page: str) -> str:
    """Send one message and return its id; where the platform's clock closed the window first, a person goes on."""
    metadata, recipient = mark + outgoing.external_id, {"id": outgoing.recipient.value}
    with speaking():
        try:
            answer = said(part, metadata, recipient, tag, graph, page)
        except GraphError as error:
            if tag == HUMAN and error.code in _NO_RIGHT and not error.subcode:
                raise closed(_NO_REVIEW) from error
            is_late = error.verdict[0] is DeliveryFault.WINDOW_CLOSED and tag == RESPONSE
            if not is_late or outgoing.is_automatic:
                raise
            return _said(outgoing, part, mark, HUMAN, graph, page)
    return id_of(answer, "message_id")


def _already_there(outgoing: Outgoing, graph: Graph, page: str, platform: str) -> dict[int, str]:
    """Return which parts of an unsure message the conversation has, by their number, with the platform's ids."""
    query: dict[str, str | int] = {"platform": platform, "user_id": outgoing.recipient.value, "fields": _SEEN}
    with speaking():
        found = graph.get(f"{page}/conversations", **query)
    threads = [mapping(each.get("messages")) for each in mappings(found.get("data"))]
    left = [each for thread in threads for each in mappings(thread.get("data"))][::-1]
    here: dict[int, str] = {}
    for number, part in enumerate(_parts(outgoing)):
        same = next((each for each in left if is_ours(each, outgoing, page, part)), None)
        if same is not None:
            left.remove(same)
            here[number] = identifier(same.get("id"))
    return here


def is_ours(found: Mapping[str, Any], outgoing: Outgoing, page: str, part: Part) -> bool:
    """Say whether this is what we wanted to say: from the page, not older than our wish, the same text or file."""
    at = moment(found.get("created_time"))
    if identifier(mapping(found.get("from")).get("id")) != page or at is None:
        return False
    if at < outgoing.sent_at - _CLOCKS_DIFFER:
        return False
    if isinstance(part, OutgoingAttachment):
        files = mappings(mapping(found.get("attachments")).get("data"))
        return any(words(each.get("name")) == part.name or each.get("size") == len(part.content) for each in files)
    return words(found.get("message")).split() == part.split()


def _parts(outgoing: Outgoing) -> Iterator[Part]:
    if outgoing.text.strip() or not outgoing.attachments:
        yield outgoing.text
    yield from outgoing.attachments


def _in_part(error: DeliveryError, number: int) -> DeliveryError:
    """Say that the beginning arrived: unsure, so that nobody repeats it unasked and a retry looks before it speaks."""
    sentence = f"Der Anfang der Nachricht ist angekommen, Teil {number + 1} nicht: {error.words}"
    return DeliveryError(DeliveryFault.UNSURE, is_permanent=True, words=sentence)


def id_of(answer: Mapping[str, Any], name: str) -> str:
    found = identifier(answer.get(name))
    if not found:
        sentence = "Facebook hat geantwortet, ohne die Nachricht zu benennen; ob sie ankam, ist ungewiss."
        raise DeliveryError(DeliveryFault.UNSURE, is_permanent=True, words=sentence)
    return found


def closed(sentence: str) -> DeliveryError:
    return DeliveryError(DeliveryFault.WINDOW_CLOSED, is_permanent=True, words=sentence)
