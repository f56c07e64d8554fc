"""What the emulated Graph interface tells when it is asked: conversations, comments, posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.emulators.graph import Comment, GraphEmulator, Said

PAGE_SIZE = 5
"""Conversations on a page, few so that paging happens in tests."""
MESSAGES = 25


def instant(at: datetime) -> str:
    """Return an instant as Graph writes it: seconds, and a zone without a colon."""
    return at.strftime("%Y-%m-%dT%H:%M:%S+0000")


def comment(found: Comment) -> dict[str, Any]:
    above = {"parent": {"id": found.parent_id}} if found.parent_id != found.post_id and found.parent_id else {}
    who = {"id": found.author, "name": found.name}
    return {"id": found.id, "message": found.text, "from": who, "created_time": instant(found.at), **above}


def feed(emulator: GraphEmulator) -> dict[str, Any]:
    visible = [each for each in emulator.public.values() if not each.is_removed]
    posts = [each for each in visible if each.item in {"post", "status"}]
    return {
        "data": [
            {
                **comment(post),
                "comments": {
                    "data": [comment(c) for c in visible if c.item == "comment" and c.post_id == post.id][::-1]
                },
            }
            for post in posts[::-1]
        ]
    }


def conversations(emulator: GraphEmulator, query: Mapping[str, str]) -> dict[str, Any]:
    """List threads, the newest first, with their newest messages; `user_id` asks for one."""
    threads: dict[str, list[Said]] = {}
    for message in emulator.thread:
        threads.setdefault(message.person, []).append(message)
    listed = sorted(threads.items(), key=lambda each: each[1][-1].at, reverse=True)
    wanted = query.get("user_id")
    if wanted:
        listed = [each for each in listed if each[0] == wanted]
    start = int(query.get("after", "0"))
    shown = listed[start : start + PAGE_SIZE]
    paging: dict[str, Any] = {"cursors": {"after": str(start + PAGE_SIZE)}}
    if start + PAGE_SIZE < len(listed):
        paging["next"] = f"{emulator.url}/next"
    return {"data": [_thread(emulator, person, messages) for person, messages in shown], "paging": paging}


def _thread(emulator: GraphEmulator, person: str, messages: list[Said]) -> dict[str, Any]:
    newest = messages[::-1][:MESSAGES]
    return {
        "id": f"t_{person}",
        "updated_time": instant(messages[-1].at),
        "messages": {"data": [_message(emulator, each) for each in newest]},
    }


def _message(emulator: GraphEmulator, message: Said) -> dict[str, Any]:
    page = {"id": emulator.page, "name": emulator.name}
    person = {"id": message.person, "name": emulator.people[message.person].name}
    found: dict[str, Any] = {
        "id": message.id,
        "message": message.text,
        "from": page if message.is_own else person,
        "to": {"data": [person if message.is_own else page]},
        "created_time": instant(message.at),
    }
    if message.files:
        found["attachments"] = {"data": [_file(each) for each in message.files]}
    return found


def _file(found: dict[str, Any]) -> dict[str, Any]:
    facts = {name: found[name] for name in ("name", "size", "mime_type")}
    where = {"image": {"image_data": {"url": found["url"]}}, "video": {"video_data": {"url": found["url"]}}}
    return {"id": found["url"].rpartition("/")[2], **facts, **where.get(found["type"], {"file_url": found["url"]})}
