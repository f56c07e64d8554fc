"""What the figures were measured on; ratios travel to other machines, milliseconds do not."""

from __future__ import annotations

import os
import platform
import re
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

PROCESSOR = r"model name\s*:\s*(.+)"
MEMORY = r"MemTotal:\s*(\d+)"


def named(*, postgresql: str) -> dict[str, str]:
    """Return the machine and the versions that matter, and when it was."""
    return {
        "processor": f"{os.cpu_count()} vCPU {_first(PROCESSOR, Path('/proc/cpuinfo'))}",
        "memory": f"{int(_first(MEMORY, Path('/proc/meminfo')) or 0) / 1024**2:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": f"{postgresql}, fsync and synchronous_commit on",
        "sqlite": f"{sqlite3.sqlite_version}, WAL, synchronous=FULL",
        "load": f"{os.getloadavg()[2]:.1f} (15 minutes' average when the run began)",
        "at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
    }


def _first(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text(encoding="utf-8")) if file.exists() else None
    return found[1].strip() if found else ""
