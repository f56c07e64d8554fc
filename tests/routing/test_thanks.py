"""A mere thank-you needs no answer; everything else does."""

from __future__ import annotations

import pytest

from routing.thanks import is_mere_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Danke!",
        "Vielen Dank für die schnelle Antwort 😊",
        "Super, danke! Schönes Wochenende\n\nLG Eva",
        "ok danke",
        "👍",
        "Thank you very much!",
        "Alles klar, vielen lieben Dank und viele Grüße\nEva Kundin",
    ],
)
def test_who_only_thanks_waits_for_nobody(text: str) -> None:
    assert is_mere_thanks(text, names="Eva Kundin")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Hallo",
        "Danke, und wann kommt die Lampe?",
        "Danke, aber die Lampe flackert immer noch.",
        "Danke für nichts",
        "Danke. Bitte rufen Sie mich an.",
        "Storno",
        "danke " * 20,
        "Danke?",
    ],
)
def test_who_says_anything_else_does(text: str) -> None:
    assert not is_mere_thanks(text, names="Eva Kundin")
