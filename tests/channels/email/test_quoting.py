"""Quoted history is folded, answers are kept, and hostile text costs no time."""

from __future__ import annotations

import pytest

from channels.email.quoting import fold

MARKED = "> Guten Tag,\n> wie lautet die Bestellnummer?"


@pytest.mark.parametrize(
    "introduction",
    [
        "Am 16.11.2026 um 09:12 schrieb Muster-Shop <support@shop.example>:",
        "Am Mo., 16. Nov. 2026 um 09:12 Uhr schrieb Muster-Shop <\nsupport@shop.example>:",
        "On Mon, Nov 16, 2026 at 9:12 AM Muster-Shop\n<support@shop.example> wrote:",
        "Le lun. 16 nov. 2026 à 09:12, Muster-Shop a écrit :",
        "Op ma 16 nov. 2026 om 09:12 schreef Muster-Shop:",
        "Il giorno lun 16 nov 2026 Muster-Shop ha scritto:",
        "-----Ursprüngliche Nachricht-----\nVon: Shop\nAn: Eva\nBetreff: Frage",
        "-------- Original Message --------",
        "Von: Shop\nGesendet: Montag\nAn: Eva\nBetreff: Frage\n",
        "*Von:* Shop\n*Datum:* Montag\n*An:* Eva\n",
        "____________________\nFrom: Shop\nSent: Monday\nTo: Eva\nSubject: Question\n",
    ],
)
def test_an_introduction_begins_the_quotation(introduction: str) -> None:
    folded = fold(f"Die Nummer ist 4711.\n\n{introduction}\n{MARKED}")

    assert folded.visible_text == "Die Nummer ist 4711."
    assert folded.quoted_text == f"{introduction}\n{MARKED}"


@pytest.mark.parametrize(
    "text",
    [
        "Sie schrieb: alles gut.",
        "Am Montag schrieb mir Ihr Kollege, dass es kommt: bis heute nichts.",
        "An: mich\nhat niemand geschrieben.",
        "Drei Dinge:\n- eins\n- zwei\n\nMein Datum: 3. Mai\nBetreff: gleich",
        "5 > 3 ist wahr",
        "",
    ],
)
def test_ordinary_sentences_are_no_quotation(text: str) -> None:
    assert fold(text).visible_text == text
    assert fold(text).quoted_text == ""


def test_an_answer_below_the_quotation_is_what_was_written() -> None:
    folded = fold(f"Am 16.11.2026 schrieb Shop:\n{MARKED}\n\nDie Nummer ist 4711.")

    assert folded.visible_text == "Die Nummer ist 4711."
    assert folded.quoted_text == f"Am 16.11.2026 schrieb Shop:\n{MARKED}"


def test_answers_between_the_lines_stay_whole() -> None:
    text = "Siehe unten.\nAm 16.11. schrieb Shop:\n> Größe?\n42\n> Farbe?\nBlau"

    assert fold(text).visible_text == text


def test_a_mail_of_nothing_but_quotation_is_shown() -> None:
    assert fold(f"Am 16.11.2026 schrieb Shop:\n{MARKED}").visible_text.endswith(MARKED)


@pytest.mark.parametrize("signature", ["-- \nEva Kunde", "Von meinem iPhone gesendet", "Gesendet mit der GMX Mail App"])
def test_a_signature_is_parted(signature: str) -> None:
    folded = fold(f"Hallo\n\n{signature}\n\nAm 16.11.2026 schrieb Shop:\n{MARKED}")

    assert (folded.visible_text, folded.signature) == ("Hallo", signature)
    assert folded.quoted_text.startswith("Am 16.11.2026")


@pytest.mark.parametrize(
    "piece",
    ["Am x schrieb ", "On ", "Am 1\n", "> ", ">\n", "Von: ", "Von:\n", "- ", "_" * 30 + "\n", "schrieb:\n", ":\n"],
)
def test_a_hundred_kilobytes_of_bait_cost_no_time(piece: str) -> None:
    text = piece * (100_000 // len(piece))

    folded = fold(text)

    kept = folded.visible_text + folded.signature + folded.quoted_text
    assert len("".join(kept.split())) == len("".join(text.split()))
