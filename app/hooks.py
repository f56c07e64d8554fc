"""The door platforms call at: a signature instead of a log-in, stored in one commit, answered, understood later.

Nothing here talks to anybody and nothing is parsed: platforms give us a few seconds at most, and whatever is not
answered in time they send again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from obstore.exceptions import BaseError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import RequestEntityTooLarge

from app import clock
from app.config import Settings
from app.desk import channels
from app.desk.envelopes import HookCall
from app.runs import intake
from app.runs.connectors import connector_of, recent_row_of, row_now
from app.runs.keeping import Keeper, NotKept
from app.seal import SealBroken
from channels.contract import HookAnswer, Hooked, HookRequest
from channels.foreign import attempted
from channels.registry import UnknownKind

log = logging.getLogger(__name__)
bp = Blueprint("hooks", __name__)
MOST_BYTES = 5_000_000
MOST_READ = 50_000_000
"""What is too much is read and thrown away up to here: who is still sending would not hear the answer."""
PIECE = 65_536
HEARD_EVERY = 5.0
"""Seconds between two notes that a channel was heard; calls that wrote it down each time would wait for each other."""
AGAIN_WITHIN = 5
"""Seconds after which a platform may try again what we could not keep."""
AWAY = (OperationalError, InterfaceError, NoConnection, OSError, BaseError)


def register(flask: Flask) -> None:
    """Open the door; who has a signature of their own needs no form's token and is not limited."""
    flask.register_blueprint(bp)
    flask.extensions["faden.hooks"] = Tally(flask)
    for limiter in flask.extensions.get("limiter", ()):
        limiter.exempt(bp)


@bp.route("/hooks/<kind>/<int:channel_id>", methods=["GET", "POST"])
def call(kind: str, channel_id: int) -> Response:
    """Let a platform in: a GET asks whether we are we, a POST brings something; both as its own contract says."""
    request.max_content_length = MOST_READ
    try:
        return _answered(kind, channel_id)
    except RequestEntityTooLarge:
        return _plain(413, f"more than {MOST_BYTES} bytes")
    except AWAY as error:
        return _try_again(kind, channel_id, error)
    except (NotKept, UnknownKind, SealBroken, ValueError) as error:
        return _try_again(kind, channel_id, error)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        return _try_again(kind, channel_id, error)


def _answered(kind: str, channel_id: int) -> Response:
    is_post = request.method == "POST"
    connector = _connector(kind, recent_row_of(channel_id) if is_post else row_now(channel_id))
    if connector is None:
        return _plain(404, "no such hook")
    asked = _asked(kind, channel_id)
    if not is_post:
        return _response(attempted(lambda: connector.handshake(asked), _forbidden))
    if not (_is_signed(connector, asked) or _is_signed(_connector(kind, row_now(channel_id)), asked)):
        _tally().refuse(channel_id)
        return _plain(401, "wrong or missing signature")
    arrival = intake.arrival(asked.body, source="Webhook")
    is_news = _tally().is_news(channel_id)
    _tally().keeper.keep(HookCall(channel_id=channel_id, arrival=arrival, is_news=is_news, at=clock.now()))
    return _response(attempted(lambda: connector.acknowledge(asked), _accepted))


def _connector(kind: str, row: Any) -> Hooked | None:
    """Return who understands the call; None where there is no such hook."""
    if row is None or row.kind != kind:
        return None
    connector = connector_of(row)
    return connector if isinstance(connector, Hooked) else None


def _is_signed(connector: Hooked | None, asked: HookRequest) -> bool:
    return connector is not None and attempted(lambda: connector.verify(asked), _unverified)


def _asked(kind: str, channel_id: int) -> HookRequest:
    """Return the request as connectors know it; raises `RequestEntityTooLarge`."""
    settings: Settings = current_app.config["FADEN"]
    return HookRequest(
        method="GET" if request.method == "HEAD" else request.method,
        url=settings.hook_url(kind, channel_id),
        query=request.args.to_dict(),
        headers={name.lower(): text for name, text in request.headers.items()},
        body=_body(),
    )


def _body() -> bytes:
    """Read what came over the wire; its length may have been announced or not."""
    body = bytearray()
    while piece := request.stream.read(PIECE):
        if len(body) <= MOST_BYTES:
            body += piece
    if len(body) > MOST_BYTES:
        raise RequestEntityTooLarge
    return bytes(body)


def _tally() -> Tally:
    found: Tally = current_app.extensions["faden.hooks"]
    return found


def _response(answer: HookAnswer) -> Response:
    return Response(answer.body, answer.status, content_type=answer.media_type)


def _plain(status: int, words: str) -> Response:
    return Response(f"{words}\n", status, content_type="text/plain; charset=utf-8")


def _try_again(kind: str, channel_id: int, error: Exception) -> Response:
    """Answer that we could not keep it, so that the platform repeats it."""
    words = str(getattr(error, "orig", None) or error).strip().partition("\n")[0]
    log.error("a call of %s %s could not be kept: %s: %s", kind, channel_id, type(error).__name__, words)
    response = _plain(503, "try again")
    response.headers["Retry-After"] = str(AGAIN_WITHIN)
    return response


def _forbidden(error: Exception) -> HookAnswer:
    log.error("a handshake failed: %r", error)
    return HookAnswer(status=403, body=b"")


def _unverified(error: Exception) -> bool:
    log.error("a signature could not be checked: %r", error)
    return False


def _accepted(error: Exception) -> HookAnswer:
    """What is stored is stored; the platform need not send it again."""
    log.error("an acknowledgement failed: %r", error)
    return HookAnswer()


class Tally:
    """Keeps calls and counts them, so that no call waits for another one's commit longer than it must.

    A wrong signature is written down at once, but in a flood no more than a few times a second.
    """

    PAUSE = 0.25

    def __init__(self, flask: Flask) -> None:
        self.keeper = Keeper()
        self._flask = flask
        self._heard_at: dict[int, float] = {}
        self._refused: Counter[int] = Counter()
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._written_at = float("-inf")

    def is_news(self, channel_id: int) -> bool:
        """Say whether it is time again to write down that a channel was heard."""
        now = time.monotonic()
        if now - self._heard_at.get(channel_id, float("-inf")) < HEARD_EVERY:
            return False
        self._heard_at[channel_id] = now
        return True

    def refuse(self, channel_id: int) -> None:
        """Count one call that was refused."""
        with self._lock:
            self._refused[channel_id] += 1
            if self._timer is not None:
                return
            wait = self._written_at + self.PAUSE - time.monotonic()
            if wait > 0:
                self._timer = threading.Timer(wait, self._write_later)
                self._timer.daemon = True
                self._timer.start()
                return
        self._write()

    def _write_later(self) -> None:
        try:
            with self._flask.app_context():
                self._write()
        except (*AWAY, DBAPIError) as error:
            log.warning("refused calls are not counted: %s", type(error).__name__)

    def _write(self) -> None:
        with self._lock:
            refused, self._refused, self._timer = self._refused, Counter(), None
            self._written_at = time.monotonic()
        channels.refuse(refused, at=clock.now())
