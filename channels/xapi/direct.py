"""Direct messages: of today's and of the old interface, and the encrypted ones that only the app of X can read."""

from __future__ import annotations

import hashlib

from channels.contract import Contact, ContactType, Heard, Progress, ProgressType
from channels.payload import Tree, identifier, several, tree, trees, words
from channels.xapi.posts import modern_medium, remote
from channels.xapi.scene import MESSAGES_URL, Scene, order, spoken

ENCRYPTED = "Verschlüsselte Nachricht, bitte auf X beantworten"
_UNKNOWN = "Eine Nachricht, die sich nur auf X ansehen lässt"
_SILENT = {"ParticipantsJoin", "ParticipantsLeave"}
_PLAIN = {"MessageCreate", "message_create", ""}


def message(found: Tree, scene: Scene) -> list[Heard]:
    """Return a direct message in either shape; who joined or left is nothing, what is unknown a placeholder."""
    id_, type_ = identifier(found.get("id")), words(found.get("event_type") or found.get("type"))
    old = tree(found.get("message_create"))
    said = tree(old.get("message_data")) or found
    sender = identifier(old.get("sender_id"), found.get("sender_id"))
    recipient = identifier(tree(old.get("target")).get("recipient_id"))
    if not id_ or type_ in _SILENT:
        return []
    key = conversation(
        identifier(found.get("dm_conversation_id"), f"{sender}-{recipient}" if recipient else "", sender, id_)
    )
    is_group = has_many(found.get("dm_conversation_id"))
    others = [each for each in key.split("-") if each != sender] if "-" in key else []
    other = recipient or (others[0] if others else "")
    contact = Contact(
        type=ContactType.MESSAGE if type_ in _PLAIN else ContactType.UNKNOWN,
        external_id=id_,
        sender=scene.handle(sender, otherwise=id_),
        recipient=scene.handle(other) if other else None,
        sent_at=scene.at(found.get("created_timestamp", found.get("created_at")), id_),
        text=spoken(said) or ("" if type_ in _PLAIN else _UNKNOWN),
        conversation_key=key,
        is_own=sender in scene.own or (scene.event == "dm.sent" and not sender),
        remote=tuple(remote(each, MESSAGES_URL) for each in _media(said, scene)),
        details={
            "username": scene.username_of(sender),
            "dm_event_id": id_,
            "event": scene.event,
            **scene.reach(sender, {}),
            **is_group,
        },
    )
    return [contact]


def encrypted(found: Tree, scene: Scene) -> list[Heard]:
    """Return a placeholder for a message whose text only the participants' devices can read."""
    content = words(found.get("encoded_event")).encode()
    id_ = identifier(found.get("id")) or (hashlib.sha256(content).hexdigest()[:32] if content else "")
    sender, is_group = identifier(found.get("sender_id")), has_many(found.get("conversation_id"))
    contact = Contact(
        type=ContactType.UNKNOWN,
        external_id=f"chat:{id_}",
        sender=scene.handle(sender, otherwise=f"chat:{id_}"),
        sent_at=scene.at(found.get("created_at_msec")),
        text=ENCRYPTED,
        conversation_key=conversation(identifier(found.get("conversation_id"), sender)),
        is_own=sender in scene.own or scene.event == "chat.sent",
        details={"username": scene.username_of(sender), "is_encrypted": True, "event": scene.event, **is_group},
    )
    return [contact] if id_ else []


def unknown(found: Tree, scene: Scene) -> list[Heard]:
    """Return a message of an event that names one, else a placeholder for what somebody said, in private."""
    if scene.event.startswith("dm."):
        return message(found, scene)
    author = identifier(found.get("sender_id"), found.get("author_id"), tree(found.get("user")).get("id"))
    is_said = bool(words(found.get("text"))) or bool(author and author not in scene.own)
    return message({**found, "sender_id": author, "event_type": scene.event}, scene) if is_said else []


def read(found: Tree, scene: Scene) -> list[Heard]:
    """Return how far somebody has read what we wrote; how far we have read is nothing."""
    reader, other = identifier(found.get("sender_id")), identifier(tree(found.get("target")).get("recipient_id"))
    last = identifier(found.get("last_read_event_id"))
    if not last or not reader or reader in scene.own:
        return []
    progress = Progress(
        type=ProgressType.READ,
        sent_at=scene.at(found.get("created_timestamp")),
        about=(last,),
        watermark=scene.at(None, last),
        sender=scene.handle(reader),
        conversation_key=conversation(f"{reader}-{other}"),
    )
    return [progress]


def conversation(key: str) -> str:
    """Return the id of a conversation: between two it is the smaller user id, a dash, the larger one."""
    return "-".join(sorted(key.replace(":", "-").split("-"), key=order))


def has_many(key: object) -> dict[str, bool]:
    """Return the mark of a group: its id has no dash. Nobody may take it for the way to one person."""
    named = conversation(identifier(key))
    return {"is_group": True} if named and "-" not in named else {}


def _media(said: Tree, scene: Scene) -> list[Tree]:
    keys = several(tree(said.get("attachments")).get("media_keys"))
    known = [{"media_key": key, **scene.media.get(key, {})} for key in map(identifier, keys) if key]
    old = trees(tree(said.get("attachment")).get("media"))
    return known + [modern_medium(each) for each in old]
