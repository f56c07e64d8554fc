"""Mails as a shop gets them: replies, HTML with a picture, files, umlauts in every encoding; the same for each seed."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

SHOP = "service@nordlicht.example"
COUNT = 2000
PEOPLE = 540
REPLIES, PICTURES, FILES = 0.30, 0.20, 0.10
ENCODINGS = ("quoted-printable", "base64", "8bit")
FIRST = (
    "Jürgen",
    "Käthe",
    "Björn",
    "Zoë",
    "Sören",
    "Anke",
    "Günther",
    "Maja",
    "Łukasz",
    "Françoise",
    "Özlem",
    "Dieter",
)
LAST = ("Müller", "Schäfer", "Krüger", "Weiß", "Jäger", "Lange", "Groß", "Köhler", "Böhm", "Yılmaz", "Nowak", "Fuchs")
TEXT = (
    "die Lampe wackelt und das Kabel fehlt seit Freitag warte ich auf meine Bestellung bitte schicken Sie mir Ersatz "
    "oder überweisen Sie den Betrag zurück das Päckchen kam beschädigt an der Größe nach passt es nicht vielen Dank "
    "für Ihre schnelle Rückmeldung ich brauche außerdem eine Rechnung mit ausgewiesener Mehrwertsteuer können Sie "
    "prüfen ob die Lieferung noch diese Woche möglich ist"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One mail; `answers` is the place of the mail it replies to, `matter` that of the one that opened the thread."""

    raw: bytes
    message_id: str
    sender: str
    subject: str
    matter: int
    answers: int | None = None


def mails(count: int = COUNT, *, seed: int = 1, until: datetime) -> list[Mail]:
    """Return the mails in the order they arrive; the newest is of `until`, all of one day."""
    chance = random.Random(seed)
    made: list[Mail] = []
    for place in range(count):
        sent_at = until - timedelta(seconds=30) * (count - place)
        made.append(_mail(place, made, sent_at, chance))
    return made


def write(path: Path, made: list[Mail]) -> Path:
    """Write an mbox (RFC 4155); no line of ours begins with "From "."""
    with path.open("wb") as file:
        for mail in made:
            file.write(b"From kunde@kundin.example Mon Nov 23 09:00:00 2026\n" + mail.raw + b"\n\n")
    return path


def _mail(place: int, made: list[Mail], sent_at: datetime, chance: random.Random) -> Mail:
    parent = chance.randrange(max(0, place - 300), place) if place and chance.random() < REPLIES else None
    message_id = f"<{place}.{chance.getrandbits(64):x}@kundin.example>"
    message = EmailMessage()
    if parent is None:
        sender, subject = _sender(chance), f"Bestellung {chance.randrange(10**6, 10**7)}: {_words(chance, 4)}"
    else:
        sender, subject = made[parent].sender, f"Re: {made[parent].subject.removeprefix('Re: ')}"
        message["In-Reply-To"] = message["References"] = made[parent].message_id
    message["From"], message["To"], message["Subject"] = sender, f"Nordlicht <{SHOP}>", subject
    message["Date"], message["Message-ID"] = format_datetime(sent_at), message_id
    _fill(message, chance)
    return Mail(
        raw=message.as_bytes(),
        message_id=message_id,
        sender=sender,
        subject=subject,
        matter=place if parent is None else made[parent].matter,
        answers=parent,
    )


def _fill(message: EmailMessage, chance: random.Random) -> None:
    paragraphs = [_words(chance, 60) for _ in range(chance.randrange(1, 4))]
    encoding = chance.choice(ENCODINGS)
    message.set_content("\n\n".join(["Guten Tag,", *paragraphs, "Viele Grüße"]) + "\n", cte=encoding)
    if chance.random() < PICTURES:
        html = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        message.add_alternative(f'<html><body>{html}<img src="cid:bild@kundin"></body></html>', subtype="html")
        picture = message.get_payload()[1]  # type: ignore[index]
        picture.add_related(chance.randbytes(6000), "image", "png", cid="<bild@kundin>", filename="bild.png")  # type: ignore[union-attr]
    if chance.random() < FILES:
        message.add_attachment(chance.randbytes(100_000), "application", "pdf", filename="Beschädigung.pdf")


def _sender(chance: random.Random) -> str:
    number = chance.randrange(PEOPLE)
    name = f"{FIRST[number % len(FIRST)]} {LAST[number // len(FIRST) % len(LAST)]}"
    return f"{name} <kunde{number}@kundin.example>"


def _words(chance: random.Random, count: int) -> str:
    return " ".join(chance.choices(TEXT.split(), k=count))
