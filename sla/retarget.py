"""Another target for a clock that is running already: nobody turns red by a change of priority alone."""

from __future__ import annotations

from datetime import timedelta

_NOTHING = timedelta(0)


def retargeted(before: timedelta, after: timedelta, spent: timedelta, *, grain: timedelta = _NOTHING) -> timedelta:
    """Return the target that holds from now on, `spent` of it being used up.

    A tighter one leaves at least a quarter of itself and never comes later than the one before; a looser one simply
    holds. With a `grain` it is rounded up to whole ones.
    """
    if after >= before:
        return after
    return min(before, max(after, _rounded_up(spent + after / 4, grain)))


def is_eased_late(before: timedelta, after: timedelta, spent: timedelta) -> bool:
    """Say whether a looser target came in the last quarter of the clock, or after it."""
    return after > before and spent * 4 >= before * 3


def _rounded_up(within: timedelta, grain: timedelta) -> timedelta:
    return -(-within // grain) * grain if grain else within
