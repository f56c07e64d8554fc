"""Business time: the only place that asks the system for the time of day.

`FADEN_CLOCK_FILE` names a file holding one ISO instant; while it is there, that instant is now. Leases and
claims use the database's time, waits use monotonic time; neither follows the file.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from app.errors import SettingError

_file: list[Path] = []


def read_from(file: Path | None) -> None:
    """Take the time from this file from now on; None goes back to the system's clock."""
    _file[:] = [file] if file else []


def is_moved() -> bool:
    """Say whether a test clock runs at the moment."""
    return bool(_file) and _file[0].exists()


def now() -> datetime:
    """Return business time as an aware UTC instant; raises `SettingError` when the clock file is not an instant."""
    if _file:
        try:
            text = _file[0].read_text(encoding="ascii").strip()
        except FileNotFoundError:
            text = ""
        except (OSError, UnicodeDecodeError) as error:
            raise SettingError(f"FADEN_CLOCK_FILE: cannot read {_file[0]}: {error}") from error
        if text:
            return _instant(text)
    return datetime.now(UTC)


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"FADEN_CLOCK_FILE: {text!r} is no ISO instant such as 2026-11-23T09:00:00Z") from error
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
