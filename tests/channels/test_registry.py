"""What is declared must load, or the product must not start."""

from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest

from channels import registry
from channels.contract import Connector


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("gibt.es.nicht:Ding", "ModuleNotFoundError"),
        ("channels.contract:fehlt", "AttributeError"),
        ("channels.email.smtp:_OK", "aufrufen"),
    ],
)
def test_a_connector_that_cannot_load_is_named(monkeypatch: pytest.MonkeyPatch, value: str, reason: str) -> None:
    broken = EntryPoint(name="brieftaube", value=value, group=registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [broken] if group == registry.GROUP else [])
    registry.connectors.cache_clear()

    with pytest.raises(registry.Unloadable, match=f"brieftaube.*{reason}"):
        registry.connectors()


def test_no_connector_at_all_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "entry_points", lambda **_: [])
    registry.connectors.cache_clear()

    with pytest.raises(registry.Unloadable, match="kein Kanal"):
        registry.connectors()


def test_every_declared_connector_is_of_the_kind_it_is_declared_for() -> None:
    registry.connectors.cache_clear()

    for kind, maker in registry.connectors().items():
        assert getattr(maker, "kind", None) == kind
        assert all(hasattr(maker, name) for name in vars(Connector) if not name.startswith("_"))
