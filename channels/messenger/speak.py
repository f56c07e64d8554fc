"""Say something: in private with the window's tag, in public below a comment, or once in private to its author.

Text and every file are messages of their own. If one of them breaks off, the message is unsure, and a later attempt
looks first which of them are there.
Source: developers.facebook.com/documentation/business-messaging/messenger-platform/send-messages (2026-05-05).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from channels.contract import DeliveryError, DeliveryFault, Exchange, Handle, Outgoing, OutgoingAttachment, Sent
from channels.messenger.window import HUMAN_WINDOW, MOST_TEXT, PRIVATE_REPLY, WINDOW, private_recipient
from channels.meta.faults import GraphError
from channels.meta.graph import Graph, speaking
from channels.meta.messaging import OWN_MARK
from channels.meta.reading import identifier, mapping, mappings, moment, words

Part = str | OutgoingAttachment
_CLOCKS_DIFFER = timedelta(minutes=5)
_MEDIA = ("image", "audio", "video")
_OWN_ANSWER = "Ist schon angekommen; es wurde nichts zweimal geschickt."


def send(outgoing: Outgoing, graph: Graph, page: str) -> Sent:
    """Speak; raises `DeliveryError`."""
    if len(outgoing.text) > MOST_TEXT:
        words_ = f"Messenger nimmt höchstens {MOST_TEXT} Zeichen an, das sind {len(outgoing.text)}."
        raise DeliveryError(DeliveryFault.TOO_LONG, is_permanent=True, words=words_)
    exchange = outgoing.exchange
    if exchange is None:
        raise _closed("Auf Messenger muss die Kundin oder der Kunde zuerst schreiben.")
    if outgoing.is_public:
        return _below(outgoing, exchange, graph, page)
    return _to_author(outgoing, exchange, graph, page) if exchange.is_public else _to_person(outgoing, graph, page)


def _to_person(outgoing: Outgoing, graph: Graph, page: str) -> Sent:
    tag = _tag(outgoing)
    person = outgoing.recipient.value
    here = _already_there(outgoing, graph, page) if outgoing.is_unsure else {}
    ids: list[str] = []
    for number, part in enumerate(_parts(outgoing)):
        if number in here:
            ids.append(here[number])
            continue
        try:
            ids.append(_said(outgoing, part, {"id": person}, tag, graph, page))
        except DeliveryError as error:
            raise _in_part(error, number) if ids else error from error
    remark = _OWN_ANSWER if len(here) == len(ids) else ""
    return Sent(external_id=ids[0], remark=remark, conversation_key=person, details={"parts": ids} if ids[1:] else {})


def _said(
    outgoing: Outgoing, part: Part, recipient: dict[str, str], tag: dict[str, str], graph: Graph, page: str
) -> str:
    """Send one message and return its id; where the platform's clock closed the window first, a person may go on."""
    with speaking():
        try:
            answer = _post(outgoing, part, recipient, tag, graph, page)
        except GraphError as error:
            is_late = error.verdict[0] is DeliveryFault.WINDOW_CLOSED and "tag" not in tag and "id" in recipient
            if not is_late or outgoing.is_automatic:
                raise
            answer = _post(outgoing, part, recipient, _HUMAN, graph, page)
    return _id_of(answer, "message_id")


