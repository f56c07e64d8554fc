"""The routes of the emulated Graph interface, and what it refuses."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Response, request

from tests.emulators import graph_reading

if TYPE_CHECKING:
    from tests.emulators.graph import Comment, GraphEmulator, Person, Said

Answer = Response | tuple[dict[str, Any], int] | dict[str, Any]
DAY, WEEK = timedelta(hours=24), timedelta(days=7)
MOST_TEXT = 2000
MOST_FILE = 25_000_000


@dataclass(slots=True)
class Fault:
    """An error on demand (messenger.md 7)."""

    code: int
    subcode: int = 0
    status: int = 400
    path: str = ""
    """Only for calls whose path ends with this."""
    is_transient: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    breaks_after: bool = False
    """The call is carried out first, and the answer is lost: nobody on our side knows whether it came through."""
    skips: int = 0
    """So many fitting calls go well before."""


class Refused(Exception):
    def __init__(self, code: int, subcode: int = 0, *, status: int = 400, words: str = "Refused") -> None:
        super().__init__(words)
        self.code, self.subcode, self.status, self.words = code, subcode, status, words


def lay(emulator: GraphEmulator) -> None:
    """Lay every route; with and without a version in front."""
    api = Api(emulator)
    routes: list[tuple[str, str, Callable[..., Answer]]] = [
        ("POST", "/<id>/messages", api.send),
        ("POST", "/<id>/comments", api.comment),
        ("GET", "/<id>/comments", api.comments_of),
        ("GET", "/<id>/conversations", api.conversations),
        ("GET", "/<id>/feed", api.feed),
        ("GET", "/<id>/subscribed_apps", api.subscribed),
        ("POST", "/<id>/subscribed_apps", api.subscribe),
        ("POST", "/<id>/take_thread_control", api.take),
        ("GET", "/debug_token", api.debug_token),
        ("POST", "/<id>", api.change),
        ("DELETE", "/<id>", api.delete),
        ("GET", "/<id>", api.node),
    ]
    for method, rule, view in routes:
        name = f"{method} {rule}"
        emulator.app.add_url_rule(f"/<version>{rule}", name, api.guarded(view), methods=[method])
    emulator.app.add_url_rule("/files/<key>", "file", api.file)


class Api:
    """What each route does; the emulator keeps the state."""

    def __init__(self, emulator: GraphEmulator) -> None:
        self.on = emulator
        self._listed_at: list[float] = []

    def guarded(self, view: Callable[..., Answer]) -> Callable[..., Answer]:
        """Check the token, answer with a demanded fault, turn refusals into the platform's error body."""

        def answered(version: str, **values: str) -> Answer:
            fault = self._demanded()
            try:
                _refuse(fault)
                if view != self.debug_token:
                    self._check_token()
                done = view(**values)
            except Refused as refused:
                return self._error(refused, fault)
            return Response("<html>Bad Gateway</html>", 502) if fault else done

        return answered

    def _demanded(self) -> Fault | None:
        with self.on.lock:
            for fault in self.on.faults:
                if request.path.endswith(fault.path):
                    if fault.skips:
                        fault.skips -= 1
                        continue
                    self.on.faults.remove(fault)
                    return fault
            return None

    def _error(self, refused: Refused, fault: Fault | None) -> Response:
        self.on.refusals.append((refused.code, refused.subcode))
        body: dict[str, Any] = {"message": refused.words, "type": "OAuthException", "code": refused.code}
        body |= {"error_subcode": refused.subcode} if refused.subcode else {}
        body |= {"is_transient": True} if fault and fault.is_transient else {}
        body["fbtrace_id"] = self.on.next_id("Atrace")
        headers = dict(fault.headers) if fault else {}
        return Response(json.dumps({"error": body}), refused.status, headers, content_type="application/json")

    def _check_token(self) -> None:
        """messenger.md 7: code 190 with the reason in the subcode."""
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if self.on.token_fault:
            raise Refused(*self.on.token_fault, status=401, words="Error validating access token")
        if self.on.token_expires_at and self.on.clock() >= self.on.token_expires_at:
            raise Refused(190, 463, status=401, words="Session has expired")
        if (bearer or request.args.get("access_token")) != self.on.page_token:
            raise Refused(190, 467, status=401, words="Invalid OAuth access token")

    # Speaking

    def send(self, id: str) -> Answer:
        if id not in {self.on.page, "me"}:
            raise Refused(100, 33, words="Unsupported post request")
        asked = self._body()
        message = asked.get("message") or {}
        text, upload = message.get("text", ""), request.files.get("filedata")
        content = upload.read() if upload else b""
        # messenger.md 4: text up to 2,000 characters, a file up to 25 MB, and each is a message of its own.
        if len(text) > MOST_TEXT or len(content) > MOST_FILE or bool(text) == bool(message.get("attachment")):
            raise Refused(100, words="Invalid parameter")
        with self.on.lock:
            recipient = asked.get("recipient") or {}
            about = recipient.get("comment_id") or recipient.get("post_id")
            person = self._private_reply(about) if about else self._window(asked)
            said = self._said(person, text, message.get("metadata", ""), asked.get("tag", ""))
            if upload:
                kind = message["attachment"]["type"]
                name = upload.filename or "datei"
                url = self.on.keep(name, content, upload.mimetype)
                mime = upload.mimetype
                said.files.append({"type": kind, "name": name, "size": len(content), "mime_type": mime, "url": url})
            if about:
                self.on.public[about].private_reply = said.id
        self._tell(said)
        return {"recipient_id": person.id, "message_id": said.id}

    def _said(self, person: Person, text: str, metadata: str, tag: str) -> Said:
        from tests.emulators.graph import Said

        said = Said(self.on.next_id("m_"), person.id, text, self.on.clock(), True, self.on.app_id, metadata, tag)
        self.on.thread.append(said)
        return said

    def _tell(self, said: Said) -> None:
        """Echo and delivery come before the answer of the call does, and in the worse order (messenger.md 9)."""
        if self.on.hooks.url:
            self.on.tell_delivery(said)
            self.on.tell_echo(said)

    def _window(self, asked: dict[str, Any]) -> Person:
        person = self.on.people.get(str(asked["recipient"].get("id")))
        if person is None:
            raise Refused(100, 2018001, words="No matching user found")  # messenger.md 7
        if person.has_blocked:
            raise Refused(551, 1545041, words="This person isn't available right now")  # messenger.md 7
        if person.owner not in {"", self.on.app_id}:
            raise Refused(10, 2018300, words="Another app is controlling this thread")  # messenger.md 6
        kind, tag = asked.get("messaging_type"), asked.get("tag")
        if kind == "MESSAGE_TAG" and tag == "HUMAN_AGENT":
            if not self.on.has_human_agent:
                raise Refused(10, words="Application does not have permission")  # messenger.md 4: needs App Review
            within = WEEK
        elif kind in {"RESPONSE", "UPDATE"} and not tag:
            within = DAY
        else:
            raise Refused(100, words="Invalid messaging_type or tag")  # messenger.md 4: the other tags are going away
        if not self.on.is_in_time(person.heard_at, within):
            # messenger.md 4 and 7: outside of the window; a comment or a private reply never opened one.
            raise Refused(10, 2018278, words="Message sent outside of allowed window")
        return person

    def _private_reply(self, about: str) -> Person:
        """messenger.md 5: exactly one for each comment, within 7 days, not to a page."""
        found = self.on.public.get(about)
        if found is None or found.is_removed:
            raise Refused(100, 33, words="Object does not exist")
        if found.private_reply:
            raise Refused(10900, words="Activity already replied to")
        if found.author == self.on.page or not self.on.is_in_time(found.at, WEEK):
            raise Refused(10903, words="This user cannot reply to this activity")
        return self.on._person(self.on.psid_of(found.author), found.name)

    def comment(self, id: str) -> Answer:
        found = self._public(id)
        text = self._body().get("message", "")
        if not text:
            raise Refused(100, words="Invalid parameter")
        above = found.id if found.item == "comment" else ""
        return {"id": self.on._public(self.on.page, text, post_id=found.post_id, parent_id=above, name=self.on.name)}

    def change(self, id: str) -> Answer:
        found = self._public(id)
        found.is_hidden = self._body().get("is_hidden") in {True, "true"}
        self.on.tell_hidden(found)
        return {"success": True}

    def delete(self, id: str) -> Answer:
        self._public(id)
        self.on.removes(id)
        return {"success": True}

    def take(self, id: str) -> Answer:
        self.on.people[str(self._body()["recipient"]["id"])].owner = self.on.app_id
        return {"success": True}

    # Reading

    def comments_of(self, id: str) -> Answer:
        self._public(id)
        below = [each for each in self.on.public.values() if each.parent_id == id and not each.is_removed]
        return {"data": [graph_reading.comment(each) for each in below][::-1]}

    def conversations(self, id: str) -> Answer:
        # messenger.md 7: two calls a second; a little less than a second is a machine's jitter, not a third call.
        now = time.monotonic()
        self._listed_at = [*(at for at in self._listed_at if now - at < 0.9), now]
        if len(self._listed_at) > 2:
            raise Refused(613, words="Calls to this api have exceeded the rate limit")
        return graph_reading.conversations(self.on, request.args)

    def feed(self, id: str) -> Answer:
        return graph_reading.feed(self.on)

    def node(self, id: str) -> Answer:
        if id in {self.on.page, "me"}:
            return {"id": self.on.page, "name": self.on.name}
        person = self.on.people.get(id)
        if person and not person.hides_profile:
            first, _, last = person.name.partition(" ")
            return {"first_name": first, "last_name": last, "id": id}
        # messenger.md 3: a profile may be refused with 100/33 although the person writes to us.
        found = self._public(id)
        return {**graph_reading.comment(found), "permalink_url": f"https://www.facebook.com/{found.id}"}

    def debug_token(self) -> Answer:
        if request.headers.get("Authorization") != f"Bearer {self.on.app_id}|{self.on.app_secret}":
            raise Refused(190, words="Invalid OAuth access token signature")
        fault = self.on.token_fault
        ends: datetime | None = self.on.token_expires_at
        if ends and self.on.clock() >= ends:
            fault = (190, 463)
        if request.args.get("input_token") != self.on.page_token:
            fault = (190, 467)
        found: dict[str, Any] = {"app_id": self.on.app_id, "type": "PAGE", "is_valid": fault is None}
        found |= {"expires_at": int(ends.timestamp()) if ends else 0, "scopes": self.on.scopes}
        if fault:
            found["error"] = {"code": fault[0], "subcode": fault[1], "message": "The token is not valid"}
        return {"data": found}

    def subscribed(self, id: str) -> Answer:
        return {"data": [{"id": self.on.app_id, "subscribed_fields": self.on.subscribed_fields}]}

    def subscribe(self, id: str) -> Answer:
        fields = request.args.get("subscribed_fields") or self._body().get("subscribed_fields") or ""
        self.on.subscribed_fields = fields.split(",") if isinstance(fields, str) else list(fields)
        return {"success": True}

    def file(self, key: str) -> Answer:
        """A signed address: it works without a log-in until it expires (messenger.md 2)."""
        kept = self.on.files.get(key)
        return Response(kept[1], content_type=kept[0]) if kept else Response("Forbidden", 403)

    def _public(self, id: str) -> Comment:
        found = self.on.public.get(id)
        if found is None or found.is_removed:
            raise Refused(100, 33, words="Object does not exist")
        return found

    @staticmethod
    def _body() -> dict[str, Any]:
        found = request.get_json(silent=True)
        if isinstance(found, dict):
            return found
        return {name: _value(text) for name, text in request.form.items()}


def _refuse(fault: Fault | None) -> None:
    if fault and not fault.breaks_after:
        raise Refused(fault.code, fault.subcode, status=fault.status)


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
