"""Every desk test plays in the same shop."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import world as cast


@pytest.fixture
def world(core: Flask) -> cast.World:
    """The shop with its people, on each database."""
    return cast.build()
