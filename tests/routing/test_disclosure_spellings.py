"""What is known of a matter is found however it is written, and what only looks like it goes out."""

from __future__ import annotations

import pytest

from routing.disclosure import Facts, Kind, disclosed
from tests.routing.test_disclosure import FACTS

PASTED = "Bestellung NL-240817, Lindenstraße 12, 50667 Köln, Tel. 0171 2345678, 129,90 €. Am Anger 7. Kathrin Vogel"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("NL 240817 ist da", Kind.NUMBER),
        ("240817 ist da", Kind.NUMBER),
        ("NL\u2011240817 ist da", Kind.NUMBER),
        ("NL\u00ad-24\u200b0817", Kind.NUMBER),
        ("NL.240817 ist da", Kind.NUMBER),
        ("Lindenstraße\u00a012", Kind.POSTAL),
        ("Lindenstraße\n12", Kind.POSTAL),
        ("LINDENSTRASSE 12", Kind.POSTAL),
        ("Lindenstr 12", Kind.POSTAL),
        ("nach Köln 50667", Kind.POSTAL),
        ("50667\nKöln", Kind.POSTAL),
        ("am Anger 7", Kind.POSTAL),
        ("0171.234.56.78", Kind.PHONE),
        ("0171\u00a02345678", Kind.PHONE),
        ("DE89-3704-0044-0532-0130-00", Kind.ACCOUNT),
        ("€ 129,90 sind unterwegs", Kind.AMOUNT),
        ("129.90 € sind unterwegs", Kind.AMOUNT),
        ("KATHRIN VOGEL hat recht", Kind.NAME),
        ("Hallo Frau K. Vogel", Kind.NAME),
        ("Guten Morgen kathrin", Kind.NAME),
        ("In Ihrer E\u2011Mail schreiben Sie das", Kind.CHANNEL),
        ("Wir haben Ihnen gerade gemailt", Kind.CHANNEL),
        ("Sie haben gestern angerufen", Kind.CHANNEL),
    ],
)
def test_what_was_pasted_is_found_in_whatever_spelling(text: str, kind: Kind) -> None:
    facts = Facts(names=frozenset({"Kathrin Vogel"}), numbers=frozenset({"NL240817"}))

    assert kind in {spot.kind for spot in disclosed(text, private=(PASTED,), facts=facts)}


@pytest.mark.parametrize(
    "text",
    [
        "Im Lager 3 liegen noch 12 Stück.",
        "Im Frühling 24 kommt die neue Farbe.",
        "Im Prinzip 3 Farben, alle lieferbar.",
        "Am Wochenende 24/7 für euch da.",
        "Am Hauptbahnhof 3 finden Sie uns.",
        "Bitte rufen Sie an: Ihr Anruf ist kostenlos.",
        "Danke für Ihren Anruf-Wunsch, wir richten das ein.",
        "Der Umbau dauert bis 30.11.2026.",
        "Das Set kostet 49,90 € statt 59,90 €.",
    ],
)
def test_a_number_behind_a_word_is_no_address(text: str) -> None:
    assert disclosed(text, private=(PASTED,), facts=FACTS) == []


PAID = Facts(amounts=frozenset({12990}))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("EUR129,90 sind unterwegs", "EUR129,90"),
        ("Euro129.90 sind unterwegs", "Euro129.90"),
        ("129,9 € sind unterwegs", "129,9 €"),
        ("129 Euro 90 sind unterwegs", "129 Euro 90"),
        ("Wir erstatten 129,90 heute noch.", "129,90"),
        ("Wir erstatten 129.90", "129.90"),
        ("Erstattet: 129,90.", "129,90"),
    ],
)
def test_an_amount_of_the_matter_is_found_in_whatever_spelling(text: str, words: str) -> None:
    (spot,) = disclosed(text, private=(), facts=PAID)

    assert (spot.kind, text[spot.start : spot.end]) == (Kind.AMOUNT, words)


@pytest.mark.parametrize(
    "text",
    [
        "Bei 1,75 m empfehlen wir Größe 40.",
        "Am 24.12. ab 14.30 Uhr sind wir für Sie da.",
        "Bis 24.12 gilt der Rabatt.",
        "Ab 50 Euro 10 % Rabatt, 0,75 l kosten weniger.",
        "Artikel 12.24.1 ist wieder da, Version 14.30.2 auch.",
        "Euromünzen nehmen wir auch.",
    ],
)
def test_a_figure_that_is_no_money_goes_out_whatever_somebody_paid(text: str) -> None:
    facts = Facts(amounts=frozenset({75, 175, 2412, 1430, 1224, 5010}))

    assert disclosed(text, private=(), facts=facts) == []


