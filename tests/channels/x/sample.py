"""X as the contract's checks need it: events in the platform's own form, rightly signed."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

from channels.contract import Account, HookRequest
from channels.testing import MUST_NOT_BE_TOLD, Sample

SECRET = f"cs-{MUST_NOT_BE_TOLD}"
US, THEM = "4200042", "55501"
ACCOUNT = Account(
    id=7,
    kind="x",
    name="X",
    address=US,
    settings={"username": "nordlicht", "terms": ["Nordlicht Versand", "#nordlicht"]},
    secrets={
        "consumer_key": "ck",
        "consumer_secret": SECRET,
        "access_token": "at",
        "access_token_secret": f"ats-{MUST_NOT_BE_TOLD}",
        "bearer_token": f"b-{MUST_NOT_BE_TOLD}",
    },
)
PEOPLE = {
    US: {"id": US, "username": "nordlicht", "name": "Nordlicht"},
    THEM: {"id": THEM, "username": "kundin_k", "name": "Karla K."},
}


def event(name: str, payload: dict[str, Any], *, includes: dict[str, Any] | None = None, whose: str = US) -> bytes:
    """Return an event of the X Activity API."""
    told = {"event_uuid": "-77123", "filter": {"user_id": whose}, "event_type": name, "tag": "care", "payload": payload}
    return json.dumps({"data": {**told, "includes": includes or {"users": list(PEOPLE.values())}}}).encode()


def post(id_: str, text: str, at: str, **more: Any) -> dict[str, Any]:
    """Return a post by our customer that mentions us."""
    mentioned = {"mentions": [{"start": 0, "end": 10, "username": "nordlicht", "id": US}]}
    known = {
        "id": id_,
        "text": text,
        "author_id": THEM,
        "created_at": at,
        "conversation_id": id_,
        "entities": mentioned,
    }
    return {**known, "edit_history_tweet_ids": [id_], **more}


def direct(id_: str, text: str, milliseconds: str, *, sender: str = THEM, recipient: str = US) -> dict[str, Any]:
    """Return a direct message in the shape that events have, which is the old one."""
    said = {"target": {"recipient_id": recipient}, "sender_id": sender, "message_data": {"text": text, "entities": {}}}
    told = {"type": "message_create", "id": id_, "created_timestamp": milliseconds, "message_create": said}
    return {"direct_message_events": [told], "users": {key: {"data": user} for key, user in PEOPLE.items()}}


def signed(body: bytes) -> HookRequest:
    digest = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    headers = {"x-twitter-webhooks-signature": f"sha256={digest}"}
    return HookRequest(method="POST", url="https://faden.example/hooks/x/7", headers=headers, body=body)


def message(external_id: str, text: str, at: datetime) -> bytes:
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return event("post.mention.create", post(external_id, text, stamp))


def _unknown() -> bytes:
    told = direct("1990000000000000901", "", "1795334400123")
    told["direct_message_events"][0] |= {"type": "message_hologram"}
    return event("dm.received", told)


SAMPLE = Sample(
    account=ACCOUNT,
    message=message,
    own=event("dm.sent", direct("1990000000000000900", "Gern!", "1795334400123", sender=US, recipient=THEM)),
    unknown=_unknown(),
    signed=signed,
)
