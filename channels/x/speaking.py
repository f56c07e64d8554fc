"""Speaking on X: answers in public, direct messages, and looking first where an earlier attempt may have arrived."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from channels.contract import (
    Capability,
    DeliveryError,
    DeliveryFault,
    Exchange,
    Handle,
    Outgoing,
    Sent,
)
from channels.http import NotReached
from channels.payload import Tree, identifier, tree, trees, words
from channels.speaking import length_of
from channels.xapi.client import Refusal, XClient
from channels.xapi.direct import conversation
from channels.xapi.scene import MESSAGES_URL, POST_URL, either, order, spoken
from channels.xapi.uploading import CATEGORIES, MOST_BYTES, ONLY_PICTURES, PROCESSED_WITHIN, refused, uploaded

UNSUMMONED = (
    "X lässt über die Schnittstelle nur Antworten auf Beiträge zu, deren Verfasser uns erwähnt oder zitiert. "
    "Möglich ist eine Direktnachricht oder die Antwort auf X selbst."
)
_FILE_TYPES = {type_: MOST_BYTES[category] for type_, category in CATEGORIES.items()}
_ENCRYPTED = "Diese Nachricht ist verschlüsselt; nur die App von X kann sie lesen und beantworten."
_GROUP = "Das ist eine Gruppe: Die Antwort lesen alle, die darin sind."
_NOBODY = "X hat uns nicht gesagt, wer das geschrieben hat."


def capability(exchange: Exchange) -> Capability:
    """Say what X lets us do: in public only where we are named or quoted, in private where the author is known."""
    is_somebody = exchange.recipient.value.isdecimal() or exchange.recipient.value.startswith("@")
    can_public = exchange.is_public and exchange.details.get("can_reply") is True
    if can_public:
        link, cost = POST_URL + exchange.newest_id, ("0,01 $", "0,20 $")
        return Capability(
            can_public=True, can_private=is_somebody, max_length=280, length_unit="weighted", max_attachments=4,
            file_types=_FILE_TYPES, file_words=ONLY_PICTURES, cost=cost[0], cost_with_link=cost[1], open_url=link,
        )  # fmt: skip
    is_sealed = not exchange.is_public and exchange.details.get("is_encrypted") is True
    is_group = not exchange.is_public and exchange.details.get("is_group") is True
    hint = _GROUP if is_group else "" if is_somebody else _NOBODY
    reason = UNSUMMONED if exchange.is_public else _ENCRYPTED if is_sealed else hint
    link = POST_URL + exchange.newest_id if exchange.is_public and exchange.newest_id else MESSAGES_URL
    link = f"{link}/{exchange.conversation_key}" if is_group else link
    return Capability(
        can_private=(is_somebody or is_group) and not is_sealed, reason=reason, max_length=10_000, max_attachments=1,
        file_types=_FILE_TYPES, file_words=ONLY_PICTURES, cost="0,015 $", cost_with_link="0,015 $", open_url=link,
    )  # fmt: skip


def send(client: XClient, own_id: str, outgoing: Outgoing) -> Sent:
    """Speak once; raises `DeliveryError`."""
    kind = "tweet" if outgoing.is_public else "dm"
    most, unit = (280, "weighted") if outgoing.is_public else (10_000, "characters")
    if length_of(outgoing.text, unit) > most:
        raise refused(f"Auf X sind hier höchstens {most} Zeichen möglich.", DeliveryFault.TOO_LONG)
    if len(outgoing.attachments) > (4 if outgoing.is_public else 1):
        raise refused("So viele Dateien nimmt X nicht mit einer Nachricht.")
    target = _target(outgoing)
    with _told(is_final=False):
        recipient = outgoing.recipient if outgoing.is_public else _resolved(client, outgoing.recipient)
        found = _look(client, own_id, outgoing, target, recipient) if outgoing.is_unsure else None
        until = monotonic() + PROCESSED_WITHIN
        media = [] if found else [uploaded(client, each, kind, until=until) for each in outgoing.attachments]
    if found:
        return found
    with _told(is_final=True):
        if outgoing.is_public:
            said = client.create_tweet(text=outgoing.text, in_reply_to_tweet_id=target, media_ids=media or None)
        else:
            said = client.create_direct_message(
                dm_conversation_id=target or None,
                participant_id=None if target else recipient.value,
                text=outgoing.text or None,
                media_id=media[0] if media else None,
            )
    return _sent(tree(said.get("data")), outgoing, recipient)


def _target(outgoing: Outgoing) -> str:
    """Return the post that is answered, or the group that is written to; empty for a message to one person."""
    exchange = outgoing.exchange
    if not outgoing.is_public:
        key = exchange.conversation_key if exchange and not exchange.is_public else ""
        return key if key.isdecimal() and key != outgoing.recipient.value else ""
    target = outgoing.replies_to or (exchange.newest_id if exchange else "")
    if not target.isdecimal() or exchange is None or not capability(exchange).can_public:
        raise refused(UNSUMMONED)
    return target


def _resolved(client: XClient, recipient: Handle) -> Handle:
    """Return whom a typed @name belongs to."""
    if not recipient.value.startswith("@"):
        return recipient
    user = tree(client.get_user(username=recipient.value[1:]).get("data"))
    id_ = identifier(user.get("id"))
    if not id_:
        raise refused(f"{recipient.value} gibt es auf X nicht.", DeliveryFault.GONE)
    return Handle(kind="x", value=id_, name=words(user.get("name")))


def _look(client: XClient, own_id: str, outgoing: Outgoing, target: str, recipient: Handle) -> Sent | None:
    """Find a message that an attempt without an answer has left behind, newer than what it answers."""
    if outgoing.is_public:
        fields = "referenced_tweets,note_tweet,conversation_id"
        answer = client.get_users_tweets(own_id, since_id=target, max_results=100, tweet_fields=fields, user_auth=True)
    else:
        asked = {"dm_conversation_id": target} if target else {"participant_id": recipient.value}
        fields = "sender_id,dm_conversation_id,created_at"
        answer = client.get_direct_message_events(**asked, dm_event_fields=fields, user_auth=True, max_results=50)
    least = order(outgoing.exchange.newest_id) if outgoing.exchange else 0
    for each in trees(answer.get("data")):
        answered = [identifier(one.get("id")) for one in trees(either(each, "referenced_tweets"))]
        is_there = target in answered if outgoing.is_public else identifier(each.get("sender_id")) == own_id
        if is_there and order(identifier(each.get("id"))) > least and _bare(spoken(each)) == _bare(outgoing.text):
            return _sent(each, outgoing, recipient)
    return None


def _bare(text: str) -> str:
    """Return a text without what X changes in it: links are shortened, the names of those answered put before."""
    return " ".join(re.sub(r"https?://\S+", "", re.sub(r"^(?:@\w+\s+)+", "", text)).split())


def _sent(said: Tree, outgoing: Outgoing, recipient: Handle) -> Sent:
    id_ = identifier(said.get("dm_event_id"), said.get("id"))
    if not id_:
        raise DeliveryError(DeliveryFault.UNSURE, is_permanent=False, words="X hat ohne Kennung geantwortet.")
    key = outgoing.exchange.conversation_key if outgoing.exchange and outgoing.is_public else ""
    key = key or conversation(identifier(said.get("dm_conversation_id")))
    return Sent(external_id=id_, recipient=recipient, conversation_key=key)


@contextmanager
def _told(*, is_final: bool) -> Iterator[None]:
    """Say in the desk's words what went wrong; only the last call can have left something behind."""
    try:
        yield
    except Refusal as refusal:
        if is_final and refusal.status >= 500:
            raise DeliveryError(DeliveryFault.UNSURE, is_permanent=False, words=refusal.words) from refusal
        raise refusal.as_delivery() from refusal
    except NotReached as fault:
        broke = DeliveryFault.UNSURE if is_final and fault.may_have_arrived else DeliveryFault.UNREACHABLE
        raise DeliveryError(broke, is_permanent=False, words=fault.words) from fault
