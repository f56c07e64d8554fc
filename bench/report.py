"""The figures as a table for people, with what each of them must reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Found = Mapping[str, Any]

MOST = {"postgresql": 1.8, "list": 2.5, "ticket": 4.0, "reply": 2.5}
"""The ratio to the floor that must not be exceeded."""
MOST_WAIT = 50.0
"""Milliseconds within which 95 of 100 calls of a platform are answered."""
MOST_BOARD = 50.0
"""Milliseconds of CPU for the figures of today at 100,000 open tickets."""
MOST_SECONDS, MOST_FOR_REPLAY = 1.5, 60
"""CPU seconds for a million deadlines, and for the logs of 100,000 tickets."""
MOST_TO_FIND, RUNGS = 10.0, 200
"""Milliseconds for what is due next, and rungs a second."""
MOST_FOR_BANNER, BANNER_STATEMENTS = 5.0, 3
"""Milliseconds of CPU, of ours and of the database, and statements."""
MOST_UNTIL_SHOWN = 5.0
"""Seconds from the answer to a platform's call until the banner stands."""
STATEMENTS = {"postgresql": 20, "sqlite": 20, "list": 8, "ticket": 8, "reply": 12}
NAMES = {"list": "list of 50", "ticket": "ticket with 10 messages", "reply": "reply (POST)"}
NAMES_OF_DATABASES = {"postgresql": "PostgreSQL", "sqlite": "SQLite"}
HEAD = ("what", "ours", "floor", "ratio", "must", "SQL statements")


def rows(found: Found) -> list[tuple[str, ...]]:
    """Return the lines below `HEAD`, each figure with its unit."""
    lines: list[tuple[str, ...]] = []
    for kind, each in found.get("intake", {}).items():
        name = NAMES_OF_DATABASES[kind]
        lines.append((f"intake, CPU a mail, {name}", _cpu(each["ours"]), _cpu(each["floor"]), *_judged(kind, each)))
        speeds = [f"{each[side]['mails_a_second']:.0f}/s" for side in ("ours", "floor")]
        lines.append((f"intake, mails a second, {name}, one process", *speeds, "", "", ""))
    for kind, each in found.get("pages", {}).items():
        lines.append((f"{NAMES[kind]}, p50 / p95", _p50(each["ours"]), _p50(each["floor"]), *_judged(kind, each)))
        costs = [f"{each[side]['app_ms']:.1f} + {each[side]['database_ms']:.1f} ms" for side in ("ours", "floor")]
        lines.append((f"{NAMES[kind]}, CPU", *costs, "", "", ""))
    for kind, each in found.get("hooks", {}).items():
        lines += _calls(f"answer to a call, {each['rate']}/s, {NAMES_OF_DATABASES[kind]}", each)
    for kind, each in found.get("tick", {}).items():
        lines += _ticked(NAMES_OF_DATABASES[kind], each)
    lines += [
        line for kind, each in found.get("overview", {}).items() for line in _board(NAMES_OF_DATABASES[kind], each)
    ]
    if "deadlines" in found:
        lines.append(("a million deadlines", f"{found['deadlines']['seconds']} s", "", "", f"≤ {MOST_SECONDS} s", ""))
        if replay := found["deadlines"].get("replay"):
            name = f"logs of {replay['tickets']:,} tickets with {replay['events']} events folded anew"
            lines.append((name, f"{replay['seconds']} s", "", "", f"≤ {MOST_FOR_REPLAY} s", ""))
    for kind, each in found.get("people", {}).items():
        lines += _people(NAMES_OF_DATABASES[kind], each)
    for kind, each in found.get("banner", {}).items():
        lines += _banner(NAMES_OF_DATABASES[kind], each)
    lines += _appearing(found.get("appearing", {}))
    if "proofs" in found:
        cases = min(found["proofs"]["proved"].values())
        name = f"properties of the clocks, {len(found['proofs']['proved'])}"
        lines.append((name, f"{cases:,} cases each", "", "", "", ""))
    return lines


def missed(found: Found) -> list[str]:
    """Name what exceeds its must."""
    sides = {**found.get("intake", {}), **found.get("pages", {})}
    slow = [f"calls, {kind}" for kind, each in found.get("hooks", {}).items() if each["alone"]["p95_ms"] > MOST_WAIT]
    slow += [f"due clocks, {kind}" for kind, each in found.get("tick", {}).items() if each["due_ms"] > MOST_TO_FIND]
    slow += [
        f"banner, {kind}"
        for kind, each in found.get("banner", {}).items()
        if each["banner_ms"] + each["banner_server_ms"] > MOST_FOR_BANNER
        or each["banner_statements"] > BANNER_STATEMENTS
    ]
    if (shown := found.get("appearing")) and shown["open"]["worst_s"] > MOST_UNTIL_SHOWN:
        slow.append("the banner appearing")
    slow += [f"people, {kind}: {name}" for kind, each in found.get("people", {}).items() for name in each["missed"]]
    slow += [f"rungs, {kind}" for kind, each in found.get("tick", {}).items() if each["rungs_a_second_alone"] < RUNGS]
    for kind, each in found.get("overview", {}).items():
        costs = {name: page["app_ms"] + page["database_ms"] for name, page in each["pages"].items()}
        slow += [f"overview, {name}, {kind}" for name in ("today", "one_team", "wall") if costs[name] > MOST_BOARD]
    return slow + [
        kind
        for kind, each in sides.items()
        if each["ratio"] > MOST.get(kind, float("inf")) or each["statements"] > STATEMENTS[kind]
    ]


