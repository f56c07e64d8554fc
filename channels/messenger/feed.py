"""What people write on the page in public: items of `changes`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from channels.contract import Change, ChangeType, Contact, ContactType, Handle, Heard, Parent, RemoteAttachment
from channels.meta import messaging
from channels.meta.entries import Place, placeholder
from channels.meta.reading import MOST_NAME, digest, facts, identifier, instant, mapping, moment, words

PUBLIC = "facebook"
"""The kind of the handles of people who write in public: other ids than those of the messenger."""
_FIELDS = frozenset({"feed", "mention", "ratings"})
_NO_POSTS = frozenset({"reaction", "like", "album", "event"})
_CHANGES = {
    "edit": ChangeType.EDIT,
    "edited": ChangeType.EDIT,
    "remove": ChangeType.REMOVAL,
    "hide": ChangeType.HIDING,
    "unhide": ChangeType.SHOWING,
}
_QUIET = frozenset({"block", "unblock", "follow", "mute", "unmute"})
_FACTS = ("item", "verb", "comment_id", "post_id", "parent_id", "recommendation_type", "rating", "open_graph_story_id")


def read(change: dict[str, Any], place: Place) -> Iterator[Heard]:
    """Return what one change says; everything that is neither comment, post nor recommendation says nothing to us."""
    value = mapping(change.get("value"))
    field = words(change.get("field"), most=60)
    if field.startswith("messag") and value:
        yield from messaging.read(value, place)
    elif field not in _FIELDS:
        yield from _unheard_of(value, field, place)
    if field not in _FIELDS or words(value.get("item")) in _NO_POSTS:
        return
    verb = words(value.get("verb"), most=20) or "add"
    external_id = _external_id(value)
    if not external_id:
        return
    if verb == "add":
        yield _contact(value, field, external_id, place)
    elif verb in _CHANGES:
        yield _change(value, verb, external_id, place)
    elif verb not in _QUIET and words(value.get("message")):
        yield replace(_contact(value, field, external_id, place), type=ContactType.UNKNOWN)


def _unheard_of(value: dict[str, Any], field: str, place: Place) -> Iterator[Heard]:
    """Return a placeholder, in private to be safe, where somebody said something in a field that nobody knows."""
    said = words(value.get("message")) or words(value.get("text"))
    if field and said:
        external_id = _external_id(value) or identifier(value.get("id")) or f"unknown:{digest(field, said)}"
        author = _author(value, external_id, place)
        at = place.at(value.get("created_time"))
        yield placeholder(
            value, place, field, external_id=external_id, sender=author, sent_at=at, conversation_key=author.value
        )


def _external_id(value: dict[str, Any]) -> str:
    """Return the id of a comment, else of a recommendation, else of a post."""
    names = ("comment_id",) if words(value.get("item")) in {"comment", ""} else ()
    ids = (identifier(value.get(name)) for name in (*names, "open_graph_story_id", "post_id"))
    return next((each for each in ids if each), "")


def _contact(value: dict[str, Any], field: str, external_id: str, place: Place) -> Contact:
    author = _author(value, external_id, place)
    is_comment = external_id == identifier(value.get("comment_id"))
    post = identifier(value.get("post_id")) if is_comment else ""
    about = _above(value)
    text = words(value.get("message")) or words(value.get("review_text"))
    remote = tuple(_files(value))
    return Contact(
        external_id=external_id,
        type=ContactType.COMMENT if is_comment else ContactType.POST,
        sender=author,
        recipient=place.person(place.page, kind=PUBLIC),
        # `entry.time` is in seconds here; the readers tell seconds from milliseconds by their size.
        sent_at=place.at(value.get("created_time")),
        text=text or ("" if remote else _wordless(value, field)),
        replies_to=(about,) if about else (),
        conversation_key=about or external_id,
        is_public=True,
        is_own=author.value == place.page,
        parent=Parent(external_id=about or post) if about or post else None,
        remote=remote,
        details={**facts(value, *_FACTS), "field": field},
    )


def _change(value: dict[str, Any], verb: str, external_id: str, place: Place) -> Change:
    # The time of the comment itself may stand in `created_time`; the entry's is that of the change.
    times = [each for each in (moment(place.time), moment(value.get("created_time"))) if each]
    sent_at = instant(max(times, default=place.received_at).isoformat(), received_at=place.received_at)
    text = words(value.get("message")) or words(value.get("review_text"))
    stamp = str(int(sent_at.timestamp())) if times else digest(text)
    return Change(
        external_id=f"{_CHANGES[verb]}:{external_id}:{stamp}",
        type=_CHANGES[verb],
        about=external_id,
        sent_at=sent_at,
        sender=_author(value, external_id, place),
        text=text if _CHANGES[verb] is ChangeType.EDIT else "",
        conversation_key=_above(value) or external_id,
        is_public=True,
        recipient=place.person(place.page, kind=PUBLIC),
        details=facts(value, *_FACTS),
    )


def _above(value: dict[str, Any]) -> str:
    """Return the comment that a comment answers; empty where it stands right below the post."""
    above, post = identifier(value.get("parent_id")), identifier(value.get("post_id"))
    is_comment = bool(identifier(value.get("comment_id"))) and words(value.get("item")) == "comment"
    return above if is_comment and post and above != post else ""


def _author(value: dict[str, Any], external_id: str, place: Place) -> Handle:
    """Return who wrote it, in today's shape or the older ones; a mention comes without an author."""
    said = mapping(value.get("from"))
    ids = (said.get("id"), value.get("sender_id"), value.get("reviewer_id"))
    names = (said.get("name"), value.get("sender_name"), value.get("reviewer_name"))
    found = next((each for each in map(identifier, ids) if each), f"unknown:{external_id}")
    name = next((each for each in (words(each, most=MOST_NAME) for each in names) if each), "")
    return place.person(found, kind=PUBLIC, name=name)


def _files(value: dict[str, Any]) -> Iterator[RemoteAttachment]:
    photos = value.get("photos")
    for type_, url in [
        ("image", value.get("photo")),
        *(("image", each) for each in (photos if isinstance(photos, list) else [])),
        ("video", value.get("video")),
        ("link", value.get("link")),
    ]:
        address = words(url, most=4000)
        if address.lower().startswith(("https://", "http://")):
            yield RemoteAttachment(type=type_, url=address)


def _wordless(value: dict[str, Any], field: str) -> str:
    """Return words for a recommendation or a mention that has none."""
    said = {"POSITIVE": "Empfiehlt die Seite.", "NEGATIVE": "Empfiehlt die Seite nicht."}
    otherwise = "Hat die Seite erwähnt." if field == "mention" else ""
    return said.get(words(value.get("recommendation_type"), most=20).upper(), otherwise)
