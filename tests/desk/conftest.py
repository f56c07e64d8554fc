"""Every desk test plays in the same shop."""

from __future__ import annotations

import pytest
from flask import Flask

from tests import world as cast
from tests.desk import voices


@pytest.fixture
def world(core: Flask) -> cast.World:
    """The shop with its people, on each database."""
    return cast.build()


@pytest.fixture
def page(world: cast.World) -> voices.Page:
    """A page of the shop on a platform with private messages and comments."""
    return voices.page(world)
