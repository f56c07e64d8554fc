"""Which open matter a message belongs to, with the case the product exists for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from routing.articles import things_in
from routing.likeness import likeness, profile
from routing.matter import Bond, Matter, New, Told, Why, rank
from routing.mentions import Mention, Way, mention_in

BERLIN = ZoneInfo("Europe/Berlin")
TUESDAY_NINE = datetime(2026, 11, 24, 9, 0, tzinfo=BERLIN)
WEDNESDAY = datetime(2026, 11, 25, 10, 2, tzinfo=BERLIN)
MAIL = "Guten Tag, ich möchte das Leinenkleid umtauschen, es ist zu klein. Wie bekomme ich Größe 42?"
COMPLAINT = (
    "Hallo, ich habe Ihrem Kundenservice gestern früh eine E-Mail wegen eines Umtauschs geschrieben und bisher keine "
    "Antwort bekommen. Können Sie mir helfen?"
)


def new(text: str = COMPLAINT, *, references: frozenset[str] = frozenset(), thread: str = "") -> New:
    mention = mention_in(text, written_at=WEDNESDAY, zone=BERLIN)
    threads = frozenset({thread} - {""})
    return New(
        at=WEDNESDAY,
        told=Told(texts=(text,), things=things_in(text), mention=mention, references=references, threads=threads),
    )


def matter(
    number: int,
    text: str = MAIL,
    *,
    at: datetime = TUESDAY_NINE,
    is_same_person: bool = False,
    references: frozenset[str] = frozenset(),
    resolved_at: datetime | None = None,
    threads: frozenset[str] = frozenset(),
    says: Mention | None = None,
    has_same_name: bool = True,
    **more: bool,
) -> Matter:
    return Matter(
        number=number,
        is_same_person=is_same_person,
        latest_at=at,
        resolved_at=resolved_at,
        told=Told(
            heard=((Way.MAIL, at),),
            references=references,
            texts=(text,),
            things=things_in(text),
            threads=threads,
            mention=says,
        ),
        has_same_name=has_same_name,
        **more,
    )


def test_the_mail_of_yesterday_morning_is_suggested_and_the_namesake_is_not() -> None:
    voucher = matter(2, "Mein Gutschein lässt sich nicht einlösen.", at=TUESDAY_NINE + timedelta(hours=6))

    first, second = rank(new(), [voucher, matter(1)])

    assert (first.number, first.bond) == (1, Bond.SUGGEST)
    assert {Why.SAYS_SO, Why.FITS_IN_TIME} <= {why for why, _ in first.reasons}
    assert (second.number, second.bond) == (2, Bond.NOTHING)


def test_with_an_order_number_and_a_proven_person_it_joins_by_itself() -> None:
    number = frozenset({"1002314"})

    (score,) = rank(new(references=number), [matter(1, is_same_person=True, references=number)])

    assert score.bond is Bond.JOIN


def test_what_a_proven_person_says_to_have_written_joins_where_it_can_be_only_one() -> None:
    (alone,) = rank(new(), [matter(1, is_same_person=True)])
    several = rank(new(), [matter(number, is_same_person=True) for number in (1, 2)])
    (other,) = rank(
        new(references=frozenset({"1002314"})), [matter(1, is_same_person=True, references=frozenset({"7007007"}))]
    )

    assert alone.bond is Bond.JOIN
    assert {score.bond for score in several} == {Bond.SUGGEST}
    assert other.bond is not Bond.JOIN


def test_a_contact_that_lies_in_the_same_matter_already_is_looked_for_nowhere_else() -> None:
    voucher = matter(2, "Mein Gutschein geht nicht.", at=TUESDAY_NINE + timedelta(hours=1), is_same_person=True)
    meant = ((Way.MAIL, TUESDAY_NINE),)
    for told in (replace(new().told, heard=meant), replace(new().told, answered=meant)):
        (score,) = rank(replace(new(), told=told), [voucher])

        assert (score.bond, Why.SAYS_SO in dict(score.reasons)) == (Bond.NOTHING, False)


@pytest.mark.parametrize(
    ("writer", "bond"),
    [("jonas vogel", Bond.SUGGEST), ("otto zahn", Bond.SUGGEST), ("kati vogel", Bond.JOIN), ("", Bond.JOIN)],
)
def test_two_who_share_an_address_are_not_taken_at_one_word(writer: str, bond: Bond) -> None:
    mine = replace(new(), told=replace(new().told, writers=frozenset({writer} - {""})))
    theirs = matter(1, is_same_person=True)
    theirs = replace(theirs, told=replace(theirs.told, writers=frozenset({"katrin vogel"})))

    (score,) = rank(mine, [theirs])

    assert score.bond is bond


def test_across_people_nothing_is_joined_whatever_fits() -> None:
    number = frozenset({"1002314"})

    (score,) = rank(new(references=number), [matter(1, references=number)])

    assert score.points >= 80
    assert score.bond is Bond.SUGGEST


def test_another_order_number_speaks_against_it() -> None:
    other = matter(1, references=frozenset({"1002315"}), at=TUESDAY_NINE - timedelta(days=4))

    (score,) = rank(new(references=frozenset({"1002314"})), [other])

    assert score.bond is Bond.NOTHING


def test_a_shared_number_beside_two_different_ones_decides_nothing() -> None:
    mine, theirs = frozenset({"5551001", "77889901"}), frozenset({"5552002", "77889901"})

    (score,) = rank(new(MAIL, references=mine), [matter(1, is_same_person=True, references=theirs)])

    assert {Why.SAME_REFERENCE, Why.OTHER_REFERENCE, Why.SAME_ARTICLE} <= dict(score.reasons).keys()
    assert score.bond is Bond.SUGGEST


def test_a_number_of_which_nobody_says_what_it_is_joins_nothing() -> None:
    told = replace(new(MAIL).told, bare=frozenset({"998877"}))
    theirs = matter(1, MAIL, is_same_person=True)
    theirs = replace(theirs, told=replace(theirs.told, bare=frozenset({"998877"})))

    (score,) = rank(replace(new(), told=told), [theirs])

    assert (Why.SAME_NUMBER in dict(score.reasons), score.bond) == (True, Bond.SUGGEST)


def test_two_matters_at_the_same_time_weigh_less_each() -> None:
    both = rank(new(), [matter(1), matter(2, at=TUESDAY_NINE + timedelta(minutes=30))])

    assert all(Why.ONE_OF_SEVERAL in {why for why, _ in score.reasons} for score in both)


def test_one_of_several_that_may_be_meant_is_not_joined_for_naming_the_same_thing() -> None:
    later = TUESDAY_NINE + timedelta(hours=1)
    voucher = matter(2, "Mein Gutschein geht nicht.", at=later, is_same_person=True)

    first, *_ = rank(new(f"{COMPLAINT} Es geht um das Leinenkleid."), [matter(1, is_same_person=True), voucher])

    assert {Why.ONE_OF_SEVERAL, Why.SAME_ARTICLE} <= dict(first.reasons).keys()
    assert (first.number, first.points >= 80, first.bond) == (1, True, Bond.SUGGEST)


def test_what_is_long_over_is_left_out() -> None:
    old = matter(1, at=WEDNESDAY - timedelta(days=30))
    done = matter(2, at=WEDNESDAY - timedelta(days=12), resolved_at=WEDNESDAY - timedelta(days=8))

    assert rank(new(), [old, done]) == []


def test_where_two_would_be_joined_a_person_decides() -> None:
    pair = [matter(number, is_same_person=True, threads=frozenset({"t"})) for number in (1, 2)]

    assert [score.bond for score in rank(new(thread="t"), pair)] == [Bond.SUGGEST, Bond.SUGGEST]


def test_who_is_called_the_same_is_not_suggested_for_that() -> None:
    (score,) = rank(new("Wann öffnen Sie am Samstag?"), [matter(1)])

    assert score.bond is Bond.NOTHING
    assert Why.NAMESAKE not in {why for why, _ in score.reasons}


def test_the_same_name_and_the_same_thing_are_suggested() -> None:
    (score,) = rank(new("hi, mein leinenkleid ist da, passt aber nicht"), [matter(1)])

    assert {Why.SAME_ARTICLE, Why.NAMESAKE} <= {why for why, _ in score.reasons}
    assert score.bond is Bond.SUGGEST


def test_what_the_older_one_says_of_the_newer_counts_as_well() -> None:
    says = mention_in(COMPLAINT, written_at=WEDNESDAY, zone=BERLIN)
    came_late = New(at=TUESDAY_NINE, told=Told(texts=(MAIL,), heard=((Way.MAIL, TUESDAY_NINE),)))

    (score,) = rank(came_late, [matter(1, COMPLAINT, at=WEDNESDAY, says=says)])

    assert score.bond is Bond.SUGGEST
    assert Why.FITS_IN_TIME in {why for why, _ in score.reasons}


def test_a_person_with_two_matters_does_not_have_them_joined_for_being_one_person() -> None:
    (score,) = rank(new(MAIL), [matter(1, is_same_person=True, is_pointed_at=True)])

    assert score.points >= 80
    assert score.bond is Bond.SUGGEST


def test_what_somebody_says_may_be_meant_of_anybody_without_another_tie() -> None:
    (score,) = rank(new(), [matter(1, has_same_name=False)])

    assert score.bond is Bond.NOTHING


def test_a_time_that_is_off_by_a_day_will_do_where_nothing_else_may_be_meant() -> None:
    day_before = matter(1, at=TUESDAY_NINE - timedelta(days=1))

    (alone,) = rank(new(), [day_before])
    beside = rank(new(), [day_before, matter(2)])

    assert Why.NEARLY in {why for why, _ in alone.reasons}
    assert [(score.number, score.bond) for score in beside] == [(2, Bond.SUGGEST), (1, Bond.NOTHING)]


def test_an_address_of_theirs_points_at_the_one_matter_that_waits() -> None:
    (only,) = rank(new("Meine Adresse: k@web.example"), [matter(1, is_pointed_at=True)])
    several = rank(new("Meine Adresse: k@web.example"), [matter(n, is_pointed_at=True) for n in range(1, 6)])

    assert only.bond is Bond.SUGGEST
    assert {score.bond for score in several} == {Bond.NOTHING}


def test_numbers_of_two_sorts_do_not_contradict_each_other() -> None:
    parcel, order = frozenset({"00340434161094042557"}), frozenset({"NL204711", "204711"})

    (score,) = rank(new(references=parcel), [matter(1, references=order)])

    assert Why.OTHER_REFERENCE not in {why for why, _ in score.reasons}


@given(st.permutations([1, 2, 3, 4]))
def test_the_order_in_which_matters_are_named_says_nothing(order: list[int]) -> None:
    all_ = {number: matter(number, at=TUESDAY_NINE - timedelta(hours=number)) for number in order}

    assert rank(new(), [all_[number] for number in order]) == rank(new(), [all_[number] for number in sorted(order)])


@given(st.text(max_size=500), st.text(max_size=500))
def test_likeness_is_the_same_from_both_sides_and_at_most_one(one: str, other: str) -> None:
    there, back = likeness(profile(one), profile(other)), likeness(profile(other), profile(one))

    assert abs(there - back) < 1e-9
    assert 0.0 <= there <= 1.0


def test_compounds_share_their_parts() -> None:
    assert likeness(profile("Rücksendekarton fehlt"), profile("Rücksendung ohne Karton")) > 0
