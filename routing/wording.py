"""Whether a text repeats what was said elsewhere: a run of the same words, or a sentence that is nearly the same."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import NamedTuple

RUN = 6
"""Words in a row that are nobody's by chance."""
_TELLING_IN_RUN, _TELLING_IN_SENTENCE = 2, 4
_ALIKE = 0.8
_MOST = 200_000
"""Letters of earlier texts that are compared; a matter that has more has said the same before."""
_RARE = 20
"""A word that stands in more sentences than this leads to none of them."""
_WORD = re.compile(r"[^\W_]{1,60}")
_STEM = 6
_END = re.compile(r"[.!?\n…]+")
_SAYS_NOTHING = frozenset(
    word
    for line in (
        "ab aber alle allen alles als also am an auch auf aus bald bei beim bereits bestens bis bitte da dabei",
        "dafür damit danach daran darauf darüber darum das dass dazu dein deine deinem deinen deiner dem den denn",
        "der des dich die dies diese diesem diesen dieser dir direkt doch du durch ein eine einem einen einer",
        "eines einfach er es etwas euch euer eure eurem euren eurer für ganz gar gern gerne gleich habe haben",
        "hast hat hatte hatten hätte hätten hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im immer in ins ist",
        "ja jede jeden jeder jetzt kann kannst kein keine keinen können könnte könnten leider man mehr mein meine",
        "meinem meinen meiner mich mir mit möchte möchten muss müssen nach nicht noch nun nur ob oder ohne schon",
        "sehr sein seit selbst sich sie sind so sobald soll sollte sollten um und uns unser unsere unserem",
        "unseren unserer unter viel viele vielen vom von vor war waren warum was weil weiter wenn werde werden",
        "wie wieder will wir wird wo wollen worden wurde wurden würde würden zu zum zur zwei a and are as at be",
        "been but by can do for from had has have i if is it me my not of on or our please that the their this to",
        "us we were with would you your anfrage anfragen anliegen antwort antworten antworte bearbeiten",
        "bearbeitung bescheid beste besten dank danke dauern dauert eingegangen entschuldigen entschuldigung",
        "erhalten folgen fragen freuen freundliche freundlichen geduld geklärt geprüft gerade geschickt",
        "geschrieben gesendet grüße gruß guten hallo helfen hilfe herzliche herzlichen heute informieren klären",
        "kollege kollegen kollegin kontakt kümmern kundenservice kundendienst kurz leid lieben liebe lösung melde",
        "melden meldet meldung möglich moment morgen nachricht nachrichten prüfe prüfen rückmeldung schauen",
        "schicken schnell schnellstmöglich schönen schreiben schreibt senden service sorry stehen stunden support",
        "tag tage tagen team teilen tut umgehend unannehmlichkeiten verfügung verständnis verstehen warten",
        "wochenende zeit zeitnah zurück",
    )
    for word in line.split()
)
"""Words of every polite letter; whoever shares only these has repeated nothing."""
_OF_EVERY_SHOP = tuple(
    word
    for line in (
        "abhol adress angebo angeko ankomm artike ausver bekomm bestel bezahl email eingeg erstat farbe fehl filial",
        "geld gelief größe gutsch kaputt kauf kleid konto kosten kund liefer mail neu online paket preis problem",
        "produk rabatt reklam retour rechnu rücks schade sendun shop storni telefo umtaus versan verspä ware woche",
        "zahlen zugest zustel",
    )
    for word in line.split()
)
"""How the words begin that stand in most letters to a shop: two customers share them without having read each other."""
_PERSONS = {
    form: forms.split()[0]
    for forms in (
        "sie ich du wir",
        "ihnen mir dir uns",
        "sind bin bist",
        "können kann kannst",
        "müssen muss musst",
        "wollen will willst",
        "möchten möchte möchtest",
        "dürfen darf darfst",
        "sollen soll sollst",
        "haben habe hab hast",
        "hatten hatte hattest",
        "waren war warst",
        "werden werde wirst",
        "wurden wurde wurdest",
    )
    for form in forms.split()
}
"""What changes in a sentence when somebody else says it: "ich kann" becomes "Sie können"."""


class Word(NamedTuple):
    spelled: str
    start: int
    end: int


