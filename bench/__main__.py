"""`python -m bench`: intake, pages, calls, deadlines, people, banner, appearing, proofs, overview: a table and a JSON.

    python -m bench [--write] [--quick] [intake] [pages] [hooks] [deadlines] [people] [banner] [appearing] [proofs]
                    [overview]

`--write` also renews the table in docs/benchmarks.md, `--quick` only shows that everything runs. Parts that are not
asked for keep the figures of the last run.
"""

from __future__ import annotations

import argparse
import json
import re
from pathlib import Path
from typing import Any

from bench import (
    appearing,
    banner,
    deadlines,
    hooks,
    intake,
    machine,
    mails,
    overview,
    pages,
    people_run,
    proofs,
    replays,
    report,
    rungs,
)
from bench.shop import Database, House

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "benchmarks.md"
PARTS = ("intake", "pages", "hooks", "deadlines", "people", "banner", "appearing", "proofs", "overview")
FIGURES = ROOT / "build" / "bench.json"
TABLE = re.compile(r"(<!-- figures -->\n).*?(<!-- end of figures -->)", re.DOTALL)


BOTH: tuple[Database, ...] = ("postgresql", "sqlite")


def measured(parts: set[str], *, is_quick: bool) -> dict[str, Any]:
    """Measure what was asked for and say where and when that was."""
    house = House()
    found: dict[str, Any] = {"machine": machine.named(postgresql=house.cluster.version())}
    try:
        found |= _measured_in(house, parts, is_quick=is_quick)
    finally:
        house.close()
    if "deadlines" in parts:
        found["deadlines"] = deadlines.measure()
        found["deadlines"]["replay"] = replays.measure(tickets=1000 if is_quick else replays.TICKETS)
    if "proofs" in parts:
        found["proofs"] = proofs.measure(cases=25 if is_quick else proofs.CASES)
    return found


def _measured_in(house: House, parts: set[str], *, is_quick: bool) -> dict[str, Any]:
    """Measure what needs the servers of the house."""
    found: dict[str, Any] = {}
    if "intake" in parts:
        count = 100 if is_quick else mails.COUNT
        found["intake"] = {
            "postgresql": intake.measure(house, "postgresql", count=count, rounds=1 if is_quick else 3),
            "sqlite": intake.measure(house, "sqlite", count=count, rounds=1 if is_quick else 2),
        }
    if "pages" in parts:
        found["pages"] = pages.measure(house, rounds=2 if is_quick else 50, requests=10)
    if "hooks" in parts:
        seconds = 2 if is_quick else 20
        found["hooks"] = {kind: hooks.measure(house, kind, seconds=seconds) for kind in BOTH}
    if "deadlines" in parts:
        most = {"clocks": 20_000, "rungs": 100} if is_quick else {}
        found["tick"] = {kind: rungs.measure(house, kind, **most) for kind in BOTH}
    if "people" in parts:
        most = {"count": 60} if is_quick else {}
        found["people"] = {kind: people_run.measure(house, kind, **most) for kind in BOTH}
    if "banner" in parts:
        few = {"tickets": 2000, "rounds": 20} if is_quick else {}
        found["banner"] = {kind: banner.measure(house, kind, **few) for kind in BOTH}
    if "appearing" in parts:
        found["appearing"] = appearing.measure(house, rounds=2 if is_quick else appearing.ROUNDS)
    if "overview" in parts:
        tickets = 20_000 if is_quick else overview.ALL
        found["overview"] = {kind: overview.measure(house, kind, tickets=tickets) for kind in BOTH}
    return found


def write(found: dict[str, Any]) -> None:
    """Put machine and table between the two marks of the page."""
    named = "\n".join(f"- {name}: {value}" for name, value in found["machine"].items())
    text = f"\n{named}\n\n{report.markdown(found)}\n\n"
    PAGE.write_text(
        TABLE.sub(lambda mark: f"{mark[1]}{text}{mark[2]}", PAGE.read_text(encoding="utf-8")), encoding="utf-8"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS), choices=[*PARTS, []])
    parser.add_argument("--write", action="store_true", help="renew docs/benchmarks.md")
    parser.add_argument("--quick", action="store_true", help="few mails and requests, only to see it run")
    chosen = parser.parse_args()
    found = measured(set(chosen.parts or PARTS), is_quick=chosen.quick)
    if FIGURES.exists() and not chosen.quick:
        found = {**json.loads(FIGURES.read_text(encoding="utf-8")), **found}
    FIGURES.parent.mkdir(exist_ok=True)
    FIGURES.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(report.plain(found))
    for name in () if chosen.quick else report.missed(found):
        print(f"above what it must reach: {name}")
    if chosen.write:
        write(found)


if __name__ == "__main__":
    main()
