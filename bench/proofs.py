"""The properties of the clocks with so many cases that a rare error would show, and random plays through the desk."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
CASES = 10_000
PROPERTY = re.compile(r"test_(p\d+)_\w+")
PASSED = re.compile(r"::test_(p\d+)_\w+ PASSED")


def measure(*, cases: int = CASES) -> dict[str, Any]:
    """Prove P1 to P13 with so many cases each; raises `RuntimeError` with the counterexample where one fails."""
    began = time.monotonic()
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", "tests/sla/test_properties.py"],
        cwd=ROOT,
        env={**os.environ, "CASES": str(cases)},
        capture_output=True,
        text=True,
        check=False,
    )
    proved = dict.fromkeys(PASSED.findall(ran.stdout), cases)
    if ran.returncode != 0 or len(proved) != len(set(PROPERTY.findall(ran.stdout))):
        raise RuntimeError(ran.stdout[-5000:])
    for name, count in proved.items():
        print(f"{name.upper()}: {count} cases")
    return {"proved": proved, "seconds": round(time.monotonic() - began)}
