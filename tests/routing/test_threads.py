from __future__ import annotations

import pytest

from routing.threads import Choice, Clues, NumberClue, Why, choose

KNOWN, STRANGER = NumberClue(3, sender_belongs=True), NumberClue(4, sender_belongs=False)


@pytest.mark.parametrize(
    ("clues", "choice"),
    [
        pytest.param(Clues((1, 9), 2, (KNOWN,)), Choice(1, Why.REFERENCE), id="the nearest reference comes first"),
        pytest.param(Clues((), 2, (KNOWN,)), Choice(2, Why.TOKEN), id="then the token"),
        pytest.param(Clues((), None, (KNOWN,)), Choice(3, Why.NUMBER), id="then the number"),
        pytest.param(Clues((), None, (STRANGER, KNOWN)), Choice(3, Why.NUMBER), id="the number that is theirs"),
        pytest.param(Clues((), None, (STRANGER,)), None, id="a stranger's number is nothing"),
        pytest.param(Clues(), None, id="no clue, new ticket"),
    ],
)
def test_the_strongest_clue_decides(clues: Clues, choice: Choice | None) -> None:
    assert choose(clues) == choice
