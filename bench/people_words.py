"""How the people of `bench/people.py` write: greetings, their trouble, what they say about themselves, and slips."""

from __future__ import annotations

import random
from datetime import date
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bench.people import Said

BERLIN = ZoneInfo("Europe/Berlin")
REGISTERS = {"mail": "formal", "chat": "chat", "direct": "chat", "phone": "chat", "comment": "public", "post": "public"}
SAID_ON = {"mail": "mail", "chat": "chat", "direct": "chat", "comment": "public", "post": "public", "phone": "phone"}
WEEKDAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
COUNTS = {2: "zwei", 3: "drei", 4: "vier", 5: "fünf", 6: "sechs", 7: "sieben"}
ARTICLES = {
    "f": ("die", "die", "der"),
    "n": ("das", "das", "dem"),
    "m": ("der", "den", "dem"),
    "p": ("die", "die", "den"),
}
SUBJECTS = ("Frage", "Bestellung", "Reklamation", "Bitte um Hilfe")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "ı": "i"})
PARTS = ((11, "früh"), (12, "Vormittag"), (14, "Mittag"), (18, "Nachmittag"), (24, "Abend"))
"""What people call the hours until then."""


class Speaker:
    """One voice; every word it chooses is drawn from the crowd's chance."""

    def __init__(self, words: dict[str, Any], voice: str, chance: random.Random) -> None:
        self.words, self.voice, self.chance = words, words["voices"][voice], chance

    @staticmethod
    def ascii(text: str) -> str:
        return text.translate(UMLAUTS)

    def speak(self, said: Said) -> None:
        """Write the text, the subject and the name that is shown."""
        register = REGISTERS[said.way]
        said.name = self._name(said)
        said.subject = self._subject(said) if said.way == "mail" else ""
        lines = [self._one("greeting", register), self._trouble(said, register)]
        lines += [line for fact in sorted(said.facts) if (line := self._fact(said, fact, register))]
        if said.wrong:
            lines.append(self._fill(said, self._one("number", register), number=self._spelled(said.wrong)))
        lines.append(self._one("closing", register))
        if said.way == "mail" and ("unnamed" in said.facts or self.chance.random() < 0.8):
            lines.append(said.matter.person.name)
        if said.way == "mail" and "handle" in said.facts:
            lines.append(f"@{said.matter.person.username}")
        text = ("\n" if said.way == "mail" else " ").join(line for line in lines if line)
        said.text = text if register == "formal" else self._hasty(text, said)

    def _name(self, said: Said) -> str:
        person = said.matter.person
        if said.way == "phone" or "unnamed" in said.facts:
            return ""
        if "initial" in said.facts:
            return f"{person.first[0]}. {person.last}"
        if said.is_named:
            return person.name if self.chance.random() < 0.9 else f"{person.last}, {person.first}"
        return "" if said.way == "mail" else self.chance.choice([person.first, f"{person.first[:3]}i", "sonnenschein"])

    def _subject(self, said: Said) -> str:
        article = said.matter.article
        return self.chance.choice(
            [article["full"], article["noun"], "Frage", "Bestellung", "Reklamation", "Bitte um Hilfe"]
        )

    def _trouble(self, said: Said, register: str) -> str:
        """Say what it is about; who only asks what became of the first contact sometimes leaves it out."""
        is_enough = "said" in said.facts and said.link == "said" and "article" not in said.facts
        if is_enough and self.chance.random() < 0.3:
            return ""
        text = self.chance.choice(self.voice["topics"][said.matter.topic][register])
        is_loose = register != "formal" and "article" not in said.facts
        return self._fill(said, text, is_loose=is_loose and self.chance.random() < 0.2)

    def _fact(self, said: Said, fact: str, register: str) -> str:
        if fact == "said" and said.follows is not None:
            return self._said_before(said, said.follows, register)
        if fact == "typo":
            return self._fill(said, self._one("number", register), number=self._swapped(said.matter.order))
        name = self.chance.choice(["place", "amount"]) if fact == "second" else fact
        if name not in {"number", "parcel", "place", "amount", "address", "telephone", "vague"}:
            return ""
        return self._fill(said, self._one(name, register) or self._one(name, "chat"))

    def _said_before(self, said: Said, earlier: Said, register: str) -> str:
        """Tell when they wrote before, as it was; one in twenty errs by a day."""
        now, then = said.at.astimezone(BERLIN), earlier.at.astimezone(BERLIN)
        days = (now.date() - then.date()).days + (1 if self.chance.random() < 0.05 else 0)
        part = next(name for hour, name in PARTS if then.hour < hour)
        choices = self._times(days, then.date(), part if days < 2 else "")
        when, of = self.chance.choice(choices)
        text = self.chance.choice(self.voice["said"][SAID_ON[earlier.way]][register])
        return str(text).format(when=when, von=of)

    def _times(self, days: int, day: date, part: str) -> list[tuple[str, str]]:
        """Return the ways to name the day: with "when", and as what the thing is from."""
        if days <= 0:
            word = "heute früh" if part == "früh" else f"heute {part}"
            return [(word, f"von {word}")]
        if days == 1:
            word = "gestern früh" if part == "früh" else f"gestern {part}"
            return [(word, f"von {word}"), ("gestern", "von gestern")]
        dated = (f"am {day.day}.{day.month}.", f"vom {day.day}.{day.month}.")
        weekday = (f"am {WEEKDAYS[day.weekday()]}", f"vom {WEEKDAYS[day.weekday()]}")
        ago = [(f"vor {COUNTS[days]} Tagen", f"von vor {COUNTS[days]} Tagen")] if days in COUNTS else []
        near = [("vorgestern", "von vorgestern")] if days == 2 else []
        return [dated, *near, *ago, *([weekday] if days < 7 else [])]

    def _one(self, name: str, register: str) -> str:
        choices = self.voice[name][register]
        return self.chance.choice(choices) if choices else ""

    def _fill(self, said: Said, text: str, *, number: str = "", is_loose: bool = False) -> str:
        matter, person = said.matter, said.matter.person
        noun = matter.article["loose" if is_loose else "noun"]
        nominative, accusative, dative = ARTICLES["p" if noun == "Teile" else matter.article["gender"]]
        return text.format(
            der=f"{nominative} {noun}",
            den=f"{accusative} {noun}",
            dem=f"{dative} {noun}",
            noun=noun,
            full=matter.article["full"],
            size=matter.size,
            number=number or self._spelled(matter.order),
            parcel=matter.parcel,
            street=person.street,
            postcode=person.postcode,
            city=person.city,
            amount=matter.amount,
            mail=person.mail,
            handle=person.username,
            phone=self._dialled(person.phone),
        )

    def _spelled(self, order: str) -> str:
        bare = order.removeprefix("NL-")
        return self.chance.choice([order, order, order.replace("-", ""), order.lower(), bare])

    def _swapped(self, order: str) -> str:
        """Swap the first two neighbours among the last digits that differ."""
        digits = list(order)
        place = next((n for n in range(len(digits) - 2, 4, -1) if digits[n] != digits[n + 1]), len(digits) - 2)
        digits[place], digits[place + 1] = digits[place + 1], digits[place]
        return "".join(digits)

    def _dialled(self, phone: str) -> str:
        home = f"0{phone.removeprefix('+49')}"
        return self.chance.choice([phone, f"{home[:4]} {home[4:]}", f"{home[:4]}/{home[4:8]} {home[8:]}", home])

    def _hasty(self, text: str, said: Said) -> str:
        """Write as people do in a hurry: no capitals, no umlauts, a letter lost; never inside a number."""
        if self.chance.random() < 0.3:
            text = text.lower()
        if self.chance.random() < 0.1:
            text = self.ascii(text)
        words = text.split(" ")
        plain = [n for n, word in enumerate(words) if len(word) > 5 and word.isalpha() and word.islower()]
        nouns = {said.matter.article["noun"].lower(), self.ascii(said.matter.article["noun"].lower())}
        if plain and self.chance.random() < 0.3:
            place = self.chance.choice(plain)
            at = self.chance.randrange(1, len(words[place]) - 1)
            if words[place] not in nouns:
                words[place] = words[place][:at] + words[place][at + 1 :]
        return " ".join(words)
