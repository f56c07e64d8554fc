"""Every connector that is installed, and one from a package of a third party, keeps the same promises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from channels import registry
from channels.testing import CHECKS, Check, Sample, mutations
from tests.channels.guestbook.installing import installed

KINDS = sorted(point.name for point in entry_points(group=registry.GROUP))


def sample_of(kind: str) -> Sample:
    sample: Sample = import_module(f"tests.channels.{kind}.sample").SAMPLE
    return sample


@contextmanager
def declared(kind: str, folder: Path) -> Iterator[None]:
    """Declare the connector of the kind; one that is not ours only for the time being."""
    if kind in KINDS:
        yield
        return
    with installed(folder):
        yield


@pytest.mark.parametrize("kind", [*KINDS, "guestbook"])
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_every_connector_keeps_the_contract(kind: str, check: Check, tmp_path: Path) -> None:
    with declared(kind, tmp_path):
        sample = sample_of(kind)
        connector = registry.build(sample.account)
        check(connector, sample)
        assert connector.kind == kind


def test_mutations_are_the_same_every_time() -> None:
    assert mutations(b'{"a": [1, 2]}') == mutations(b'{"a": [1, 2]}')
