"""What may be set up on X, and what is said where it may not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from channels.x import XConnector
from channels.x.settings import MOST_QUERY, XSettings
from tests.channels.x.sample import ACCOUNT


def queries(*terms: str, username: str = "nordlicht") -> list[str]:
    account = replace(ACCOUNT, settings={"username": username, "terms": list(terms)})
    return [query for _term, query in XSettings.of(account).queries]


def test_words_are_searched_as_they_stand_and_hashtags_as_such() -> None:
    assert queries("Nordlicht Versand", "#nordlicht") == [
        '"Nordlicht Versand" -is:retweet -from:nordlicht',
        "#nordlicht -is:retweet -from:nordlicht",
    ]


def test_quotation_marks_cannot_end_a_term() -> None:
    assert queries('Nord" OR "licht') == ['"Nord  OR  licht" -is:retweet -from:nordlicht']


def test_without_a_name_our_own_posts_are_left_out_by_id() -> None:
    assert queries("Nordlicht", username="") == [f'"Nordlicht" -is:retweet -from:{ACCOUNT.address}']


def test_the_longest_query_is_as_long_as_x_takes() -> None:
    room = MOST_QUERY - len('"" -is:retweet -from:nordlicht')
    assert len(queries("a" * room)[0]) == MOST_QUERY
    with pytest.raises(ValueError, match="terms"):
        queries("a" * (room + 1))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("username", "nord licht"),
        ("terms", [5]),
        ("terms", [str(n) for n in range(30)]),
        ("terms", ['"']),
        ("poll_seconds", 0),
        ("poll_seconds", "bald"),
        ("api_base", "http://api.x.example"),
    ],
)
def test_a_wrong_setting_is_named(name: str, value: object) -> None:
    with pytest.raises(ValueError, match=name):
        XConnector(replace(ACCOUNT, settings={**ACCOUNT.settings, name: value}))
