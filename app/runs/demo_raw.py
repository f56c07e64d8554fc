"""What platforms would have called us with in the past of the sample shop, each in its own form."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

SNOWFLAKE_EPOCH = 1_288_834_974_657
"""Milliseconds of Unix time at which the ids of X begin."""

KINDS = {"messenger": "messenger", "page": "messenger", "x": "x", "listening": "x"}
"""Where a matter of the sample shop was begun, and the kind of channel that hears it."""


def said(place: Any, where: str, customer: Mapping[str, Any], step: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return what a customer wrote, as the platform would have called us with it."""
    text = " ".join(step["says"].split())
    match where:
        case "messenger":
            return private(place.address, customer, text, id_=f"m_{uuid.uuid4().hex}", at=at)
        case "page":
            return comment(place.address, customer, text, id_=_comment_id(step["below"]), post=step["below"], at=at)
        case "x":
            return _mention(place, customer, text, step, at=at)
    return hit(step["term"], customer, text, id_=snowflake(at, int(customer["id"])), at=at)


def _mention(place: Any, customer: Mapping[str, Any], text: str, step: Mapping[str, Any], *, at: datetime) -> bytes:
    """Return a post that mentions the shop, below one of ours where the step says which."""
    name = place.settings["username"]
    told: dict[str, Any] = {"replies": step.get("below", 0)}
    if "above" in step:
        us = {"id": place.address, "username": name, "name": "Nordlicht"}
        before = at - timedelta(hours=3)
        told = {"above": _post(us, step["above"], snowflake(before, 1), before, replies=told["replies"])}
    return mention(place.address, name, customer, text, id_=snowflake(at, int(customer["id"])), at=at, **told)


def accepted_as(where: str, at: datetime) -> str:
    """Return an id as the platform would have given an answer of ours."""
    if where in {"x", "listening"}:
        return snowflake(at, 1)
    return f"m_{uuid.uuid4().hex}" if where == "messenger" else f"{uuid.uuid4().int % 10**15}_{at:%H%M%S%f}"


def _comment_id(post: str) -> str:
    return f"{post.rpartition('_')[2]}_{uuid.uuid4().int % 10**12}"


def snowflake(at: datetime, number: int) -> str:
    """Return an id of X: its upper bits are the time, the lower ones tell the posts of a moment apart."""
    return str((_ms(at) - SNOWFLAKE_EPOCH << 22) | number % 4096)


def private(page: str, customer: Mapping[str, Any], text: str, *, id_: str, at: datetime) -> bytes:
    """Return a private message to the page, as Messenger's webhook tells it."""
    item = {
        "sender": {"id": customer["id"]},
        "recipient": {"id": page},
        "timestamp": _ms(at),
        "message": {"mid": id_, "text": text},
    }
    return _bytes({"object": "page", "entry": [{"id": page, "time": _ms(at), "messaging": [item]}]})


def comment(page: str, customer: Mapping[str, Any], text: str, *, id_: str, post: str, at: datetime) -> bytes:
    """Return a comment below a post of the page, as the feed webhook tells it; its times are seconds."""
    value = {
        "item": "comment",
        "verb": "add",
        "comment_id": id_,
        "post_id": post,
        "parent_id": post,
        "from": {"id": customer["id"], "name": customer["name"]},
        "created_time": int(at.timestamp()),
        "message": text,
    }
    changes = [{"field": "feed", "value": value}]
    return _bytes({"object": "page", "entry": [{"id": page, "time": int(at.timestamp()), "changes": changes}]})


def mention(
    account: str,
    username: str,
    customer: Mapping[str, Any],
    text: str,
    *,
    id_: str,
    at: datetime,
    replies: int = 0,
    above: Mapping[str, Any] | None = None,
) -> bytes:
    """Return a post that mentions the shop, as the Activity API tells it; `above`: the post it answers."""
    start = text.find(f"@{username}")
    named = {"start": start, "end": start + len(username) + 1, "username": username, "id": account}
    event: dict[str, Any] = {
        "event_uuid": id_,
        "filter": {"user_id": account},
        "event_type": "post.mention.create",
        "payload": {**_post(customer, text, id_, at, replies=replies), "entities": {"mentions": [named]}},
        "includes": {"users": [_user(customer)]},
    }
    if above:
        us = {"id": account, "username": username, "name": "Nordlicht"}
        answers = {"in_reply_to_user_id": account, "referenced_tweets": [{"type": "replied_to", "id": above["id"]}]}
        event["payload"] = {**event["payload"], **answers, "conversation_id": above["id"]}
        event["includes"] = {"users": [_user(customer), us], "tweets": [above]}
    return _bytes({"data": event})


def hit(term: str, customer: Mapping[str, Any], text: str, *, id_: str, at: datetime) -> bytes:
    """Return what listening found: a page of the search with one post that does not address the shop."""
    request = {"method": "GET", "uri": f"/2/tweets/search/recent?{urlencode({'query': term})}", "term": term}
    found = {"data": [{**_post(customer, text, id_, at), "entities": {}}], "includes": {"users": [_user(customer)]}}
    return _bytes({"request": request, "json": found})


def call(own: str, customer: Mapping[str, Any], how: str, *, id_: str, user: str = "") -> Iterator[tuple[int, bytes]]:
    """Yield the events of a call with the seconds after which they came: it was missed or answered."""
    numbers = {"from": customer["id"].lstrip("+"), "to": own.lstrip("+"), "direction": "in", "callId": id_}
    yield 0, urlencode({"event": "newCall", **numbers, "user[]": user}).encode()
    if how == "answered":
        yield 8, urlencode({"event": "answer", **numbers, "user": user}).encode()
    cause = "normalClearing" if how == "answered" else "cancel"
    yield 190 if how == "answered" else 24, urlencode({"event": "hangup", **numbers, "cause": cause}).encode()


def _post(customer: Mapping[str, Any], text: str, id_: str, at: datetime, *, replies: int = 0) -> dict[str, Any]:
    return {
        "id": id_,
        "text": text,
        "author_id": customer["id"],
        "created_at": f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z",
        "conversation_id": id_,
        "edit_history_tweet_ids": [id_],
        "public_metrics": {"reply_count": replies},
    }


def _user(customer: Mapping[str, Any]) -> dict[str, Any]:
    user = {"id": customer["id"], "username": customer["username"], "name": customer["name"]}
    return {**user, "public_metrics": {"followers_count": customer.get("followers", 0)}}


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _bytes(payload: Mapping[str, Any]) -> bytes:
    return json.dumps(payload, ensure_ascii=True).encode()
