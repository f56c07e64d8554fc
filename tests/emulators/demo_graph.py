"""The page of the sample shop on the emulated Graph interface: its past, and what a visitor of the demo does there."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from app import clock
from channels.messenger.form import FIELDS
from tests.emulators.graph import Comment, GraphEmulator, Person, Said

PAGE_TEXT = "Neu in Kiel: die Pendelleuchte Skagen, jetzt auch in Salbeigrün."


class GraphStage:
    """One page with the people of the sample shop."""

    def __init__(self, setup: Mapping[str, Any], people: Iterable[Mapping[str, Any]]) -> None:
        secrets = setup["secrets"]
        self.emulator = GraphEmulator(
            page=setup["address"],
            app_id=setup["settings"]["app_id"],
            app_secret=secrets["app_secret"],
            verify_token=secrets["verify_token"],
            page_token=secrets["page_token"],
            clock=clock.now,
        )
        self._hook = setup["hook_url"]
        self.emulator.subscribed_fields = list(FIELDS)
        self.emulator.token_expires_at = clock.now() + timedelta(days=60)
        # Ids go on where no earlier run of the demo has been, for what is known by its id is not filed again.
        self.emulator._numbers = itertools.count(int(clock.now().timestamp() * 1000))
        for person in people:
            if "name" in person and "username" not in person:
                self.emulator.people[person["id"]] = Person(person["id"], person["name"])
        for told in setup["past"]:
            (self._remember_public if told["is_public"] else self._remember)(told)

    def acts(self) -> Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        return {"message": self._message, "comment": self._comment, "revoke": self._revoke, "renew": self._renew}

    def connect(self) -> bool:
        """Shake hands with our hook; False until it is there."""
        return self.emulator.hooks.subscribe(self._hook)

    def seen(self) -> list[dict[str, Any]]:
        """Return what the page said, the newest first."""
        people, public = self.emulator.people, self.emulator.public
        private = [(each.at, people[each.person].name, each.text, False) for each in self.emulator.said]
        replies = [
            (each.at, public[each.parent_id].name, each.text, True)
            for each in self.emulator.replies
            if each.parent_id in public
        ]
        return [
            {"at": at.isoformat(), "to": to, "text": text, "is_public": is_public}
            for at, to, text, is_public in sorted([*private, *replies], reverse=True)
        ]

    def _message(self, values: Mapping[str, str]) -> dict[str, Any]:
        return {"id": self.emulator.customer_writes(values["id"], values["text"], name=values.get("name", ""))}

    def _comment(self, values: Mapping[str, str]) -> dict[str, Any]:
        posts = [each.id for each in self.emulator.public.values() if each.item == "status"]
        post = posts[0] if posts else ""
        return {"id": self.emulator.comments(values["id"], values["text"], post, name=values.get("name", ""))}

    def _revoke(self, _values: Mapping[str, str]) -> dict[str, Any]:
        self.emulator.revoke_token()
        return {}

    def _renew(self, _values: Mapping[str, str]) -> dict[str, Any]:
        self.emulator.renew_token()
        return {}

    def _remember(self, told: Mapping[str, Any]) -> None:
        psid, at = told["customer"]["id"], datetime.fromisoformat(told["sent_at"])
        person = self.emulator._person(psid, told["customer"]["name"])
        is_own = told["direction"] == "out"
        person.heard_at = person.heard_at if is_own else at
        app = self.emulator.app_id if is_own else ""
        self.emulator.thread.append(Said(told["id"], psid, told["text"], at, is_own=is_own, app=app))

    def _remember_public(self, told: Mapping[str, Any]) -> None:
        at, public = datetime.fromisoformat(told["sent_at"]), self.emulator.public
        page, is_own = self.emulator.page, told["direction"] == "out"
        post = str(told["details"].get("post_id", "")) or next(iter(public), f"{page}_900000000000900")
        public.setdefault(post, Comment(post, post, "", page, "Nordlicht", PAGE_TEXT, at, item="status"))
        author = page if is_own else told["customer"]["id"]
        name = "Nordlicht" if is_own else told["customer"]["name"]
        above = told["conversation"] if is_own else str(told["details"].get("parent_id", "")) or post
        public[told["id"]] = Comment(told["id"], post, above, author, name, told["text"], at)