def test_an_amount_that_stands_in_public_may_be_said_again_without_its_currency() -> None:
    facts = Facts(public=("Wo bleiben meine 129,90 €?",), amounts=frozenset({12990}))

    assert disclosed("Ihre 129,90 sind unterwegs.", private=(), facts=facts) == []


@pytest.mark.parametrize(
    "text", ["Liebe K. Vogel", "Liebe K Vogel", "K.Vogel bekommt Antwort", "@Vogel wir melden uns", "Hey @kathrin!"]
)
def test_a_name_is_found_behind_an_initial_and_behind_an_at(text: str) -> None:
    facts = Facts(names=frozenset({"Kathrin Vogel"}), public_names=frozenset({"wutbuergerin"}))

    assert [spot.kind for spot in disclosed(text, private=(), facts=facts)] == [Kind.NAME]


@pytest.mark.parametrize(
    "text",
    [
        "@vogel_kathrin_77 wir melden uns",
        "@vogelfreund danke!",
        "@vogel.hof ist nicht unser Konto.",
        "Bitte schreiben Sie an hilfe@nordlicht.example.",
        "OK. Vögel sind auf dem Kissen.",
        "Punkt K. Vogelmotive gibt es in Blau.",
    ],
)
def test_what_only_begins_like_a_name_goes_out(text: str) -> None:
    facts = Facts(own=FACTS.own, names=frozenset({"Kathrin Vogel"}), public_names=frozenset({"wutbuergerin"}))

    assert disclosed(text, private=(), facts=facts) == []


def test_the_name_of_an_account_that_writes_in_public_is_theirs_to_be_called_by() -> None:
    facts = Facts(names=frozenset({"Kathrin Vogel"}), public_names=frozenset({"Wutbürgerin", "vogel"}))

    assert disclosed("@vogel wir melden uns", private=(), facts=facts) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wir liefern in die Lindenstraße.", "Lindenstraße"),
        ("Das Paket geht in die LINDENSTR. zwölf", "LINDENSTR."),
        ("Abholung lindenstrasse, morgen", "lindenstrasse"),
        ("In der Langen Straße stand der Bote vor der Lange Straße", "Lange Straße"),
    ],
)
def test_a_street_is_found_without_its_house(text: str, words: str) -> None:
    private = (PASTED, "Adresse Lange Str. 4")

    (spot,) = disclosed(text, private=private, facts=FACTS)

    assert (spot.kind, text[spot.start : spot.end]) == (Kind.POSTAL, words)


@pytest.mark.parametrize(
    "text",
    [
        "Unsere Filiale in der Lindenstraße hat heute offen.",
        "In der Lindenstraße eröffnen wir am Samstag eine neue Filiale.",
        "Auf der Straße sagt man viel.",
        "Eine Einbahnstraße ist unser Service nicht.",
        "Die Kaiserallee ist gesperrt, deshalb verspäten sich Pakete.",
        "Auf dem Rückweg nehmen wir alles mit.",
    ],
)
def test_a_street_that_nobody_lives_in_goes_out(text: str) -> None:
    private = (PASTED, "Auf dem Rückweg 2 Pakete. Auf offener Straße.")

    assert disclosed(text, private=private, facts=FACTS) == []


def test_a_street_that_was_named_in_public_may_be_named_again() -> None:
    facts = Facts(public=("In der Lindenstr. kommt nie ein Paket an!",))

    assert disclosed("In die Lindenstraße liefern wir heute.", private=(PASTED,), facts=facts) == []


TOLD = (
    "Ich bin schwanger und kann nicht zur Post. Ich muss am Freitag ins Krankenhaus und brauche Ruhe.",
    "Ich habe die Bestellung noch nicht bekommen und möchte das Paket nicht mehr haben. Ich warte seit einer Woche.",
    "Wir sind sehr zufrieden mit dem Kundenservice. Können Sie mir sagen, wann das Kleid wieder in Größe 38 da ist?",
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "Sie sind schwanger und können nicht zur Post: wir holen das Paket ab.",
            "schwanger und können nicht zur Post",
        ),
        ("Sie müssen am Freitag ins Krankenhaus, gute Besserung!", "Sie müssen am Freitag ins Krankenhaus"),
    ],
)
def test_a_private_sentence_is_found_with_another_person_in_it(text: str, words: str) -> None:
    spots = disclosed(text, private=TOLD, facts=FACTS)

    assert [(spot.kind, text[spot.start : spot.end]) for spot in spots] == [(Kind.PRIVATE_WORDS, words)]


