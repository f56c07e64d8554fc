"""What customers write about themselves, in the spellings they use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.claims import claims_in, name_key, references_in


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Meine Bestellnummer ist 100-2314.", {"1002314"}),
        ("Bestellung Nr. AB10023 und Rechnung RE-2026-4711", {"AB10023", "RE20264711"}),
        ("Es geht um #48213, bitte", {"48213"}),
        ("order number: 99120", {"99120"}),
        ("Sendungsnummer 00340434161094042557", {"00340434161094042557"}),
        ("Bestellung vom 12.11.2026", set()),
        ("Meine Bestellung 2026 war schön", set()),
        ("Ich habe 3 Lampen bestellt", set()),
        ("Bestellung 555-1001, Kundennummer: 7788990", {"5551001"}),
        ("Kd.-Nr. K-77123", set()),
        ("Liebes Kundenteam, Auftrag 4711234", {"4711234"}),
    ],
)
def test_numbers_of_orders_are_found_and_dates_are_none(text: str, found: set[str]) -> None:
    assert references_in(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Es geht um 1002314, bitte", {"1002314"}),
        ("Das Paket hat die Nummer 00340434161094042557", {"00340434161094042557"}),
        ("Rufen Sie mich an: 01712345678", set()),
        ("Stehlampe Art. 4711882 flackert", set()),
        ("USt-IdNr. DE123456789, HRB 998877", set()),
        ("Kundennummer 7788990", set()),
    ],
)
def test_a_number_that_is_plainly_of_something_else_is_left_out(text: str, found: set[str]) -> None:
    assert claims_in(text).bare == found


def test_a_text_claims_addresses_handles_postcodes_and_amounts() -> None:
    claims = claims_in(
        "Ich bin Eva.Sommer@Kundin.example, auf X @eva_sommer, 89231 Neu-Ulm. Bezahlt: 1.189,90 € per Rechnung."
    )

    assert claims.addresses == {"eva.sommer@kundin.example"}
    assert claims.handles == {"eva_sommer"}
    assert claims.postcodes == {"89231"}
    assert claims.amounts == {118_990}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Katrin Vogel", "Vogel, Katrin"),
        ("Dr. Jörg Weiß", "joerg WEISS"),
    ],
)
def test_a_name_is_the_same_in_any_order_and_spelling(one: str, other: str) -> None:
    assert name_key(one) == name_key(other) != ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Wo bleibt sie?\nViele Grüße\nAnna Berg", "anna berg"),
        ("Die Lampe fehlt. Gruß Anna Berg", "anna berg"),
        ("Herzliche Grüße, Ihre Anna Berg.", "anna berg"),
        ("Viele Grüße Ihre Kundin", ""),
        ("Viele Grüße aus Köln", ""),
        ("Das Paket kommt nicht.", ""),
    ],
)
def test_the_name_beneath_a_text_is_read(text: str, name: str) -> None:
    assert claims_in(text).signature == name


@pytest.mark.parametrize(("one", "other"), [("Katrin Vogel", "Katrin Vogler"), ("Katrin", "Katrin"), ("", "")])
def test_one_word_is_no_name_and_a_likeness_is_none(one: str, other: str) -> None:
    assert not name_key(one) or name_key(one) != name_key(other)


@given(st.text(max_size=2000))
def test_no_text_breaks_the_reading(text: str) -> None:
    claims = claims_in(text)

    assert all(each.isascii() and each.isalnum() for each in claims.references)


def test_a_text_made_to_be_slow_is_read_as_fast_as_any() -> None:
    assert claims_in("bestell" + "nr " * 50_000).references == frozenset()
    assert claims_in("a@" + "a." * 50_000).addresses
