"""Programs let teams take part in a ticket and take them out again."""

from __future__ import annotations

import pytest

from tests import world as cast
from tests.api.conftest import Callers


@pytest.fixture
def path(world: cast.World) -> str:
    return f"/tickets/{cast.hear(world).ticket_id}"


def test_a_team_takes_part_until_it_is_taken_out(callers: Callers, path: str) -> None:
    assert callers.ada.get(path).json["teams_taking_part"] == []
    assert callers.ben.get(path).status_code == 404

    answer = callers.ada.post(f"{path}/teams", {"team": "Social Media"})

    assert answer.status_code == 200
    [told] = answer.json["teams_taking_part"]
    assert (told["team"], told["because"]) == ("Social Media", "asked")
    assert callers.ben.get(path).json["teams_taking_part"] == [told]
    assert callers.ada.delete(f"{path}/teams?team=Social%20Media").json["teams_taking_part"] == []
    assert callers.ben.get(path).status_code == 404


def test_what_makes_no_sense_is_refused(callers: Callers, path: str) -> None:
    assert callers.ada.post(f"{path}/teams", {"team": "Kundenservice"}).status_code == 422
    assert callers.ada.post(f"{path}/teams", {"team": "Nirgends"}).status_code == 404
    assert callers.ada.delete(f"{path}/teams?team=Retoure").status_code == 422
