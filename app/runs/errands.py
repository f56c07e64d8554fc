"""Making one call of a platform: claimed in one commit, spoken with no transaction open, written down in another."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime

from flask import current_app

from app import blobs, clock
from app.desk import errands, fetched
from app.desk.errands import Task
from app.desk.outbox import Enclosure
from app.models import ErrandKind
from app.runs.rounds import one_round
from app.seal import SealBroken
from channels import http
from channels.contract import (
    ChannelFault,
    Connector,
    DeliveryError,
    HeardAttachment,
    KnowsMedia,
    KnowsPeople,
    KnowsPosts,
    Moderates,
)
from channels.registry import UnknownKind, build

log = logging.getLogger(__name__)


class NotDone(Exception):
    """The call did not bring what was wanted; the text is the reason for a person."""

    def __init__(self, words: str, *, is_permanent: bool) -> None:
        super().__init__(words)
        self.is_permanent = is_permanent


def run(errand_id: int) -> None:
    """Run a queued errand; nothing happens where another worker has it, it rests, or its channel is paused."""
    try:
        task = errands.claim(errand_id, at=clock.now())
    except SealBroken as broken:
        # Nothing was claimed: it waits until the key is back or the secrets are entered anew.
        log.info("errand %s waits: %s", errand_id, broken)
        return
    if task is None:
        return
    try:
        with one_round(f"errand {errand_id}", passes=NotDone) as this:
            _run(task, at=clock.now())
    except NotDone as refusal:
        fetched.gave_up(task, words=str(refusal), is_permanent=refusal.is_permanent, at=clock.now())
        return
    if not this.went_well:
        fetched.gave_up(task, words=this.words, is_permanent=False, at=clock.now())


def _run(task: Task, *, at: datetime) -> None:
    try:
        _WAYS[task.kind](task, build(task.account), at)
    except ChannelFault as fault:
        raise NotDone(fault.words, is_permanent=fault.is_permanent) from fault
    except DeliveryError as error:
        raise NotDone(error.words or str(error), is_permanent=error.is_permanent) from error
    except http.NotReached as fault:
        raise NotDone(str(fault), is_permanent=False) from fault
    except http.Forbidden as fault:
        raise NotDone(str(fault), is_permanent=True) from fault
    except (UnknownKind, ValueError) as error:
        words = f"Der Kanal „{task.account.name}“ ist falsch eingestellt: {error}"
        raise NotDone(words, is_permanent=False) from error


def _profile(task: Task, connector: Connector, at: datetime) -> None:
    handle = task.handle
    known = connector.profile(handle) if handle and isinstance(connector, KnowsPeople) else None
    # Under the value we know them by: a platform may spell it anew.
    fetched.named(task, replace(handle, name=known.name) if handle and known else None, at=at)


def _parent(task: Task, connector: Connector, at: datetime) -> None:
    if isinstance(connector, KnowsPosts) and task.external_id:
        fetched.parent_found(task, connector.post(task.external_id), at=at)
    else:
        fetched.nothing_to_do(task)


def _media(task: Task, connector: Connector, at: datetime) -> None:
    file = _download(task, connector) if task.url else None
    fetched.file_fetched(task, _kept(file) if file else None, at=at)


def _download(task: Task, connector: Connector) -> HeardAttachment | None:
    if isinstance(connector, KnowsMedia):
        return connector.media(task.url)
    return http.fetched(task.url, trusted=str(task.account.settings.get("api_base") or ""))


def _kept(file: HeardAttachment) -> Enclosure:
    digest = blobs.at(current_app.config["FADEN"].blobs_url).put(file.content)
    return Enclosure(name=file.name, type=file.type, size=len(file.content), digest=digest)


def _moderate(task: Task, connector: Connector, at: datetime) -> None:
    if not isinstance(connector, Moderates):
        raise NotDone("Auf diesem Kanal lässt sich nichts verbergen.", is_permanent=True)
    connector.hide(task.external_id, is_hidden=task.kind is ErrandKind.HIDE)
    fetched.moderated(task, at=at)


_WAYS = {
    ErrandKind.PROFILE: _profile,
    ErrandKind.PARENT: _parent,
    ErrandKind.MEDIA: _media,
    ErrandKind.HIDE: _moderate,
    ErrandKind.SHOW: _moderate,
}
