from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.reply_token import ALPHABET, MAX_LENGTH, sign, verify

KEY, OLD, FOREIGN = b"k" * 32, b"o" * 32, b"f" * 32
ids = st.integers(1, 2**55 - 1)


@given(ids)
def test_a_token_names_its_conversation(conversation_id: int) -> None:
    token = sign(conversation_id, key=KEY)
    assert verify(token, keys=[KEY]) == conversation_id
    assert verify(token.upper(), keys=[KEY]) == conversation_id
    assert len(token) <= MAX_LENGTH
    assert set(token) <= set(ALPHABET)


@given(ids, st.data())
def test_a_token_with_any_other_character_is_worth_nothing(conversation_id: int, draws: st.DataObject) -> None:
    token = sign(conversation_id, key=KEY)
    place = draws.draw(st.integers(0, len(token) - 1))
    other = draws.draw(st.sampled_from(ALPHABET) | st.characters())
    changed = token[:place] + other + token[place + 1 :]
    assert verify(changed, keys=[KEY]) == (conversation_id if changed.lower() == token and changed.isascii() else None)


@given(ids, st.data())
def test_a_longer_or_shorter_token_is_worth_nothing(conversation_id: int, draws: st.DataObject) -> None:
    token = sign(conversation_id, key=KEY)
    place = draws.draw(st.integers(0, len(token)))
    assert verify(token[:place] + draws.draw(st.sampled_from(ALPHABET)) + token[place:], keys=[KEY]) is None
    assert verify(token[:place] + token[place + 1 :], keys=[KEY]) is None or place == len(token)


@given(st.text(max_size=40))
def test_no_text_of_a_stranger_is_a_token(text: str) -> None:
    assert verify(text, keys=[KEY]) is None


def test_an_older_key_is_still_understood_and_a_foreign_one_is_not() -> None:
    token = sign(48211, key=OLD)
    assert verify(token, keys=[KEY, OLD]) == 48211
    assert verify(token, keys=[KEY, FOREIGN]) is None
    assert verify(token, keys=[]) is None


def test_a_letter_that_only_lower_cases_to_ours_is_refused() -> None:
    token = next(token for number in range(1, 99) if "k" in (token := sign(number, key=KEY)))
    assert verify(token, keys=[KEY]) is not None
    assert verify(token.replace("k", "\N{KELVIN SIGN}"), keys=[KEY]) is None


@pytest.mark.parametrize("conversation_id", [0, -1, 2**55])
def test_an_id_that_does_not_fit_is_refused(conversation_id: int) -> None:
    with pytest.raises(ValueError, match="fits into a token"):
        sign(conversation_id, key=KEY)


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 16 bytes"):
        sign(1, key=b"")
