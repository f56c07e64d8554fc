"""What X tells, whichever way it comes: events of the Activity API, old envelopes, answers to what we asked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from urllib.parse import parse_qs

from channels.contract import Change, ChangeType, Heard, Signal, SignalType, Unreadable
from channels.payload import Tree, identifier, tree, trees, words
from channels.xapi import direct, posts
from channels.xapi.scene import Scene

REVOKED = "Die Berechtigung wurde auf X widerrufen. Bitte dort neue Schlüssel erzeugen und hier eintragen."
_MEANINGLESS = re.compile(
    r"(block|follow|like|mute|news|profile|spaces?|unblock|unfollow|unlike|unmute)\..+|oauth\.authorize|post\.repost\..+"
    r"|dm\.(read|indicate_typing|reaction\w*)|chat\.(conversation|typing)\w*"
)
"""Events that are no message; what nobody knows may be one."""
_OF_MESSAGES = {"dm_conversation_id", "sender_id", "participant_ids", "event_type"}
_DM = re.compile(r"/dm_conversations/.+/messages$")


def heard(raw: bytes, *, address: str, username: str, received_at: datetime) -> list[Heard]:
    """Understand raw input; raises `Unreadable` only if it is no JSON object."""
    found = _json(raw)
    found = {"data": found} if isinstance(found, list) else found
    if not isinstance(found, dict):
        raise Unreadable("Das ist kein JSON-Objekt.")
    found = found["params"] if isinstance(found.get("params"), dict) else found
    event = tree(found.get("data"))
    is_event = "event_type" in event and "payload" in event
    user = identifier(tree(event.get("filter")).get("user_id"), found.get("for_user_id"))
    if user and address and user != address:
        return [_astray(user, received_at)]
    own = frozenset({address or user} - {""})
    scene = Scene(own=own, username=username, received_at=received_at)
    if is_event:
        includes = tree(event.get("includes") or found.get("includes"))
        return list(_event(event, replace(scene, event=words(event["event_type"])).with_(includes)))
    if isinstance(found.get("request"), dict):
        return list(_exchange(found["request"], found.get("json"), scene))
    return [*_old(found, scene), *_answer(found, scene)]


def _astray(user: str, received_at: datetime) -> Signal:
    """One application has one hook for several accounts; this is for one with a channel of its own."""
    return Signal(
        external_id=f"astray:{user}",
        type=SignalType.ASTRAY,
        sent_at=received_at,
        words=f"X meldet etwas für das Konto {user}, das hier kein Kanal derselben App ist.",
        details={"address": user},
    )


def _json(raw: bytes | str) -> object:
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _event(event: Tree, scene: Scene) -> Iterator[Heard]:
    """One event of the X Activity API; its payload may be wrapped as answers of the interface are."""
    payload = tree(event.get("payload"))
    if not isinstance(payload.get("data"), dict | list):
        yield from _told(payload, scene)
        return
    around = scene.with_(tree(payload["includes"])) if payload.get("includes") else scene
    for each in trees(payload["data"]):
        yield from _told(each, around)


def _told(payload: Tree, scene: Scene) -> Iterator[Heard]:
    """Tell what an event is about; likes, follows, spaces and the like mean nothing to us."""
    if scene.event == "oauth.revoke":
        yield from _revoked(payload, scene)
    elif scene.event == "post.delete":
        yield _removal(payload.get("id"), payload.get("author_id"), payload.get("timestamp_ms"), scene)
    elif scene.event in {"chat.received", "chat.sent"}:
        yield from direct.encrypted(payload, scene)
    elif payload.keys() & {"direct_message_events", "direct_message_mark_read_events"}:
        yield from _direct(payload, scene)
    elif _MEANINGLESS.fullmatch(scene.event):
        return
    elif scene.event.startswith("post."):
        yield from posts.post(payload, scene)
    else:
        yield from direct.unknown(payload, scene)


def _old(found: Tree, scene: Scene) -> Iterator[Heard]:
    """An envelope of the Account Activity API: lists of everything that happened to one account."""
    for each in trees(found.get("tweet_create_events", found.get("statuses", found if "id_str" in found else None))):
        yield from _old_post(each, scene)
    yield from _direct(found, scene)
    for each in trees(found.get("tweet_delete_events")):
        status = tree(each.get("status"))
        yield _removal(status.get("id"), status.get("user_id"), each.get("timestamp_ms"), scene)
    for each in trees(tree(found.get("user_event")).get("revoke")):
        yield from _revoked({**each, **tree(each.get("source"))}, scene)


def _old_post(found: Tree, scene: Scene) -> list[Heard]:
    author, quoted = tree(found.get("user")), trees(found.get("quoted_status"))
    users = [{**author, "id": identifier(author.get("id_str"), author.get("id"))}]
    around = {"users": users, "tweets": [posts.modern(each) for each in quoted]}
    return posts.post(posts.modern(found), scene.with_(around))


def _direct(found: Tree, scene: Scene) -> Iterator[Heard]:
    scene = scene.with_({"users": [{**tree(each), "id": key} for key, each in tree(found.get("users")).items()]})
    for each in trees(found.get("direct_message_events", found.get("events", found.get("event")))):
        yield from direct.message(each, scene)
    for each in trees(found.get("direct_message_mark_read_events")):
        yield from direct.read(each, scene)


def _exchange(request: Tree, answer: object, scene: Scene) -> Iterator[Heard]:
    """What was asked and what X answered: the pages of the poller, and recorded calls."""
    method = words(request.get("method"))
    path, _, query = words(request.get("uri"))[:4000].partition("?")
    body, told = request.get("body"), tree(answer)
    said = tree(_json(body) if isinstance(body, str) else body)
    if method == "GET":
        event = path.rpartition("/2/tweets/")[2].partition("/")[0] or path.rpartition("/")[2]
        term = words(request.get("term")) or " ".join(parse_qs(query).get("query", []))
        yield from _answer(answer, replace(scene, event=event, term=term if event == "search" else ""))
        return
    told = tree(told.get("data", told))
    if method == "DELETE" and told.get("deleted") is True:
        yield _removal(path.rpartition("/")[2], "", None, scene)
    elif method == "POST" and _DM.search(path):
        yield from direct.message({**said, **told, "id": told.get("dm_event_id")}, replace(scene, event="dm.sent"))
    elif method == "POST" and path.endswith("/2/tweets"):
        answered = tree(said.get("reply")).get("in_reply_to_tweet_id")
        references = [{"type": "replied_to", "id": answered}] if answered else []
        yield from posts.post({**told, "referenced_tweets": references}, replace(scene, event="post.create"))


def _answer(found: object, scene: Scene) -> Iterator[Heard]:
    """An answer of the interface; `data` is absent where there is nothing, and single things may be refused."""
    answer = found if isinstance(found, dict) else {}
    term = next((words(each.get("tag")) for each in trees(answer.get("matching_rules"))), scene.term)
    scene = replace(scene.with_(tree(answer.get("includes"))), term=term)
    for each in trees(answer.get("data")):
        if "id_str" in each:
            yield from _old_post(each, scene)
        elif "dm_event_id" in each:
            yield from direct.message({**each, "id": each["dm_event_id"]}, replace(scene, event="dm.sent"))
        elif each.keys() & _OF_MESSAGES or scene.event == "dm_events":
            yield from direct.message(each, scene)
        elif each.keys() & {"text", "note_tweet", "note_post"}:
            yield from posts.post(each, scene)


def _removal(id_: object, author: object, at: object, scene: Scene) -> Change:
    about, user = identifier(id_), identifier(author)
    sender, sent_at = scene.handle(user) if user else None, scene.at(at)
    return Change(
        external_id=f"removal:{about}", type=ChangeType.REMOVAL, about=about, sent_at=sent_at, sender=sender,
        is_public=True, details={"deleted": True},
    )  # fmt: skip


def _revoked(found: Tree, scene: Scene) -> Iterator[Signal]:
    user = identifier(found.get("user_id"))
    if not user or not scene.own or user in scene.own:
        sent_at, id_ = scene.at(found.get("date_time")), f"revoke:{user}:{identifier(found.get('date_time'))}"
        type_, code = SignalType.ACCOUNT, "revoked"
        yield Signal(external_id=id_, type=type_, sent_at=sent_at, words=REVOKED, is_alarm=True, code=code)
