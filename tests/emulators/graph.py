"""Meta's Graph interface for one page, as far as Messenger and the page's feed go.

Rejections cite the chapter of the channel's contract ("messenger.md") that they enforce. The emulator's own lists
(`said`, `replies`, `refusals`, `told`) decide in tests, never what the product says about itself.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.emulators import graph_routes
from tests.emulators.graph_hooks import Hooks
from tests.emulators.serving import Emulator

INBOX_APP = "263902037430900"
APP_SECRET, VERIFY_TOKEN, PAGE_TOKEN = "app-secret", "verify-word", "page-token"
SCOPES = [
    *("pages_messaging", "pages_manage_metadata", "pages_read_engagement"),
    *("pages_read_user_content", "pages_manage_engagement"),
]


@dataclass(slots=True)
class Person:
    """Somebody as the page knows them: a page-scoped id, and the id they comment with."""

    id: str
    name: str = ""
    heard_at: datetime | None = None
    """Their last act in private; it opens the window."""
    has_blocked: bool = False
    hides_profile: bool = False
    owner: str = ""
    """The app that owns the thread; empty: nobody, so everybody may answer."""


@dataclass(slots=True)
class Said:
    """A private message, of either side."""

    id: str
    person: str
    text: str
    at: datetime
    is_own: bool = False
    app: str = ""
    metadata: str = ""
    tag: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Comment:
    """Something public: a post, or a comment on one."""

    id: str
    post_id: str
    parent_id: str
    author: str
    name: str
    text: str
    at: datetime
    item: str = "comment"
    is_hidden: bool = False
    is_removed: bool = False
    private_reply: str = ""


class GraphEmulator(Emulator):
    """One page with its people; `clock` is business time, so that windows close when a test moves it."""

    def __init__(
        self,
        *,
        page: str = "310000000000007",
        name: str = "Nordlicht",
        app_id: str = "880000000000003",
        app_secret: str = APP_SECRET,
        verify_token: str = VERIFY_TOKEN,
        page_token: str = PAGE_TOKEN,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__("graph")
        self.page, self.name, self.clock = page, name, clock
        self.app_id, self.app_secret, self.verify_token, self.page_token = app_id, app_secret, verify_token, page_token
        self.people: dict[str, Person] = {}
        self.thread: list[Said] = []
        """All private messages in their order."""
        self.public: dict[str, Comment] = {}
        self.files: dict[str, tuple[str, bytes]] = {}
        self.hooks = Hooks(self)
        self.subscribed_fields: list[str] = []
        self.scopes = list(SCOPES)
        self.token_fault: tuple[int, int] | None = None
        self.token_expires_at: datetime | None = None
        self.has_human_agent = True
        self.faults: list[graph_routes.Fault] = []
        self.refusals: list[tuple[int, int]] = []
        """Code and subcode of every call that was refused, in their order."""
        self._numbers = itertools.count(1)
        graph_routes.lay(self)

    # What the page itself did, counted here.

    @property
    def said(self) -> list[Said]:
        """Return what we said through the interface, in its order."""
        return [each for each in self.thread if each.is_own and each.app == self.app_id]

    @property
    def replies(self) -> list[Comment]:
        """Return what the page wrote in public."""
        return [each for each in self.public.values() if each.author == self.page and each.item == "comment"]

    # What people do. Each returns the platform's id of what came about.

    def customer_writes(
        self,
        psid: str,
        text: str = "",
        *,
        name: str = "",
        files: Sequence[tuple[str, str, bytes]] = (),
        reply_to: str = "",
        at: datetime | None = None,
        **more: Any,
    ) -> str:
        """Write in private; `files` are (image, video, audio or file; name; content), `more` goes into the message."""
        person = self._person(psid, name)
        person.heard_at = at or self.clock()
        attached = [self._attachment(*each) for each in files]
        message = Said(self.next_id("m_"), psid, text, person.heard_at, files=attached)
        self.thread.append(message)
        told = {"mid": message.id, **({"text": text} if text else {}), **more}
        if attached:
            told["attachments"] = [{"type": each["type"], "payload": {"url": each["url"]}} for each in attached]
        if reply_to:
            told["reply_to"] = {"mid": reply_to}
        self._tell(psid, message.at, message=told)
        return message.id

    def presses(self, psid: str, title: str, payload: str, *, has_mid: bool = True) -> str:
        person = self._person(psid)
        person.heard_at = self.clock()
        mid = {"mid": self.next_id("m_")} if has_mid else {}
        # messenger.md 2: while another app owns the thread, a postback comes without its payload.
        said = {} if self._is_elsewhere(person) else {"payload": payload}
        self._tell(psid, person.heard_at, postback={**mid, "title": title, **said})
        return mid.get("mid", "")

    def reacts(self, psid: str, mid: str, emoji: str = "❤") -> None:
        person = self._person(psid)
        person.heard_at = self.clock()
        about = {"mid": mid, "action": "react" if emoji else "unreact", **({"emoji": emoji} if emoji else {})}
        self._tell(psid, person.heard_at, reaction=about)

    def edits(self, id: str, text: str, *, count: int = 1) -> None:
        """Change a private message or a comment."""
        if id in self.public:
            self.public[id].text = text
            self._tell_feed(self.public[id], "edited")
            return
        message = next(each for each in self.thread if each.id == id)
        message.text = text
        self._tell(message.person, self.clock(), message_edit={"mid": id, "text": text, "num_edit": count})

    def removes(self, id: str) -> None:
        """Take back a private message or remove a comment."""
        if id in self.public:
            self.public[id].is_removed = True
            self._tell_feed(self.public[id], "remove")
            return
        message = next(each for each in self.thread if each.id == id)
        self.thread.remove(message)
        self._tell(message.person, self.clock(), message={"mid": id, "is_deleted": True})

    def reads(self, psid: str) -> None:
        at = self.clock()
        self._tell(psid, at, read={"watermark": _milliseconds(at)})

    def posts(self, author: str, text: str, *, name: str = "") -> str:
        """Write a post on the page."""
        return self._public(author, text, item="post", name=name)

    def comments(
        self, author: str, text: str, post: str = "", *, parent: str = "", name: str = "", at: datetime | None = None
    ) -> str:
        """Comment on a post, or answer a comment (`parent`)."""
        post_id = post or (self.public[parent].post_id if parent else self._some_post())
        return self._public(author, text, post_id=post_id, parent_id=parent, name=name, at=at)

    def rates(self, author: str, text: str, *, is_positive: bool = True, name: str = "") -> str:
        rating = Comment(
            self.next_id("9"), "", "", author, name or f"Person {author}", text, self.clock(), item="rating"
        )
        self.public[rating.id] = rating
        value: dict[str, Any] = {"item": "rating", "verb": "add", "open_graph_story_id": rating.id, "comment_id": None}
        value |= {"reviewer_id": author, "reviewer_name": rating.name, "review_text": text}
        value["recommendation_type"] = "POSITIVE" if is_positive else "NEGATIVE"
        value["created_time"] = int(rating.at.timestamp())
        self.hooks.change("ratings", value)
        return rating.id

    # What happens on the page without us.

    def answers_elsewhere(self, psid: str, text: str, *, app: str = INBOX_APP) -> str:
        """Answer with the page's own inbox, or another program."""
        message = Said(self.next_id("m_"), psid, text, self.clock(), is_own=True, app=app)
        self.thread.append(message)
        self.tell_echo(message)
        return message.id

    def comments_as_page(self, text: str, parent: str) -> str:
        return self._public(self.page, text, post_id=self.public[parent].post_id, parent_id=parent, name=self.name)

    def revoke_token(self, subcode: int = 460) -> None:
        """End the token: 460 the password was changed, 463 it expired, 467 it is invalid (messenger.md 7)."""
        self.token_fault = (190, subcode)

    def renew_token(self) -> None:
        self.token_fault = self.token_expires_at = None

    def hands_over(self, psid: str, app: str = INBOX_APP) -> None:
        """Give a thread to another app: from then on we only listen (standby)."""
        person = self._person(psid)
        self._tell(psid, self.clock(), pass_thread_control={"new_owner_app_id": app, "metadata": "an Menschen"})
        person.owner = app

    def enforces_policy(self, action: str = "block") -> None:
        reason = "Die Seite hat zu viel Unerwünschtes verschickt."
        item = {"recipient": {"id": self.page}, "timestamp": _milliseconds(self.clock())}
        self.hooks.messaging({**item, "policy-enforcement": {"action": action, "reason": reason}})

    def refuses_next(self, code: int, subcode: int = 0, **more: Any) -> None:
        """Answer the next call with an error; `more` are fields of `graph_routes.Fault`."""
        self.faults.append(graph_routes.Fault(code, subcode, **more))

    # Behind the scenes.

    def next_id(self, prefix: str) -> str:
        return f"{prefix}{next(self._numbers):05d}"

    def psid_of(self, author: str) -> str:
        """Return the page-scoped id of somebody who comments; the two ids have nothing in common for us."""
        return f"74{author}"

    def is_in_time(self, at: datetime | None, within: timedelta) -> bool:
        return at is not None and self.clock() < at + within

    def tell_echo(self, message: Said) -> None:
        """Tell the page what it said itself."""
        said: dict[str, Any] = {"mid": message.id, "is_echo": True, "app_id": int(message.app)}
        said |= {"text": message.text} if message.text else {}
        said |= {"metadata": message.metadata} if message.metadata else {}
        if message.files:
            said["attachments"] = [{"type": each["type"], "payload": {"url": each["url"]}} for each in message.files]
        sides = {"sender": {"id": self.page}, "recipient": {"id": message.person}}
        item = {**sides, "timestamp": _milliseconds(message.at), "message": said}
        self.hooks.messaging(item, is_standby=self._is_elsewhere(self._person(message.person)))

    def tell_delivery(self, message: Said) -> None:
        """Tell that a message arrived; such items come without a timestamp (messenger.md 2)."""
        delivery = {"mids": [message.id], "watermark": _milliseconds(self.clock())}
        sides = {"sender": {"id": message.person}, "recipient": {"id": self.page}}
        self.hooks.messaging({**sides, "delivery": delivery})

    def keep(self, name: str, content: bytes, type_: str) -> str:
        """Put a file where it can be fetched and return its address."""
        key = f"{self.next_id('f')}-{name}"
        self.files[key] = (type_, content)
        return f"{self.url}/files/{key}"

    def _attachment(self, type_: str, name: str, content: bytes) -> dict[str, Any]:
        mime = {"image": "image/jpeg", "video": "video/mp4", "audio": "audio/mpeg"}.get(type_, "application/pdf")
        url = self.keep(name, content, mime)
        return {"type": type_, "name": name, "size": len(content), "mime_type": mime, "url": url}

    def _person(self, psid: str, name: str = "") -> Person:
        with self.lock:
            person = self.people.setdefault(psid, Person(psid, name or f"Kundin {psid[-4:]}"))
            person.name = name or person.name
            return person

    def _is_elsewhere(self, person: Person) -> bool:
        return person.owner not in {"", self.app_id}

    def _tell(self, psid: str, at: datetime, **what: Any) -> None:
        sides = {"sender": {"id": psid}, "recipient": {"id": self.page}}
        item = {**sides, "timestamp": _milliseconds(at), **what}
        self.hooks.messaging(item, is_standby=self._is_elsewhere(self._person(psid)))

    def _some_post(self) -> str:
        post = next((each for each in self.public.values() if each.item == "status"), None)
        if post is None:
            post_id = f"{self.page}_{self.next_id('9')}"
            post = Comment(post_id, post_id, "", self.page, self.name, "Neue Ware ist da.", self.clock(), item="status")
            self.public[post_id] = post
        return post.id

    def _public(
        self,
        author: str,
        text: str,
        *,
        item: str = "comment",
        post_id: str = "",
        parent_id: str = "",
        name: str = "",
        at: datetime | None = None,
    ) -> str:
        id_ = f"{post_id.rpartition('_')[2]}_{self.next_id('7')}" if post_id else f"{self.page}_{self.next_id('9')}"
        name = name or f"Person {author}"
        found = Comment(id_, post_id or id_, parent_id or post_id, author, name, text, at or self.clock(), item)
        self.public[id_] = found
        self._tell_feed(found, "add")
        return id_

    def _tell_feed(self, found: Comment, verb: str) -> None:
        value: dict[str, Any] = {"item": found.item, "verb": verb, "post_id": found.post_id}
        if found.item == "comment":
            value |= {"comment_id": found.id, "parent_id": found.parent_id}
        value["from"] = {"id": found.author, "name": found.name}
        if verb != "remove":
            value |= {"message": found.text, "created_time": int(found.at.timestamp())}
        self.hooks.change("feed", value)

    def tell_hidden(self, found: Comment) -> None:
        self._tell_feed(found, "hide" if found.is_hidden else "unhide")

    def tell_comment(self, found: Comment) -> None:
        self._tell_feed(found, "add")


def _milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)