@pytest.mark.parametrize(
    "text",
    [
        "Sie haben die Bestellung noch nicht bekommen? Das klären wir.",
        "Wenn Sie das Paket nicht mehr haben möchten, schicken Sie es einfach zurück.",
        "Wann das Kleid wieder da ist, können wir Ihnen leider noch nicht sagen.",
        "Schön, dass Sie sehr zufrieden mit dem Kundenservice sind!",
        "Wir können das leider nicht zur Post geben, bei uns holt ein Bote ab.",
        "Sie warten seit einer Woche auf Antwort, das darf nicht sein.",
        "Sie möchten das Paket nicht mehr haben: kein Problem.",
    ],
)
def test_what_anybody_tells_a_shop_is_nobody_s_own(text: str) -> None:
    assert disclosed(text, private=TOLD, facts=FACTS) == []


PRIVATE = ("Guten Tag, mein Paket fehlt.",)
COMPLAINED = Facts(public=("Keine Antwort auf meine Anfrage!",))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wie Sie uns am Telefon sagten, fehlt es.", "Wie Sie uns am Telefon sagten"),
        ("Was du uns per Mail geschrieben hast, stimmt.", "Was du uns per Mail geschrieben"),
        ("Ihre gestrige Nachricht liegt uns vor.", "Ihre gestrige Nachricht"),
        ("Zu Ihrer Anfrage vom Dienstag melden wir uns.", "Ihrer Anfrage vom Dienstag"),
        ("Sie haben uns gestern schon geschrieben.", "Sie haben uns gestern schon geschrieben"),
        ("Sie haben uns ja am Montag kontaktiert.", "Sie haben uns ja am Montag kontaktiert"),
        ("Gestern haben Sie uns das schon geschildert.", "Gestern haben Sie uns das schon geschildert"),
        ("Wie Sie uns gestern schrieben, fehlt es.", "Wie Sie uns gestern schrieben"),
    ],
)
def test_an_earlier_word_on_another_channel_is_found(text: str, words: str) -> None:
    (spot,) = disclosed(text, private=PRIVATE, facts=COMPLAINED)

    assert (spot.kind, text[spot.start : spot.end]) == (Kind.CHANNEL, words)


@pytest.mark.parametrize(
    "text",
    [
        "Ihre Nachricht haben wir gelesen, danke!",
        "Haben Sie uns gestern geschrieben? Dann sehen wir gleich nach.",
        "Falls Sie uns gestern schon geschrieben haben, antworten wir heute.",
        "Wie Sie schreiben, kam nichts an. Das tut uns leid.",
        "Wir haben gestern viele Anfragen bekommen und sind bald bei allen.",
        "Seit gestern haben Sie im Shop wieder alle Größen.",
        "Gestern haben wir neue Ware bekommen.",
    ],
)
def test_a_word_that_means_no_contact_of_theirs_goes_out(text: str) -> None:
    assert disclosed(text, private=PRIVATE, facts=COMPLAINED) == []


@pytest.mark.parametrize(
    "facts", [Facts(has_public_past=True), Facts(public=("Ich habe euch gestern geschrieben, nichts!",))]
)
def test_what_was_said_in_public_yesterday_may_be_called_so(facts: Facts) -> None:
    assert disclosed("Ihre gestrige Nachricht haben wir gelesen.", private=PRIVATE, facts=facts) == []


def test_whoever_wrote_nothing_in_private_is_tied_to_nothing() -> None:
    assert disclosed("Ihre gestrige Nachricht haben wir gelesen.", private=(), facts=COMPLAINED) == []


@pytest.mark.parametrize(
    ("text", "is_theirs"),
    [
        ("Das Kleid kostet 129,90 €.", False),
        ("Ab Samstag gibt es die Lampe wieder, Preis: 129,90 €.", False),
        ("Jetzt 99,00 € statt 129,90 €!", False),
        ("Ihr Kleid kostete 129,90 €.", True),
        ("Der Preis von 129,90 € wird erstattet.", True),
        ("Sie bekommen 129,90 € zurück.", True),
        ("Das Kleid kostet viel. Es kommen 129,90 € bei Ihnen an.", True),
    ],
)
def test_what_something_costs_is_said_in_public_and_what_somebody_paid_is_not(
    text: str,
    is_theirs: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    facts = Facts(amounts=frozenset({12990}))

    assert bool(disclosed(text, private=(PASTED,), facts=facts)) is is_theirs
