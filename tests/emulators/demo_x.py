"""The account of the sample shop on the emulated X: its past, and what a visitor of the demo does there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from app import clock
from tests.emulators import x
from tests.emulators.x_world import Person


class XStage:
    """One account with the people who talk to it and about it."""

    def __init__(self, setup: Mapping[str, Any], people: Iterable[Mapping[str, Any]]) -> None:
        x.KEYS.update({name: secret for name, secret in setup["secrets"].items() if name in x.KEYS})
        self.emulator = x.XEmulator(clock=clock.now)
        # Many try the demo at once, and nobody pays for it.
        self.emulator.limits = dict.fromkeys(self.emulator.limits, 10_000)
        self._hook = setup["hook_url"]
        for person in people:
            if "username" in person:
                self._person(person)
        for told in setup["past"]:
            (self._remember if told["is_public"] else self._remember_private)(told)

    def acts(self) -> Mapping[str, Callable[[Mapping[str, str]], dict[str, Any]]]:
        return {"post": self._post, "direct": self._direct}

    def connect(self) -> bool:
        """Have our hook prove itself; False until it does."""
        return self.emulator.calls_hook(self._hook)

    def seen(self) -> list[dict[str, Any]]:
        """Return what the account said, the newest first."""
        world = self.emulator.world
        private = [
            (each["created_at"], self._name(each["recipient"]), each["text"], False)
            for each in world.messages.values()
            if each["sender_id"] == x.OWN_ID
        ]
        public = [
            (each["created_at"], self._name(str(each.get("in_reply_to_user_id", ""))), each["text"], True)
            for each in world.posts.values()
            if each["author_id"] == x.OWN_ID
        ]
        return [
            {"at": at, "to": to, "text": text, "is_public": is_public}
            for at, to, text, is_public in sorted([*private, *public], reverse=True)
        ]

    def _post(self, values: Mapping[str, str]) -> dict[str, Any]:
        return {"id": self.emulator.posts(self._person(values).username, values["text"])}

    def _direct(self, values: Mapping[str, str]) -> dict[str, Any]:
        return {"id": self.emulator.writes_privately(self._person(values).username, values["text"])}

    def _person(self, known: Mapping[str, str]) -> Person:
        username = known.get("username", "").lstrip("@") or f"person_{known['id']}"
        found = self.emulator.world.people.setdefault(known["id"], Person(known["id"], username, known.get("name", "")))
        found.name = known.get("name") or found.name
        return found

    def _name(self, id_: str) -> str:
        found = self.emulator.world.people.get(id_)
        return f"{found.name} (@{found.username})" if found else ""

    def _remember(self, told: Mapping[str, Any]) -> None:
        person, world = self._person(told["customer"]), self.emulator.world
        is_own, at = told["direction"] == "out", datetime.fromisoformat(told["sent_at"])
        author = x.OWN_ID if is_own else person.id
        answered = told["conversation"] if is_own else ""
        post = world.new_post(author, told["text"], replies_to=answered, at=at)
        del world.posts[post["id"]]
        post |= {"id": told["id"], "conversation_id": told["conversation"], "edit_history_tweet_ids": [told["id"]]}
        world.posts[told["id"]] = post

    def _remember_private(self, told: Mapping[str, Any]) -> None:
        person, is_own = self._person(told["customer"]), told["direction"] == "out"
        sides = (x.OWN_ID, person.id) if is_own else (person.id, x.OWN_ID)
        at = datetime.fromisoformat(told["sent_at"])
        message = self.emulator.world.new_message(sides[0], sides[1], told["text"], at)
        del self.emulator.world.messages[message["id"]]
        message["id"] = told["id"]
        self.emulator.world.messages[told["id"]] = message
