"""What running programs cost: seconds of CPU of a process and of everything it started."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Seconds of CPU and on the wall of one finished program, and what it printed."""

    cpu: float
    wall: float
    output: str


def of_tree(pid: int) -> float:
    """Return the CPU seconds of a process and its descendants, those that have ended and were waited for included."""
    top = psutil.Process(pid)
    total = 0.0
    for process in (top, *top.children(recursive=True)):
        try:
            total += sum(process.cpu_times()[:4])
        except psutil.NoSuchProcess:
            continue
    return total


def run(command: Sequence[str], *, environment: Mapping[str, str], folder: Path) -> Spent:
    """Run a program to its end; raises with its words if it fails."""
    began = time.perf_counter()
    with (folder / "output").open("w+b") as output, (folder / "errors").open("w+b") as errors:
        process = subprocess.Popen(command, stdout=output, stderr=errors, env=dict(environment))
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        printed = output.read().decode()
        if process.returncode:
            errors.seek(0)
            raise RuntimeError(f"{' '.join(command)} failed: {errors.read().decode()[-2000:]}{printed[-500:]}")
    return Spent(cpu=usage.ru_utime + usage.ru_stime, wall=wall, output=printed)
