"""What a social team writes in public every day, and what must never stand there."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.disclosure import Facts, Kind, Spot, disclosed

FACTS = Facts(
    own=frozenset({"service@nordlicht.example", "+49 40 1234567"}),
    public=("Wo bleibt mein Paket? Nie wieder bei euch!", "@nordlicht Seit zwei Wochen keine Antwort"),
    standard=("Wir haben Ihnen privat geschrieben.",),
    names=frozenset({"Katrin Vogel"}),
    public_names=frozenset({"kv_muenchen", "Lena Brandt"}),
    numbers=frozenset({"4711889"}),
    amounts=frozenset({8990}),
)
PRIVATE = (
    """Guten Tag, ich möchte das Leinenkleid in Größe 40 gegen Größe 38 umtauschen, weil der Reißverschluss hakt und die
    Naht offen ist. Ich habe 89,90 Euro bezahlt. Katrin Vogel, Lindenstraße 12, 80331 München""",
    "Die Ware liegt seit Montag im Lager in Hof.",
)

EVERYDAY = (
    "Das tut uns sehr leid! Schicken Sie uns bitte eine Direktnachricht, dann sehen wir sofort nach.",
    "Vielen Dank für Ihre Nachricht, wir melden uns so schnell wie möglich bei Ihnen.",
    "Wir haben Ihnen privat geschrieben.",
    "Schreiben Sie uns gern eine E-Mail an service@nordlicht.example.",
    "Unsere Hotline erreichen Sie unter 040 1234567, montags bis freitags von 9 bis 17 Uhr.",
    "Rufen Sie uns gern kostenlos an: 0800 123 45 67.",
    "Bitte schicken Sie uns Ihre Bestellnummer per Direktnachricht.",
    "Schicken Sie uns bitte Ihre E-Mail-Adresse per DM, wir kümmern uns.",
    "Der Versand dauert in der Regel 2-3 Werktage.",
    "Ab 50 € Bestellwert liefern wir kostenlos.",
    "Das Kleid ist ab dem 01.12.2026 wieder in allen Größen verfügbar.",
    "Alle Infos finden Sie unter https://www.nordlicht.example/faq/12345678",
    "Unsere Filiale in der Mönckebergstraße 7 in 20095 Hamburg hat samstags bis 20 Uhr geöffnet.",
    "Danke für das Lob, das geben wir gern ans Team weiter!",
    "Über 10000 Kundinnen haben schon mitgemacht.",
    "Schon 25000 Follower – danke euch allen!",
    "Das Modell Frida 2024 ist leider ausverkauft.",
    "Sie finden uns auf Platz 3 der beliebtesten Shops.",
    "Hallo @kv_muenchen, das sollte nicht passieren. Wir prüfen das sofort.",
    "Viele Grüße, Lena Brandt vom Serviceteam",
    "Unser Kundenservice ist heute bis 18:00 Uhr für Sie da.",
    "Bitte senden Sie Ihre Mail einfach an unser Postfach.",
    "Haben Sie uns schon eine E-Mail geschrieben? Dann melden wir uns dort.",
    "Wenn Sie uns eine Mail geschickt haben, antworten wir innerhalb von 24 Stunden.",
    "Die Rücksendung ist innerhalb von 30 Tagen kostenlos.",
    "Den Rabattcode SOMMER20 können Sie bis Sonntag einlösen.",
    "Wir öffnen am Montag 10 neue Stände.",
    "Im Shop 15 % auf alles, nur heute!",
    "Größe 38 ist wieder da.",
    "Wir können verstehen, dass Sie verärgert sind, und entschuldigen uns dafür.",
    "Unsere Pakete kommen mit DHL, die Sendungsverfolgung finden Sie im Kundenkonto.",
    "Bitte nennen Sie hier keine persönlichen Daten.",
    "Die Rückerstattung dauert in der Regel 5 bis 7 Werktage.",
    "Wir haben das an die Kollegen vom Lager weitergegeben und melden uns heute noch.",
    "Das Gewinnspiel läuft bis 24.12. um 12:00 Uhr, Teilnahme ab 18 Jahren.",
    "Jeder Link zählt: nordlicht.example/hilfe",
    "Paket 1000 g, Maße 30 x 20 x 10 cm.",
    "Wegen des Streiks bei der Post verzögern sich Pakete um 2 bis 3 Tage.",
    "Gute Frage! Das Kleid fällt normal aus, bei 1,75 m empfehlen wir Größe 40.",
    "Hey! Ja, das gibt es auch in Blau 😊",
    "Bestellungen bis 14 Uhr gehen noch heute raus.",
    "Danke für Ihre Geduld, die Kollegin ist dran.",
    "Per Mail erreichen Sie uns rund um die Uhr.",
    "Auf Ihren Anruf freuen wir uns unter 040/1234567.",
    "Sorry für die lange Wartezeit am Telefon!",
    "Unsere E-Mail lautet service@nordlicht.example.",
    "Seit 2019 arbeiten wir mit 120 Partnern zusammen.",
    "Die Sendung 20:15 Uhr im Ersten zeigt unsere Werkstatt.",
    "In der Rechnung 2025/26 sehen Sie die neue Adresse.",
    "Ohrring 925er Silber, 12 mm.",
    "Am Samstag 18 Uhr live auf unserem Kanal!",
    "Wir sind von 8 bis 20 Uhr erreichbar.",
    "Hallo Katrina, danke dir!",
)

REFUSED = (
    ("Ihre Bestellung 4711889 ist unterwegs.", Kind.NUMBER, "4711889"),
    ("Bestellnummer: AB-2025-0815 ist heute raus.", Kind.NUMBER, "AB-2025-0815"),
    ("Zu #4711889 schauen wir.", Kind.NUMBER, "4711889"),
    ("Die Nummer 4711889 haben wir.", Kind.NUMBER, "4711889"),
    ("Ihre Sendungsnummer lautet 00340434161094021501.", Kind.NUMBER, "00340434161094021501"),
    ("Das Paket 1Z999AA10123456784 ist in Köln.", Kind.NUMBER, "1Z999AA10123456784"),
    ("Wir schreiben an katrin.vogel@web.example.", Kind.MAIL_ADDRESS, "katrin.vogel@web.example"),
    ("Ist katrin.vogel (at) web.de richtig?", Kind.MAIL_ADDRESS, "katrin.vogel (at) web.de"),
    ("Wir rufen Sie unter 0171 2345678 an.", Kind.PHONE, "0171 2345678"),
    ("Unter +49 171 234 56 78 erreichen wir Sie.", Kind.PHONE, "+49 171 234 56 78"),
    ("Erstattung auf DE89 3704 0044 0532 0130 00.", Kind.ACCOUNT, "DE89 3704 0044 0532 0130 00"),
    ("Karte 4111 1111 1111 1111 wurde belastet.", Kind.ACCOUNT, "4111 1111 1111 1111"),
    ("Geht an Lindenstraße 12, 80331 München.", Kind.POSTAL, "Lindenstraße 12"),
    ("Wir liefern nach 80331 München.", Kind.POSTAL, "80331 München"),
    ("Liebe Frau Vogel, das tut uns leid.", Kind.NAME, "Frau Vogel"),
    ("Hallo Katrin, das tut uns leid.", Kind.NAME, "Hallo Katrin"),
    ("Katrin Vogel hat recht.", Kind.NAME, "Katrin Vogel"),
    ("Sie bekommen 89,90 € zurück.", Kind.AMOUNT, "89,90 €"),
    ("Ja, der Reißverschluss hakt und die Naht ist offen.", Kind.PRIVATE_WORDS, "der Reißverschluss hakt und die Naht"),
    (
        "ich möchte das Leinenkleid in Größe 40 gegen 36",
        Kind.PRIVATE_WORDS,
        "ich möchte das Leinenkleid in Größe 40 gegen",
    ),
    (
        "Sie möchten das Leinenkleid Größe 40 gegen Größe 38 umtauschen.",
        Kind.PRIVATE_WORDS,
        "Größe 40 gegen Größe 38 umtauschen",
    ),
    ("Wie in Ihrer E-Mail geschrieben, tauschen wir um.", Kind.CHANNEL, "Wie in Ihrer E-Mail"),
    ("Wir haben Ihre E-Mail erhalten.", Kind.CHANNEL, "haben Ihre E-Mail"),
    ("Danke für Ihre E-Mail von gestern.", Kind.CHANNEL, "Ihre E-Mail"),
    ("Wie telefonisch besprochen geht es raus.", Kind.CHANNEL, "Wie telefonisch besprochen"),
    ("Nach Ihrem Anruf haben wir nachgesehen.", Kind.CHANNEL, "Ihrem Anruf"),
    ("Wir haben Ihnen eine E-Mail geschickt.", Kind.CHANNEL, "haben Ihnen eine E-Mail"),
    ("Wir haben Ihnen gerade per Mail geantwortet.", Kind.CHANNEL, "haben Ihnen gerade per Mail"),
    ("Das steht in unserer letzten E-Mail.", Kind.CHANNEL, "in unserer letzten E-Mail"),
    ("Ihre Mail liegt uns vor.", Kind.CHANNEL, "Ihre Mail liegt uns vor"),
    ("Wir haben dich gestern angerufen.", Kind.CHANNEL, "haben dich gestern angerufen"),
    ("Laut Ihrer WhatsApp-Nachricht fehlt ein Teil.", Kind.CHANNEL, "Laut Ihrer WhatsApp-Nachricht"),
    ("Auf Ihre E-Mail antworten wir heute.", Kind.CHANNEL, "Ihre E-Mail"),
    ("Die Ware liegt seit Montag im Lager in Hof.", Kind.PRIVATE_WORDS, "Die Ware liegt seit Montag im Lager in Hof"),
    ("As in your email, we will swap it.", Kind.CHANNEL, "As in your email"),
    ("We emailed you yesterday.", Kind.CHANNEL, "emailed you"),
)


@pytest.mark.parametrize("text", EVERYDAY)
def test_what_a_social_team_writes_every_day_goes_out(text: str) -> None:
    assert disclosed(text, private=PRIVATE, facts=FACTS) == []


@pytest.mark.parametrize(("text", "kind", "words"), REFUSED)
def test_a_place_that_may_not_be_public_is_found_with_its_reason(text: str, kind: Kind, words: str) -> None:
    spots = disclosed(text, private=PRIVATE, facts=FACTS)

    assert (spots[0].kind, text[spots[0].start : spots[0].end]) == (kind, words)


def test_what_stands_in_public_already_may_be_said_again() -> None:
    post = "Ich möchte das Leinenkleid in Größe 40 gegen Größe 38 umtauschen und warte auf 89,90 Euro!"
    told = Facts(public=(post,), amounts=frozenset({8990}))

    spots = disclosed(f"Sie schreiben: {post}", private=(*PRIVATE, post), facts=told)

    assert spots == []


def test_a_prepared_text_is_nobody_s_secret() -> None:
    text = "Wegen der Störung im Lager Leipzig verspäten sich alle Pakete mit Möbeln um vier Tage."

    assert disclosed(text, private=(text,), facts=Facts(standard=(text,))) == []
    assert [spot.kind for spot in disclosed(text, private=(text,), facts=Facts())] == [Kind.PRIVATE_WORDS]


def test_whoever_speaks_of_their_mail_in_public_may_be_answered_about_it() -> None:
    text = "Dass auf Ihre E-Mail niemand antwortet, tut uns leid."

    assert disclosed(text, private=(), facts=Facts(public=("Habe euch schon zweimal gemailt",))) == []
    assert [spot.kind for spot in disclosed(text, private=(), facts=FACTS)] == [Kind.CHANNEL]


def test_what_a_mail_says_is_never_repeated_whoever_spoke_of_it() -> None:
    text = "Wie in Ihrer E-Mail steht, fehlt die Rechnung."

    spots = disclosed(text, private=(), facts=Facts(public=("Habe euch schon zweimal gemailt",)))

    assert [spot.kind for spot in spots] == [Kind.CHANNEL]


def test_a_name_that_somebody_goes_by_in_public_is_theirs_to_be_called_by() -> None:
    facts = Facts(names=frozenset({"Katrin Vogel"}), public_names=frozenset({"Katrin V."}))

    assert disclosed("Liebe Katrin, gern!", private=(), facts=facts) == []
    assert [spot.kind for spot in disclosed("Liebe Frau Vogel, gern!", private=(), facts=facts)] == [Kind.NAME]


def test_a_place_that_is_called_ours_may_be_named() -> None:
    text = "Unsere Filiale in der Lindenstraße 12 hat heute bis 20 Uhr offen."

    assert disclosed(text, private=PRIVATE, facts=FACTS) == []


PIECES = st.lists(
    st.one_of(
        st.sampled_from([text for text, _kind, _words in REFUSED]),
        st.sampled_from(EVERYDAY),
        st.sampled_from(
            ["4711889", "DE89", "@", "@a", "0171", "Straße 1", "Ihre E-Mail", "wie in", "\n", ". ", "#1234"]
        ),
        st.text(max_size=30),
    ),
    max_size=8,
)


@given(pieces=PIECES, private=PIECES, public=PIECES)
def test_places_lie_in_the_text_in_order_and_never_across_each_other(
    pieces: list[str], private: list[str], public: list[str]
) -> None:
    text = " ".join(pieces)

    spots = disclosed(text, private=private, facts=Facts(public=tuple(public), names=frozenset(private[:2])))

    assert all(0 <= spot.start < spot.end <= len(text) for spot in spots)
    assert all(one.end <= other.start for one, other in pairwise(spots))


@given(before=st.sampled_from(EVERYDAY), after=st.sampled_from(EVERYDAY), wrong=st.sampled_from(REFUSED))
def test_a_place_is_found_wherever_it_stands(before: str, after: str, wrong: tuple[str, Kind, str]) -> None:
    text = f"{before}\n\n{wrong[0]}\n\n{after}"

    assert wrong[1] in {spot.kind for spot in disclosed(text, private=PRIVATE, facts=FACTS)}


@given(sentence=st.sampled_from(EVERYDAY), other=st.sampled_from(EVERYDAY))
def test_two_harmless_sentences_stay_harmless_together(sentence: str, other: str) -> None:
    assert disclosed(f"{sentence} {other}", private=PRIVATE, facts=FACTS) == []


HOSTILE = (
    "bestell" * 4000,
    "Bestellung " + "1-" * 10000,
    "a@" * 10000,
    "0" * 20000,
    "0171 " * 4000,
    "DE12 " * 4000,
    "A" * 20000,
    "Am Amm " * 3000,
    "ihre ihre ihre e " * 1500,
    "wie in wie in " * 1500,
    "Frau Frau " * 2000,
    ("eins zwei drei vier fünf sechs " * 700),
    "." * 20000,
)


def _twice(text: str) -> list[Spot]:
    return disclosed(text + text, private=(text, text), facts=FACTS)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_read_to_the_end(text: str) -> None:
    """Each would take minutes and more if any pattern went back over it."""
    assert isinstance(_twice(text), list)
