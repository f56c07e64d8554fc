"""The people are the ones the figures speak of, and nobody among them could not be found by a careful person."""

from __future__ import annotations

from collections import Counter

import pytest

from bench import people
from routing.claims import claims_in, name_key


@pytest.fixture(scope="module")
def crowd() -> people.Crowd:
    return people.crowd(seed=7)


def test_a_fifth_share_their_name_with_somebody_else(crowd: people.Crowd) -> None:
    names = Counter(person.name for person in crowd.people)

    assert len(crowd.people) == people.PEOPLE
    assert sum(count - 1 for count in names.values()) == people.PEOPLE * people.NAMESAKES


def test_everybody_comes_two_or_three_times_about_one_matter(crowd: people.Crowd) -> None:
    first = [next(m for m in crowd.matters if m.person is person) for person in crowd.people[:100]]

    assert {len(matter.contacts) for matter in first} == {2, 3}
    assert all(contact.follows in matter.contacts for matter in first for contact in matter.contacts[1:])


def test_every_kind_of_link_occurs(crowd: people.Crowd) -> None:
    found = Counter(said.link for said in crowd.said if said.link)

    assert set(found) == set(people.KINDS)
    assert min(found.values()) >= 5


def test_whoever_is_linked_by_name_shows_it_on_both_sides(crowd: people.Crowd) -> None:
    for said in crowd.said:
        if said.follows is not None and people.KINDS[said.link].is_named and said.link not in {"unnamed", "initial"}:
            assert name_key(said.name) == name_key(said.follows.name) != ""


def test_a_proof_names_the_order_and_a_fact_of_it(crowd: people.Crowd) -> None:
    proofs = [said for said in crowd.said if said.link == "proof"]

    for said in proofs:
        claims = claims_in(said.text)
        assert said.matter.order.removeprefix("NL-") in said.text.upper().replace("-", "")
        assert claims.postcodes or claims.amounts or said.matter.person.postcode in said.text


def test_the_same_seed_makes_the_same_people(crowd: people.Crowd) -> None:
    again = people.crowd(seed=7)

    assert [said.text for said in again.said] == [said.text for said in crowd.said]
