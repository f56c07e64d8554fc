"""The real tick, again and again: `python -m tests.kill.ticking` forks one at every line it reads and says its id.

A fork is there at once, where a new interpreter would take seconds to begin.
"""

from __future__ import annotations

import os
import sys

from app.config import Settings
from app.factory import create_core
from app.runs import tick


def main() -> None:
    settings = Settings.from_environment()
    before = 0
    for _line in sys.stdin:
        if before:
            os.waitpid(before, 0)
        before = os.fork()
        if before == 0:
            sys.stdin.close()
            tick.run(create_core(settings))
            os._exit(0)
        sys.stdout.write(f"{before}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
