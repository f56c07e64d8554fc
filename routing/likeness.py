"""How alike two texts are: shared words and pairs of words, and shared letters inside long German compounds."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

LONGEST = 4_000
_COMPOUND = 9
"""From so many letters on a word is also compared by its parts: Rücksendekarton, Rücksendung."""
_STOP = frozenset(
    word
    for line in (
        "aber alle als also am an auch auf aus bei bin bis bitte da danke dann das dass dem den der des die",
        "dies diese doch du ein eine einem einen einer er es für guten gruß grüße habe haben hallo hat ich",
        "ihr ihre ihrem ihren im in ist ja kann kein keine leider liebe mal man mehr mein meine mich mir mit",
        "morgen nach nicht noch nun nur ob oder schon sehr sein sich sie sind so tag team um und uns vielen",
        "von vor war was wegen wenn wie wir wird wo zu zum zur a an and are for have i in is it me my not of",
        "on please the to was we with you your",
    )
    for word in line.split()
)


def profile(text: str) -> Mapping[str, float]:
    """Return what a text is compared by, of length one; empty for a text without words of its own."""
    words = [word for word in re.findall(r"[^\W_]{2,40}", text[:LONGEST].casefold()) if word not in _STOP]
    counts: Counter[str] = Counter(words)
    counts.update(f"{one} {other}" for one, other in pairwise(words))
    for word in words:
        if len(word) >= _COMPOUND:
            counts.update(word[start : start + 4] for start in range(len(word) - 3))
    weights = {gram: 1 + math.log(count) for gram, count in counts.items()}
    length = math.sqrt(sum(weight * weight for weight in weights.values()))
    return {gram: weight / length for gram, weight in weights.items()} if length else {}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return the cosine of two profiles, from 0 to 1."""
    if len(other) < len(one):
        one, other = other, one
    return min(sum(weight * other.get(gram, 0.0) for gram, weight in one.items()), 1.0)


def most_alike(some: Sequence[str], others: Sequence[str]) -> float:
    """Return how alike the most similar of two lots of texts are."""
    theirs = [profile(text) for text in others]
    return max((likeness(profile(text), other) for text in some for other in theirs), default=0.0)