def plain(found: Found) -> str:
    """Return the table for a terminal."""
    table = [HEAD, *rows(found)]
    widths = [max(len(line[column]) for line in table) for column in range(len(HEAD))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) for line in table)


def markdown(found: Found) -> str:
    """Return the table for docs/benchmarks.md."""
    lines = [HEAD, tuple("---" for _ in HEAD), *rows(found)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _judged(kind: str, each: Found) -> tuple[str, str, str]:
    most = MOST.get(kind)
    ratio = f"**{each['ratio']:.2f}**"
    return ratio, f"≤ {most}" if most else "", f"{each['statements']:.0f} (≤ {STATEMENTS[kind]})"


def _calls(name: str, each: Found) -> list[tuple[str, ...]]:
    must = f"p95 ≤ {MOST_WAIT:g} ms"
    return [
        (f"{name}, p50 / p95", _p50(each["alone"]), "", "", must, ""),
        (f"{name}, while they are filed, p50 / p95", _p50(each["filed"]), "", "", "", ""),
        (f"{name}, CPU of the web process a call", f"{each['alone']['cpu_ms']:.1f} ms", "", "", "", ""),
    ]


def _banner(name: str, each: Found) -> list[tuple[str, ...]]:
    among = f"among {each['open']:,} open tickets, {name}"
    costs = [f"{each[f'{what}_ms']:.1f} + {each[f'{what}_server_ms']:.1f} ms" for what in ("banner", "look")]
    must, most = f"≤ {MOST_FOR_BANNER:g} ms", f"{each['banner_statements']:.0f} (≤ {BANNER_STATEMENTS})"
    return [
        (f"banner with {each['lines']} matters, CPU, {among}", costs[0], "", "", must, most),
        (f"comparing one ticket, CPU, {among}", costs[1], "", "", "", f"{each['look_statements']:.0f}"),
    ]


def _appearing(each: Found) -> list[tuple[str, ...]]:
    """Tell seconds of a clock on the wall: people wait for them, whatever else the machine does."""
    return [
        (
            f"the banner {words} after a call of a page, {each['rounds']} rounds, p50 / worst",
            f"{each[kind]['p50_s']:.1f} / {each[kind]['worst_s']:.1f} s",
            *("", ""),
            f"≤ {MOST_UNTIL_SHOWN:g} s",
            "",
        )
        for kind, words in (("asked", "on a page asked for"), ("open", "on an open page"))
        if kind in each
    ]


def _people(name: str, each: Found) -> list[tuple[str, ...]]:
    crowd = f"{each['people']:,} people, {name}"
    wrong = each["wrong_joins"] + each["wrong_people"]
    cost = f"{each['compare_ms']:.1f} + {each['server_ms']:.1f} ms"
    return [
        (f"{crowd}: joined by itself what does not belong together", f"{wrong}", "", "", "0", ""),
        (f"{crowd}: true pairs joined or suggested", f"{each['found']:.1%} of {each['pairs']:,}", "", "", "≥ 95 %", ""),
        (f"{crowd}: no other matter above the true one", f"{each['first']:.1%}", "", "", "≥ 90 %", ""),
        (
            f"{crowd}: lines of a banner that lead to somebody else, a ticket",
            f"{each['wrong_per_ticket']}",
            "",
            "",
            "< 0.3",
            "",
        ),
        (f"{crowd}: CPU to compare one ticket", cost, "", "", "", ""),
    ]


def _ticked(name: str, each: Found) -> list[tuple[str, ...]]:
    asked = f"the next 1,000 due of {each['clocks']:,} open clocks, {name}"
    fired = [f"{each[f'rungs_a_second_{how}']:.0f}/s" for how in ("alone", "digested")]
    return [
        (asked, f"{each['due_ms']:.1f} ms", "", "", f"≤ {MOST_TO_FIND:g} ms", ""),
        (f"rungs of the ladder, {name}, each told alone / in digests", " / ".join(fired), "", "", f"≥ {RUNGS}/s", ""),
    ]


def _board(name: str, each: Found) -> list[tuple[str, ...]]:
    """Tell what the pages cost in CPU: on the wall they take as long as the machine is busy."""
    words = {
        "today": "overview, today",
        "one_team": "overview of one team, today",
        "week": "overview, 7 days",
        "month": "overview, 28 days",
        "wall": "screen on the wall",
    }
    lines: list[tuple[str, ...]] = []
    for kind, page in each["pages"].items():
        cost = page["app_ms"] + page["database_ms"]
        must = f"≤ {MOST_BOARD:g} ms" if kind in {"today", "one_team", "wall"} else ""
        told = f"{cost:.1f} ms ({page['app_ms']:.1f} + {page['database_ms']:.1f})"
        lines.append((f"{words[kind]}, {each['tickets']:,} tickets, CPU, {name}", told, "", "", must, ""))
    return lines


def _cpu(side: Found) -> str:
    return f"{side['cpu_ms']:.1f} ms ({side['app_ms']:.1f} + {side['database_ms']:.1f})"


def _p50(side: Found) -> str:
    return f"{side['p50_ms']:.1f} / {side['p95_ms']:.1f} ms"