def shared(text: str, private: Sequence[str], *, allowed: Sequence[str] = ()) -> Iterator[tuple[int, int]]:
    """Yield the places in a text that repeat one of the private texts and none of the allowed ones."""
    words = _words(text)
    if len(words) < min(RUN, _TELLING_IN_SENTENCE):
        return
    spelled = [word.spelled for word in words]
    theirs, ours = _Said(private, spelled), _Said(allowed, spelled)
    yield from _runs(words, theirs.runs - ours.runs, _telling)
    turned = [word._replace(spelled=other) for word, other in zip(words, _turned(spelled), strict=True)]
    yield from _runs(turned, theirs.turned - ours.turned, _telling_of_somebody)
    for start, end in _parts(text):
        stems = _stems(word.spelled for word in _words(text[start:end]))
        if len(stems) >= _TELLING_IN_SENTENCE and theirs.have(stems) and not ours.have(stems):
            yield start, end


def _capped(texts: Sequence[str]) -> list[str]:
    found, left = [], _MOST
    for text in texts:
        found.append(text[:left])
        left -= len(found[-1])
        if left <= 0:
            break
    return found


def _words(text: str) -> list[Word]:
    return [Word(found.group().casefold(), *found.span()) for found in _WORD.finditer(text)]


def _runs(
    words: list[Word], kept: set[tuple[str, ...]], telling: Callable[[Sequence[str]], int]
) -> Iterator[tuple[int, int]]:
    """Yield every longest run that is among the kept ones and tells something."""
    begin = end = -1
    for place in range(len(words) - RUN + 1):
        run = tuple(word.spelled for word in words[place : place + RUN])
        if run not in kept or telling(run) < _TELLING_IN_RUN:
            continue
        if place > end:
            if begin >= 0:
                yield words[begin].start, words[end].end
            begin = place
        end = place + RUN - 1
    if begin >= 0:
        yield words[begin].start, words[end].end


def _telling(words: Sequence[str]) -> int:
    return sum(word not in _SAYS_NOTHING for word in words)


def _telling_of_somebody(words: Sequence[str]) -> int:
    """Count the words that tell of just this matter: a sentence with another person in it must share more."""
    return sum(
        word not in _SAYS_NOTHING and word not in _PERSONS and not word.startswith(_OF_EVERY_SHOP) for word in words
    )


def _turned(spelled: Iterable[str]) -> list[str]:
    """Return the words as if somebody else said them."""
    return [_PERSONS.get(word, word) for word in spelled]


def _runs_of(spelled: Sequence[str], begins: Collection[str] | None = None) -> Iterator[tuple[str, ...]]:
    """Return every run of a text, or only those that begin with one of these words."""
    for place in range(len(spelled) - RUN + 1):
        if begins is None or spelled[place] in begins:
            yield tuple(spelled[place : place + RUN])


class _Said:
    """What was said, as far as it has to do with a text that is asked about: each letter is read once."""

    def __init__(self, texts: Sequence[str], asked: Sequence[str]) -> None:
        self.runs: set[tuple[str, ...]] = set()
        self.turned: set[tuple[str, ...]] = set()
        """As the runs, whoever says it."""
        self._stems: list[frozenset[str]] = []
        self._with: dict[str, list[int]] = {}
        wanted, turned = set(_runs_of(asked)), set(_runs_of(_turned(asked)))
        begins, turning, stems = {run[0] for run in wanted}, {run[0] for run in turned}, _stems(asked)
        for text in _capped(texts):
            spelled: list[str] = []
            for sentence in _END.split(text.casefold()):
                words = _WORD.findall(sentence)
                spelled += words
                self._keep(_stems(words), stems)
            self.runs.update(run for run in _runs_of(spelled, begins) if run in wanted)
            self.turned.update(run for run in _runs_of(_turned(spelled), turning) if run in turned)

    def _keep(self, own: frozenset[str], asked: frozenset[str]) -> None:
        """Keep a sentence that shares enough words with what is asked about."""
        both = own & asked
        if len(both) < _TELLING_IN_SENTENCE:
            return
        for stem in both:
            self._with.setdefault(stem, []).append(len(self._stems))
        self._stems.append(own)

    def have(self, stems: frozenset[str]) -> bool:
        """Say whether one of them is nearly this one."""
        counts: dict[int, int] = {}
        for stem in stems:
            for number in self._with.get(stem, ())[:_RARE]:
                counts[number] = counts.get(number, 0) + 1
        return any(
            count >= _TELLING_IN_SENTENCE and count >= _ALIKE * max(len(stems), len(self._stems[number]))
            for number, count in counts.items()
        )


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Yield the sentences of a text without the space around them."""
    start = 0
    for end, following in [(found.start(), found.end()) for found in _END.finditer(text)] + [(len(text), len(text))]:
        part = text[start:end]
        if part.strip():
            begin = start + len(part) - len(part.lstrip())
            yield begin, begin + len(part.strip())
        start = following


def _stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word[:_STEM] for word in words if word not in _SAYS_NOTHING)
