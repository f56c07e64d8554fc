"""The product itself as its user runs it: `faden up`, all parts in real processes."""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import psutil

from tests.servers import programs
from tests.waiting import until

ROOT = Path(__file__).parents[2]
COMMAND = Path(sys.executable).with_name("faden")


class Product:
    """One running Faden; settings are given as environment variables by their documented names."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.port = programs.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FADEN_") and name != "PORT"}
        self.environment = kept | {
            "FADEN_DATA_DIR": str(folder),
            "FADEN_BASE_URL": self.url,
            "FADEN_CLOCK_FILE": str(folder / "clock"),
            "FADEN_UNDO_SECONDS": "0",
            **{name: value for name, value in environment.items() if value},
        }
        self.log_file = folder / "faden.log"

    def start(self, *options: str) -> None:
        """Start every part and wait until /healthz is content."""
        self.process = programs.start(
            [str(COMMAND), "up", "--port", str(self.port), "--data", str(self.folder), *options],
            log=self.log_file,
            environment=self.environment,
            folder=ROOT,
        )
        until(self._is_ready, within=180, what="all parts being ready")

    def stop(self) -> None:
        """Stop as Ctrl-C does, and make sure that nothing it started stays."""
        children = self._children()
        programs.stop(self.process, by=signal.SIGINT)
        _, alive = psutil.wait_procs(children, timeout=5)
        for child in alive:
            child.kill()

    def parts(self, word: str) -> list[psutil.Process]:
        """Return the running processes whose command line holds this word, e.g. "listen" or "valkey"."""
        return [child for child in self._children() if word in " ".join(_command_line(child))]

    def health(self) -> dict[str, Any]:
        """Return what /healthz says, whatever its status."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:  # noqa: S310 - always http://
                return dict(json.load(answer))
        except urllib.error.HTTPError as error:
            return dict(json.load(error))

    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def _is_ready(self) -> bool:
        if self.process.poll() is not None:
            raise RuntimeError(f"faden up ended with {self.process.returncode}: {self.log()}")
        try:
            return self.health().get("status") == "ok"
        except (OSError, ValueError):
            return False

    def _children(self) -> list[psutil.Process]:
        try:
            return list(psutil.Process(self.process.pid).children(recursive=True))
        except psutil.NoSuchProcess:
            return []


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return list(process.cmdline())
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return []
