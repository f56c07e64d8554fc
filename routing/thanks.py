"""Telling a mere thank-you from a message that waits for somebody."""

from __future__ import annotations

import re

LONGEST = 16
"""Words; whoever writes more has something to say."""
_THANKS = frozenset(["danke", "dank", "dankeschön", "thanks", "thank", "thx", "merci", "bedankt", "👍", "🙏", "❤️"])
_HARMLESS = """
vielen herzlichen tausend lieben besten recht sehr so ganz auch noch für die das den ihre eure deine schnelle
schnellen rasche tolle nette gute hilfe antwort rückmeldung info auskunft unterstützung service mühe super toll
perfekt prima klasse spitze wunderbar ok okay alles klar gut ist hat geklappt geholfen mir uns euch ihnen dir
sie ihr hallo hi moin guten morgen tag abend schönen schönes wochenende feierabend und bis dann tschüss ciao lg
vg mfg liebe viele beste freundliche freundlichen mit gruß grüße grüßen gruss you very much many lots a lot for
your the great perfect help quick reply answer all good fine kind regards best have nice day weekend bye hello
it that works worked 😊 🙂 😀 👌 ❤ 🎉
"""
_BESIDE = frozenset(_HARMLESS.casefold().split())
_WORD = re.compile(r"[\w]+|[^\w\s.,;:!…()\-–—\"'„“”]+")


def is_mere_thanks(text: str, *, names: str = "") -> bool:
    """Say whether a text only thanks; `names`: what its author is called, for people sign with it.

    In doubt it does not: a question mark or one unknown word is enough.
    """
    words = _WORD.findall(text.casefold())
    if not words or len(words) > LONGEST or "?" in text:
        return False
    known = _BESIDE | _THANKS | set(_WORD.findall(names.casefold()))
    return any(word in _THANKS for word in words) and all(word in known for word in words)
