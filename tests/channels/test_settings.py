"""A wrong setting is one line that names it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from channels import settings


@pytest.mark.parametrize(
    ("read", "words"),
    [
        (lambda: settings.text({"a": ["x"]}, "a"), "a: .*erwartet wird ein Text"),
        (lambda: settings.text({"a": "x\ny"}, "a"), "a: Steuerzeichen"),
        (lambda: settings.text({}, "a", is_required=True), "a: Das fehlt"),
        (lambda: settings.text({"a": "x"}, "a", pattern=r"\d+"), "a: „x“ geht nicht"),
        (lambda: settings.number({"a": "viele"}, "a", 1, least=0, most=9), "a: .*ganze Zahl"),
        (lambda: settings.number({"a": 10}, "a", 1, least=0, most=9), "a: 10 geht nicht, nur 0 bis 9"),
        (lambda: settings.yes_no({"a": "ja"}, "a", default=True), "a: .*true oder false"),
        (lambda: settings.lines({"a": [1]}, "a"), "a: .*Liste von Texten"),
        (lambda: settings.lines({"a": ["x", "y"]}, "a", most=1), "a: höchstens 1"),
        (lambda: settings.base({"api_base": "http://platform.example"}, ""), "api_base: .*keine https-Adresse"),
        (lambda: settings.base({"api_base": "https://user@platform.example"}, ""), "api_base: .*geht nicht"),
    ],
)
def test_a_wrong_setting_is_named(read: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=f"Einstellung {words}"):
        read()


def test_right_settings_are_read() -> None:
    given = {"name": " Shop ", "id": 42, "often": "60", "on": False, "terms": "Nordlicht\n\n#nordlicht\nNordlicht"}

    assert settings.text(given, "name") == "Shop"
    assert settings.text(given, "id") == "42"
    assert settings.number(given, "often", 5, least=1, most=90) == 60
    assert settings.yes_no(given, "on", default=True) is False
    assert settings.lines(given, "terms") == ("Nordlicht", "#nordlicht")
    assert settings.base({"api_base": "http://127.0.0.1:8080/"}, "") == "http://127.0.0.1:8080"
    assert settings.base({}, "https://platform.example") == "https://platform.example"
