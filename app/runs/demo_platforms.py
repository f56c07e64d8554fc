"""The demo's platforms: emulators from the checkout, told of our channels and of everything said there before.

They keep nothing themselves: whatever they must know at a start is in our own database.
"""

from __future__ import annotations

import json
import secrets
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from sqlalchemy import select

from app.db import db
from app.desk import channels
from app.desk.accounts import account_of
from app.models import Channel, Conversation, Identity, Message
from app.runs.demo import FURTHER
from app.runs.parts import Part, python_part
from app.runs.ports import is_free
from channels.registry import form_of

ROOT = Path(__file__).resolve().parents[2]
MODULE = "tests.emulators"
FOLDER = "demo-platforms"
CONTROL = "control"
KINDS = ("messenger", "x", "phone")
HOST = "127.0.0.1"
MOST = 2000
"""Messages a platform is told of; older ones nobody answers any more."""


def are_there() -> bool:
    """Say whether this installation has them: only a checkout does."""
    return (ROOT / MODULE.replace(".", "/") / "__main__.py").is_file()


def _choose_ports(data_dir: Path) -> dict[str, int]:
    """Choose where they listen: the ports of the last start if they are free, else any, for other demos may run."""
    before = _ports(data_dir)
    with ExitStack() as held:
        chosen = {kind: held.enter_context(_held(before.get(kind, 0))) for kind in (CONTROL, *KINDS)}
    _write(data_dir, "ports.json", chosen)
    return chosen


@contextmanager
def _held(port: int) -> Iterator[int]:
    """Yield the port if nobody listens on it, else one the system gives; while it is held no other gets it."""
    with socket.socket() as probe:
        probe.bind((HOST, port if port and is_free(HOST, port) else 0))
        yield probe.getsockname()[1]


def part(data_dir: Path, environment: Mapping[str, str]) -> Part:
    """Return them as one part of the product."""
    known = {**environment, "PYTHONPATH": str(ROOT)}
    return python_part("platforms", MODULE, str(data_dir / FOLDER / "setup.json"), environment=known)


def prepare(data_dir: Path, port: int) -> None:
    """Let the demo's channels speak to them, and write down what they must know; pages are on `port`."""
    key, ports = _phone_key(data_dir), _choose_ports(data_dir)
    ours = select(Channel).where(Channel.is_demo.is_(True), Channel.kind.in_(KINDS)).order_by(Channel.id)
    for id_ in [row.id for row in db.session.scalars(ours)]:
        _connect(id_, ports, key)
    told = {row.kind: _told(row, port) for row in db.session.scalars(ours).all()}
    people = yaml.safe_load(FURTHER.read_text(encoding="utf-8"))["matters"]
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    setup = {"ports": ports, "channels": told, "people": [each["customer"] for each in people], "phone_key": private}
    _write(data_dir, "setup.json", setup)


def _connect(channel_id: int, ports: Mapping[str, int], key: rsa.RSAPrivateKey) -> None:
    """Set the address and, the first time, the secrets of a channel, and let it go on."""
    row = db.session.get_one(Channel, channel_id)
    account = account_of(row)
    wanted: dict[str, Any] = {"api_base": f"http://{HOST}:{ports[row.kind]}"}
    if row.kind == "phone":
        public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        wanted["public_key"] = public.splitlines()
    needed = [each.name for each in form_of(row.kind).fields if each.kind == "secret"]
    fresh = {name: secrets.token_hex(16) for name in needed if not account.secrets.get(name)}
    is_rested, settings = row.is_paused, {**row.settings, **wanted}
    if fresh or settings != row.settings:
        channels.change(
            channel_id, name=row.name, address=row.address, settings=settings, secrets=fresh, team_id=row.team_id
        )
    if is_rested and fresh:
        channels.pause(channel_id, is_paused=False)


def _told(row: Channel, port: int) -> dict[str, Any]:
    account = account_of(row)
    return {
        "address": account.address,
        "settings": dict(account.settings),
        "secrets": dict(account.secrets),
        "hook_url": f"http://{HOST}:{port}/hooks/{row.kind}/{row.id}",
        "past": list(_past(row.id)),
    }


def _past(channel_id: int) -> Iterator[dict[str, Any]]:
    """Yield what was said on a channel, the oldest first."""
    newest = (
        select(Message, Conversation.external_key, Conversation.details, Identity.value, Identity.name)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .join(Identity, Identity.id == Conversation.identity_id)
        .where(Message.channel_id == channel_id)
        .order_by(Message.id.desc())
        .limit(MOST)
    )
    for message, key, details, value, name in reversed(db.session.execute(newest).all()):
        yield {
            "id": message.external_id,
            "direction": message.direction.value,
            "kind": message.kind.value,
            "is_public": message.is_public,
            "state": message.state.value,
            "conversation": key,
            "customer": {"id": value, "name": name, "username": details.get("username", "")},
            "text": message.text,
            "sent_at": message.sent_at.astimezone(UTC).isoformat(),
            "details": message.details,
        }


def _ports(data_dir: Path) -> dict[str, int]:
    try:
        found: dict[str, int] = json.loads((data_dir / FOLDER / "ports.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found


def _phone_key(data_dir: Path) -> rsa.RSAPrivateKey:
    """Return the key with which the telephone system signs, made once."""
    file = data_dir / FOLDER / "phone-key.pem"
    if not file.exists():
        key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    found = load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(found, rsa.RSAPrivateKey):
        raise TypeError(f"{file} holds no RSA key")
    return found


def _write(data_dir: Path, name: str, content: object) -> None:
    """Write a file that only we may read; it holds made-up secrets, but they open a door of this machine."""
    folder = data_dir / FOLDER
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = folder / f".{name}"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(content, default=_plain), encoding="utf-8")
    draft.replace(folder / name)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
