"""Public posts: new and old spelling, versions, media, whom they address and what they answer."""

from __future__ import annotations

from dataclasses import replace

from channels.contract import Change, ChangeType, Contact, ContactType, Heard, Parent, RemoteAttachment
from channels.payload import Tree, identifier, several, tree, trees, words
from channels.xapi.scene import POST_URL, Scene, count, either, spoken

_KINDS = {"photo": "image", "animated_gif": "video"}
_KINDS_BY_KEY = {"3": "image", "7": "video", "13": "video", "16": "video"}
"""What the number before a media key says where the medium itself did not come along."""


def modern(old: Tree) -> Tree:
    """Return a post of the Account Activity API (v1.1) in the shape of today's."""
    full, user = {**old, **tree(old.get("extended_tweet"))}, tree(old.get("user"))
    entities = tree(full.get("entities"))
    references = {
        "replied_to": identifier(old.get("in_reply_to_status_id_str"), old.get("in_reply_to_status_id")),
        "quoted": identifier(old.get("quoted_status_id_str"), old.get("quoted_status_id")),
        "retweeted": identifier(tree(old.get("retweeted_status")).get("id_str")),
    }
    mentioned = [{**each, "username": each.get("screen_name")} for each in trees(entities.get("user_mentions"))]
    media = trees(tree(full.get("extended_entities")).get("media") or entities.get("media"))
    return {
        "id": identifier(old.get("id_str"), old.get("id")),
        "text": full.get("full_text") or full.get("text"),
        "author_id": identifier(user.get("id_str"), user.get("id")),
        "created_at": old.get("created_at"),
        "in_reply_to_user_id": identifier(old.get("in_reply_to_user_id_str"), old.get("in_reply_to_user_id")),
        "referenced_tweets": [{"type": type_, "id": id_} for type_, id_ in references.items() if id_],
        "entities": {"mentions": mentioned},
        "media": [modern_medium(each) for each in media],
    }


def modern_medium(old: Tree) -> Tree:
    """Return a medium of v1.1 as today's; the picture of a film is only its preview."""
    picture, films = old.get("media_url_https"), tree(old.get("video_info")).get("variants")
    return {**old, "url": None if films else picture, "preview_image_url": picture, "variants": films}


def post(found: Tree, scene: Scene) -> list[Heard]:
    """Return a post by the id of its first version; a later version is an edit besides.

    The first version may never have been heard, so what was edited is told as a message, too: the desk knows it by
    its id. Posts that are only passed on are nothing.
    """
    id_ = identifier(found.get("id"))
    referenced = trees(either(found, "referenced_tweets"))
    references = {words(each.get("type")): identifier(each.get("id")) for each in referenced}
    if not id_ or references.keys() & {"retweeted", "reposted"}:
        return []
    contact = _contact(found, id_, references.get("replied_to", ""), references.get("quoted", ""), scene)
    if contact.external_id == id_:
        return [contact]
    contact = replace(contact, details={**contact.details, "is_edited": True})
    shared = {"sender": contact.sender, "sent_at": scene.at(None, id_), "conversation_key": contact.conversation_key}
    about, text = contact.external_id, contact.text
    edit = Change(external_id=f"edit:{id_}", type=ChangeType.EDIT, about=about, text=text, is_public=True, **shared)  # type: ignore[arg-type]
    return [contact, edit]


def _contact(found: Tree, id_: str, replied: str, quoted: str, scene: Scene) -> Contact:
    author, answered = identifier(found.get("author_id")), identifier(found.get("in_reply_to_user_id"))
    versions = several(either(found, "edit_history_tweet_ids"))
    first = identifier(versions[0] if versions else "", id_)
    is_own = author in scene.own or (scene.event == "post.create" and not author)
    addressed = _addressed(found, quoted, answered, scene)
    return Contact(
        type=ContactType.POST,
        external_id=first,
        sender=scene.handle(author, otherwise=first),
        sent_at=scene.at(found.get("created_at") if first == id_ else None, first),
        text=spoken(found),
        replies_to=(replied,) if replied else (),
        conversation_key=identifier(found.get("conversation_id"), replied, first),
        is_public=True,
        is_own=is_own,
        listening_term="" if is_own or addressed else scene.term,
        parent=_parent(replied or quoted, answered if replied else "", scene),
        remote=tuple(_media(found, id_, scene)),
        details={
            "username": scene.username_of(author),
            "can_reply": addressed in {"mention", "quote"} and not is_own,
            "addressed": addressed,
            "event": scene.event,
            "url": POST_URL + first,
            **scene.reach(author, found),
        },
    )


def _addressed(found: Tree, quoted: str, answered: str, scene: Scene) -> str:
    """Say how a post speaks to us: mention, quote, reply or not at all.

    Only with a mention or a quote may we answer over the interface (since 23 February 2026). Answers carry the names
    of those before them, too; X counts what stands in `entities.mentions`.
    """
    entities = found.get("entities")
    names = {scene.username.casefold(), *(scene.username_of(each).casefold() for each in scene.own)} - {""}
    is_named = any(
        identifier(each.get("id_str"), each.get("id")) in scene.own or words(each.get("username")).casefold() in names
        for each in trees(tree(entities).get("mentions"))
    )
    if is_named or scene.event == "post.mention.create" or (entities is None and scene.event == "mentions"):
        return "mention"
    quotes_us = identifier(scene.posts.get(quoted, {}).get("author_id")) in scene.own
    if quoted and (quotes_us or scene.event == "post.quote.create"):
        return "quote"
    return "reply" if answered in scene.own or scene.event == "post.reply.create" else ""


def parent(found: Tree, scene: Scene) -> Parent:
    """Return a post as what another one answers."""
    id_, author = identifier(found.get("id")), identifier(found.get("author_id"))
    sent_at = scene.at(found.get("created_at"), id_)
    handle = scene.handle(author) if author else None
    replies = count(found, "reply_count")
    return Parent(
        external_id=id_, author=handle, text=spoken(found), sent_at=sent_at, url=POST_URL + id_, replies=replies
    )


def _parent(id_: str, author: str, scene: Scene) -> Parent | None:
    return parent({"author_id": author, **scene.posts.get(id_, {}), "id": id_}, scene) if id_ else None


def _media(found: Tree, id_: str, scene: Scene) -> list[RemoteAttachment]:
    keys = several(tree(found.get("attachments")).get("media_keys"))
    known = [{"media_key": key, **scene.media.get(key, {})} for key in map(identifier, keys) if key]
    return [remote(each, POST_URL + id_) for each in [*known, *trees(several(found.get("media")))]]


def remote(found: Tree, link: str) -> RemoteAttachment:
    """Return a medium; a film often has no address of its own, then the link leads to where it plays."""
    key, type_ = identifier(found.get("media_key"), found.get("id_str")), words(found.get("type"))
    films = [each.get("url") for each in trees(found.get("variants")) if each.get("content_type") == "video/mp4"]
    details = {"media_key": key, "link": link, "preview": words(found.get("preview_image_url"))}
    return RemoteAttachment(
        type=_KINDS.get(type_, type_) or _KINDS_BY_KEY.get(key.partition("_")[0], "file"),
        url=words(found.get("url") or (films[-1] if films else "")),
        name=words(found.get("alt_text"))[:200],
        details={name: text for name, text in details.items() if text},
    )
