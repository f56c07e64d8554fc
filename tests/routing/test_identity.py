"""What proves that two addresses are one person's, and what never does."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from routing.identity import Bond, Evidence, Hint, Proof, judge

hints = st.lists(st.sampled_from(Hint).map(lambda kind: Evidence(kind=kind)), max_size=12)


@given(hints)
def test_hints_never_join_however_many_there_are(evidence: list[Evidence]) -> None:
    assert judge(evidence).bond is not Bond.JOIN


@given(st.sampled_from(Proof), hints)
def test_any_proof_joins_whatever_else_is_known(proof: Proof, evidence: list[Evidence]) -> None:
    judgement = judge([*evidence, Evidence(kind=proof)])

    assert judgement.bond is Bond.JOIN
    assert judgement.reasons[0].kind is proof


def test_a_name_alone_is_shown_and_told_to_nobody() -> None:
    assert judge([Evidence(kind=Hint.SAME_NAME)]).bond is Bond.MAYBE


def test_a_name_and_what_the_writer_says_are_suggested() -> None:
    judgement = judge([Evidence(kind=Hint.SAME_NAME), Evidence(kind=Hint.SAID_SO, words="gestern früh eine E-Mail")])

    assert judgement.bond is Bond.SUGGEST
    assert [each.kind for each in judgement.reasons] == [Hint.SAID_SO, Hint.SAME_NAME]


def test_who_was_told_apart_is_suggested_no_more() -> None:
    evidence = [Evidence(kind=Hint.ORDER_NUMBER), Evidence(kind=Hint.SAME_NAME)]

    assert judge(evidence, are_known_apart=True).bond is Bond.NOTHING
    assert judge([*evidence, Evidence(kind=Proof.ONE_CLICK)], are_known_apart=True).bond is Bond.JOIN


def test_the_same_kind_of_reason_counts_once() -> None:
    many = [Evidence(kind=Hint.SAME_NAME, words=str(number)) for number in range(9)]

    assert judge(many).weight == judge(many[:1]).weight


def test_nothing_says_nothing() -> None:
    assert judge([]).bond is Bond.NOTHING
