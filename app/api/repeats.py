"""`Idempotency-Key`: a request that is sent twice happens once and is answered alike."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

from flask import Response, request

from app import clock
from app.api.problems import StillRunning
from app.desk import answers
from app.errors import Refused


def once(act: Callable[[], Response], *, token_id: int, key: str) -> Response:
    """Let the act happen, or return what the first request with this key was answered; keys belong to the token.

    An act that was refused may be tried again under its key. Raises `StillRunning` while the first answer is missing.
    """
    own = f"{token_id}:{hashlib.sha256(key.encode()).hexdigest()}"
    fingerprint = _fingerprint()
    earlier = answers.kept(own)
    if earlier is None:
        try:
            with answers.claimed(answers.Claim(key=own, fingerprint=fingerprint, at=clock.now())):
                response = act()
        except answers.Taken:
            earlier = answers.kept(own)
        else:
            answers.keep(own, status=response.status_code, body=json.loads(response.get_data()))
            return response
    return _again(earlier, fingerprint)


def _fingerprint() -> str:
    body = request.get_data(cache=True)
    return hashlib.sha256(b"\n".join((request.method.encode(), request.path.encode(), body))).hexdigest()


def _again(earlier: answers.Kept | None, fingerprint: str) -> Response:
    if earlier is not None and earlier.fingerprint != fingerprint:
        raise Refused("Diesen Idempotency-Key trug schon eine andere Anfrage.")
    if earlier is None or earlier.status == answers.UNKNOWN:
        raise StillRunning
    response = Response(json.dumps(earlier.body), earlier.status, mimetype="application/json")
    response.headers["Idempotent-Replay"] = "true"
    response.headers["Cache-Control"] = "no-store"
    return response
