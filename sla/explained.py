"""The explanation of a clock in sentences: pages, the API and `faden sla replay` all say these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from sla.explanation import Basis, Closed, CountedDay, Ended, Explanation, Subject
from sla.wording import Tongue, tongue

_HEAD, _TAIL = 3, 2
"""How many counted days are told one by one at the beginning and at the end of a long span."""
_LONG = 10
_ANSWERS = frozenset({Subject.FIRST, Subject.NEXT})
_OF_TEAMS = frozenset({Subject.ACCEPTANCE, Subject.WORK})


class Line(NamedTuple):
    """One point of an explanation."""

    title: str
    text: str


def explained(why: Explanation, *, language: str) -> tuple[Line, ...]:
    """Return the points in the order in which people ask for them; `language` is a code, German where unknown."""
    words = tongue(language, why.zone)
    # An abbreviation brings the full stop along.
    return tuple(Line(words.say(title), text.replace("..", ".")) for title, text in _points(why, words) if text)


def in_one(lines: Iterable[Line]) -> str:
    """Return the points as plain text, a line each."""
    return "\n".join(f"{line.title}: {line.text}" for line in lines)


def _points(why: Explanation, words: Tongue) -> Iterator[tuple[str, str]]:
    is_over = why.ending.state in {Ended.MET, Ended.WAIVED, Ended.REPLACED}
    yield "rule", _rule(why.basis, words) if why.basis and why.basis.rule else ""
    yield "start", _start(why, words)
    yield "target", _target(why, words)
    yield "counted", _counted(why.days, words)
    yield "changed", _changes(why, words)
    yield "rested", _rests(why, words)
    yield "due", _due(why, words)
    yield ("ended" if is_over else "now"), _standing(why, words)
    yield "stops", "" if is_over else _stops(why, words)


def _rule(basis: Basis, words: Tongue) -> str:
    version = words.say("version", str(basis.version)) if basis.version else ""
    since = words.say("valid", words.moment(basis.valid_from)) if basis.valid_from else ""
    criteria = [words.say(f"by_{name}", _named(name, value, words)) for name, value in basis.criteria]
    chosen = words.say("chosen", words.say("and").join(criteria)) if criteria else words.say("chosen_any")
    return f"{words.say('quoted', basis.rule)}{version}{since}. {chosen}"


def _named(name: str, value: str, words: Tongue) -> str:
    return words.say(value) if name in {"route", "priority"} else value


def _start(why: Explanation, words: Tongue) -> str:
    start, subject = why.start, why.subject
    at = words.moment(start.at)
    if subject in _ANSWERS:
        key = "start_message" if start.message else "start_unnumbered"
        late = words.say("start_late", words.moment(start.heard_at)) if start.heard_at else ""
        return words.say(key, message=str(start.message), route=words.say(start.route), at=at) + late
    key = "start_handover" if subject in _OF_TEAMS else f"start_{subject}"
    return words.say(key, at=at, by=start.by or "?", to=start.to or "?")


def _target(why: Explanation, words: Tongue) -> str:
    if why.within is None:
        return words.say("promised", words.moment(why.due_at)) if why.due_at else ""
    calendar, basis = "", why.basis
    if basis and basis.calendar:
        version = words.say("version", str(basis.calendar_version)) if basis.calendar_version else ""
        calendar = words.say("calendar", name=basis.calendar, version=version, zone=why.zone.key)
    return words.say("within", what=words.say(why.subject), span=words.span(why.within), calendar=calendar)


def _counted(days: tuple[CountedDay, ...], words: Tongue) -> str:
    if not days:
        return ""
    worked = [index for index, day in enumerate(days) if day.counted]
    if len(worked) > _LONG:
        first, last = worked[_HEAD - 1] + 1, worked[-_TAIL]
        said = [*_told(days[:first], words), _folded(days[first:last], words), *_told(days[last:], words)]
    else:
        said = list(_told(days, words))
    total = sum((day.counted for day in days), timedelta(0))
    return f"{'; '.join([*said, words.say('sum', words.span(total))])}."


def _told(days: tuple[CountedDay, ...], words: Tongue) -> Iterator[str]:
    """Tell day by day; days off in a row are told at once."""
    free: list[str] = []
    for day in days:
        if day.closed is Closed.WEEKLY:
            free.append(words.weekday(day.on))
            continue
        if free:
            yield words.say("free", ", ".join(free))
            free = []
        yield _day(day, words)
    if free:
        yield words.say("free", ", ".join(free))


def _day(day: CountedDay, words: Tongue) -> str:
    on = words.day(day.on)
    if day.closed is Closed.HOLIDAY:
        return words.say("holiday", on, day.name or words.say("a_holiday"))
    if day.closed is not Closed.NO:
        return words.say(day.closed, on)
    windows = ", ".join(words.window(opens, closes) for opens, closes in day.windows)
    bent = words.say("is_change") if any(words.is_bent(*window) for window in day.windows) else ""
    special = words.say("is_special") if day.is_special else ""
    return f"{on}: {windows} = {words.span(day.counted)}{bent}{special}"


def _folded(days: tuple[CountedDay, ...], words: Tongue) -> str:
    """Tell many days in one; holidays and special days keep their names."""
    named = [f"{_name(day, words)} ({words.day(day.on)})" for day in days if _stays(day)]
    return words.say(
        "fold",
        days=str(sum(day.counted > timedelta(0) for day in days)),
        span=words.span(sum((day.counted for day in days), timedelta(0))),
        free=words.say("fold_free", ", ".join(named)) if named else "",
    )


def _name(day: CountedDay, words: Tongue) -> str:
    return day.name or words.say("a_special" if day.closed is Closed.SPECIAL else "a_holiday")


def _stays(day: CountedDay) -> bool:
    return day.closed in {Closed.HOLIDAY, Closed.SPECIAL}


def _changes(why: Explanation, words: Tongue) -> str:
    if not why.changes:
        return ""
    told = [
        words.say(
            "change",
            at=words.moment(change.at),
            before=words.say(change.before),
            after=words.say(change.after),
            by=words.say("change_by", change.by) if change.by else "",
        )
        for change in why.changes
    ]
    return " ".join(told) + words.say("change_rule")


def _rests(why: Explanation, words: Tongue) -> str:
    told = [
        words.say("rest", since=words.moment(rest.since), until=words.moment(rest.until), why=words.say(rest.why))
        if rest.until
        else words.say("rest_open", since=words.moment(rest.since), why=words.say(rest.why))
        for rest in why.rests
    ]
    return "; ".join(told) + ("." if told else "")


def _due(why: Explanation, words: Tongue) -> str:
    if why.due_at is None:
        left = words.span(why.within or timedelta(0))
        return words.say("due_none", used=words.span(why.elapsed), within=left)
    overtime = ""
    if why.breach_at and why.breach_at > why.due_at and why.within is not None:
        overtime = words.say("overtime", words.moment(why.breach_at))
    return words.say("due_at", words.moment(why.due_at)) + overtime


def _standing(why: Explanation, words: Tongue) -> str:
    ending = why.ending
    by = words.say("by", ending.by) if ending.by else ""
    at = words.moment(ending.at) if ending.at else ""
    match ending.state:
        case Ended.MET:
            return words.say("met", how=_how(why, words), by=by, at=at, verdict=_verdict(why, words))
        case Ended.WAIVED:
            return words.say("waived", by=by, at=at, reason=_because(ending.reason, words))
        case Ended.REPLACED:
            return words.say("replaced", at=at)
        case Ended.ANSWERED:
            return words.say("answered", message=str(ending.message), by=by)
    return _running(why, words)


def _because(reason: str, words: Tongue) -> str:
    if not reason:
        return ""
    return words.say("because_resolved") if reason == "resolved" else words.say("reason", reason)


def _how(why: Explanation, words: Tongue) -> str:
    ending, subject = why.ending, why.subject
    if ending.message and subject in {*_ANSWERS, Subject.PROMISE, Subject.WORK}:
        return words.say("met_holding" if ending.is_holding else "met_message", str(ending.message))
    return words.say(f"met_{subject}") if subject not in {*_ANSWERS, Subject.PROMISE} else words.say("met_plain")


def _verdict(why: Explanation, words: Tongue) -> str:
    if why.within is None:
        late = why.ending.at - why.due_at if why.ending.at and why.due_at else timedelta(0)
        return words.say("broken", over=words.span(late)) if why.ending.is_late else words.say("kept")
    used = words.span(why.elapsed)
    if not why.ending.is_late:
        return words.say("in_time", used=used)
    return words.say("late", used=used, over=words.span(why.elapsed - why.within))


def _running(why: Explanation, words: Tongue) -> str:
    now = words.moment(why.now)
    muted = words.say("muted", words.moment(why.muted_until)) if why.muted_until and why.muted_until > why.now else ""
    is_late = why.breach_at is not None and why.now >= why.breach_at
    since = words.moment(why.breach_at) if why.breach_at else ""
    if why.within is None:
        return words.say("promise_late" if is_late else "promise_running", now=now, since=since) + muted
    if why.due_at is None:
        return ""
    used, over = words.span(why.elapsed), words.span(why.elapsed - why.within)
    if is_late:
        return words.say("running_late", since=since, now=now, used=used, over=over) + muted
    return words.say("running", now=now, used=used, left=over) + muted


def _stops(why: Explanation, words: Tongue) -> str:
    subject = why.subject
    if subject in _ANSWERS:
        holding = f"holding_{why.holding}" if subject is Subject.FIRST and why.holding else "holding_next"
        return words.say("stops_answer") + words.say(holding)
    third = ""
    if subject is Subject.RESOLUTION:
        third = words.say("stops_third", "" if why.counts_third else words.say("not"))
    return words.say(f"stops_{subject}") + third
