"""Choose how to answer: in private, in public below a comment, or once in private to its author."""

from __future__ import annotations

from channels.contract import DeliveryError, DeliveryFault, Exchange, Handle, Outgoing, Sent
from channels.messenger.window import MOST_TEXT, PRIVATE_REPLY, private_recipient
from channels.meta.graph import Graph, speaking
from channels.meta.messaging import OWN_MARK
from channels.meta.reading import identifier, mappings
from channels.meta.sending import HUMAN_WINDOW, OWN_ANSWER, RESPONSE, closed, id_of, is_ours, said, to_person


def send(outgoing: Outgoing, graph: Graph, page: str) -> Sent:
    """Speak; raises `DeliveryError`."""
    if len(outgoing.text) > MOST_TEXT:
        sentence = f"Messenger nimmt höchstens {MOST_TEXT} Zeichen an, das sind {len(outgoing.text)}."
        raise DeliveryError(DeliveryFault.TOO_LONG, is_permanent=True, words=sentence)
    exchange = outgoing.exchange
    if exchange is None:
        raise closed("Auf Messenger muss die Kundin oder der Kunde zuerst schreiben.")
    if not exchange.is_public and not outgoing.is_public:
        return to_person(outgoing, graph, page, platform="messenger")
    if outgoing.attachments:
        sentence = "Auf einen Kommentar lassen sich keine Dateien schicken."
        raise DeliveryError(DeliveryFault.REJECTED, is_permanent=True, words=sentence)
    return (_below if outgoing.is_public else _to_author)(outgoing, exchange, graph, page)


def _below(outgoing: Outgoing, exchange: Exchange, graph: Graph, page: str) -> Sent:
    """Answer in public, below the comment or post."""
    about = exchange.newest_id or outgoing.replies_to
    if not about:
        raise DeliveryError(DeliveryFault.GONE, is_permanent=True, words="Es gibt keinen Kommentar mehr dazu.")
    with speaking():
        if outgoing.is_unsure:
            found = graph.get(f"{about}/comments", fields="id,message,from,created_time", order="reverse_chronological")
            for each in mappings(found.get("data")):
                if is_ours(each, outgoing, page, outgoing.text):
                    return Sent(external_id=identifier(each.get("id")), remark=OWN_ANSWER)
        answer = graph.post(f"{about}/comments", {"message": outgoing.text})
    return Sent(external_id=id_of(answer, "id"))


def _to_author(outgoing: Outgoing, exchange: Exchange, graph: Graph, page: str) -> Sent:
    """Use the one private reply a comment allows; it begins a thread of its own, but opens no window."""
    recipient = private_recipient(exchange)
    if not recipient or (exchange.heard_at and outgoing.sent_at >= exchange.heard_at + HUMAN_WINDOW):
        raise closed("Auf diesen Kommentar ist privat keine Antwort mehr möglich.")
    if exchange.details.get(PRIVATE_REPLY) == exchange.newest_id:
        raise closed("Auf diesen Kommentar wurde schon privat geantwortet; das geht nur einmal.")
    with speaking():
        answer = said(outgoing.text, OWN_MARK + outgoing.external_id, recipient, RESPONSE, graph, page)
    person = identifier(answer.get("recipient_id"))
    return Sent(
        external_id=id_of(answer, "message_id"),
        recipient=Handle(kind="messenger", value=person, scope=page) if person else None,
        conversation_key=person,
        details={PRIVATE_REPLY: exchange.newest_id},
    )