_HUMAN = {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def _post(
    outgoing: Outgoing, part: Part, recipient: dict[str, str], tag: dict[str, str], graph: Graph, page: str
) -> dict[str, Any]:
    metadata = OWN_MARK + outgoing.external_id
    if isinstance(part, str):
        message: dict[str, object] = {"text": part, "metadata": metadata}
        return graph.post(f"{page}/messages", {"recipient": recipient, **tag, "message": message})
    type_ = part.type.partition("/")[0]
    attachment = {"type": type_ if type_ in _MEDIA else "file", "payload": {"is_reusable": False}}
    message = {"attachment": attachment, "metadata": metadata}
    files = [("filedata", (part.name, part.content, part.type))]
    return graph.post(f"{page}/messages", {"recipient": recipient, **tag, "message": message}, files=files)


def _tag(outgoing: Outgoing) -> dict[str, str]:
    """Return what the platform wants to know of the window; nothing automatic goes out after 24 hours."""
    heard_at = outgoing.exchange.heard_at if outgoing.exchange else None
    if heard_at is None:
        raise _closed("Die Kundin oder der Kunde muss zuerst schreiben; eine private Antwort öffnet kein Gespräch.")
    age = outgoing.sent_at - heard_at
    if age < WINDOW:
        return {"messaging_type": "RESPONSE"}
    if age >= HUMAN_WINDOW:
        raise _closed("Seit über 7 Tagen hat niemand geschrieben; Facebook nimmt keine Antwort mehr an.")
    if outgoing.is_automatic:
        raise _closed("Nach 24 Stunden nimmt Facebook nur noch an, was ein Mensch selbst schreibt.")
    return _HUMAN


def _below(outgoing: Outgoing, exchange: Exchange, graph: Graph, page: str) -> Sent:
    """Answer in public, below the comment or post."""
    _check_files(outgoing)
    about = outgoing.replies_to if not exchange.newest_id else exchange.newest_id
    if not about:
        raise DeliveryError(DeliveryFault.GONE, is_permanent=True, words="Es gibt keinen Kommentar mehr dazu.")
    if outgoing.is_unsure:
        with speaking():
            found = graph.get(f"{about}/comments", fields="id,message,from,created_time", order="reverse_chronological")
        for each in mappings(found.get("data")):
            if _is_ours(each, outgoing, page):
                return Sent(external_id=identifier(each.get("id")), remark=_OWN_ANSWER)
    with speaking():
        answer = graph.post(f"{about}/comments", {"message": outgoing.text})
    return Sent(external_id=_id_of(answer, "id"), conversation_key=exchange.conversation_key)


def _to_author(outgoing: Outgoing, exchange: Exchange, graph: Graph, page: str) -> Sent:
    """Use the one private reply a comment allows; it opens a thread of its own, but no window."""
    _check_files(outgoing)
    recipient = private_recipient(exchange)
    if not recipient or (exchange.heard_at and outgoing.sent_at >= exchange.heard_at + HUMAN_WINDOW):
        raise _closed("Auf diesen Kommentar ist privat keine Antwort mehr möglich.")
    if exchange.details.get(PRIVATE_REPLY) == exchange.newest_id:
        raise _closed("Auf diesen Kommentar wurde schon privat geantwortet; das geht nur einmal.")
    with speaking():
        answer = _post(outgoing, outgoing.text, recipient, {"messaging_type": "RESPONSE"}, graph, page)
    person = identifier(answer.get("recipient_id"))
    return Sent(
        external_id=_id_of(answer, "message_id"),
        recipient=Handle(kind="messenger", value=person, scope=page) if person else None,
        conversation_key=person,
        details={PRIVATE_REPLY: exchange.newest_id},
    )


def _already_there(outgoing: Outgoing, graph: Graph, page: str) -> dict[int, str]:
    """Return which parts of an unsure message the conversation has, by their number, with the platform's ids."""
    fields = "messages.limit(25){id,message,from,created_time,attachments{name,size,mime_type}}"
    with speaking():
        query: dict[str, str | int] = {"platform": "messenger", "user_id": outgoing.recipient.value, "fields": fields}
        found = graph.get(f"{page}/conversations", **query)
    threads = [mapping(each.get("messages")) for each in mappings(found.get("data"))]
    left = [each for thread in threads for each in mappings(thread.get("data"))][::-1]
    here: dict[int, str] = {}
    for number, part in enumerate(_parts(outgoing)):
        same = next((each for each in left if _is_ours(each, outgoing, page, part)), None)
        if same is not None:
            left.remove(same)
            here[number] = identifier(same.get("id"))
    return here


def _is_ours(found: dict[str, Any], outgoing: Outgoing, page: str, part: Part | None = None) -> bool:
    """Say whether this is what we wanted to say: from the page, not older than our wish, the same text or file."""
    at = moment(found.get("created_time"))
    if identifier(mapping(found.get("from")).get("id")) != page or at is None or at < outgoing.sent_at - _CLOCKS_DIFFER:
        return False
    if isinstance(part, OutgoingAttachment):
        files = mappings(mapping(found.get("attachments")).get("data"))
        return any(words(each.get("name")) == part.name or each.get("size") == len(part.content) for each in files)
    return words(found.get("message")).strip() == outgoing.text.strip()


def _parts(outgoing: Outgoing) -> Iterator[Part]:
    if outgoing.text.strip() or not outgoing.attachments:
        yield outgoing.text
    yield from outgoing.attachments


def _in_part(error: DeliveryError, number: int) -> DeliveryError:
    """Say that the beginning arrived: unsure, so that nobody repeats it unasked and a retry looks before it speaks."""
    sentence = f"Der Anfang der Nachricht ist angekommen, Anhang {number} nicht: {error.words}"
    return DeliveryError(DeliveryFault.UNSURE, is_permanent=True, words=sentence)


def _id_of(answer: dict[str, Any], name: str) -> str:
    found = identifier(answer.get(name))
    if not found:
        sentence = "Facebook hat geantwortet, ohne die Nachricht zu benennen; ob sie ankam, ist ungewiss."
        raise DeliveryError(DeliveryFault.UNSURE, is_permanent=True, words=sentence)
    return found


def _check_files(outgoing: Outgoing) -> None:
    if outgoing.attachments:
        sentence = "Auf einen Kommentar lassen sich keine Dateien schicken."
        raise DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words=sentence)


def _closed(sentence: str) -> DeliveryError:
    return DeliveryError(DeliveryFault.WINDOW_CLOSED, is_permanent=True, words=sentence)
