"""Filing what is stored, one envelope after the other, so that none can hold up the next."""

from __future__ import annotations

from app import clock
from app.desk import envelopes
from app.runs import intake
from app.runs.rounds import one_round

MOST_ATTEMPTS = 3
"""How often an envelope is taken up again whose filing came to no end."""


def file_or_park(envelope_id: int, *, raw: bytes | None = None) -> bool:
    """File an envelope, or park it with the reason; False while the database is away: it stays stored.

    `raw` spares a look into the blob store.
    """
    with one_round(f"filing envelope {envelope_id}") as filing:
        intake.file_envelope(envelope_id, raw=raw, at=clock.now())
    if not filing.is_unexpected:
        return filing.went_well
    with one_round(f"parking envelope {envelope_id}") as parking:
        words = f"Beim Ablegen ist ein Fehler aufgetreten: {filing.words}"
        envelopes.park(envelope_id, reason=words, at=clock.now())
    return parking.went_well


def file_carefully(envelope_id: int, *, raw: bytes | None = None) -> bool:
    """File an envelope unless that ended the process several times before: one call must not stop it for good."""
    attempt = envelopes.begin_attempt(envelope_id)
    if attempt is None:
        return True
    if attempt > MOST_ATTEMPTS:
        words = f"Das Ablegen brach {MOST_ATTEMPTS}-mal ab, ohne dass ein Grund festgehalten werden konnte."
        envelopes.park(envelope_id, reason=words, at=clock.now())
        return True
    is_done = file_or_park(envelope_id, raw=raw)
    if not is_done:
        envelopes.take_back_attempt(envelope_id)
    return is_done
