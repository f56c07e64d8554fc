"""What a letter to a shop is about, in good German and in a hurry."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.articles import shared, things_in

LETTER = "Guten Tag, leider passt das Leinenkleid nicht. Viele Grüße, Katrin Vogel"


def test_a_thing_is_recognised_without_its_capital() -> None:
    assert shared(things_in(LETTER), things_in("hi, mein leinenkleid ist zu klein")) == {"leinenkleid"}


def test_the_end_of_a_compound_will_do() -> None:
    assert shared(things_in(LETTER), things_in("das kleid passt nicht")) == {"kleid"}


def test_what_stands_in_every_letter_is_no_thing() -> None:
    one = things_in("Ich warte auf die Lieferung und die Rechnung für meine Bestellung.")
    other = things_in("Wo bleibt meine Bestellung, wann kommt die Lieferung mit der Rechnung?")

    assert shared(one, other) == frozenset()


def test_a_name_is_no_thing() -> None:
    names = {"katrin", "vogel"}

    assert not shared(things_in(LETTER, without=names), things_in("hier schreibt Katrin Vogel", without=names))


@given(st.text(max_size=3000), st.text(max_size=3000))
def test_both_sides_see_the_same(one: str, other: str) -> None:
    here, there = things_in(one), things_in(other)

    assert shared(here, there) == shared(there, here)
